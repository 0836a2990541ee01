//! Door 5, readers: the description of an environment's interface, and the page made from it.

pub mod description;
mod guide;
mod kept;
pub mod openapi;
mod ordered;
pub mod page;
mod programs;
mod reference;
