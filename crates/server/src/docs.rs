//! Door 5, readers: the description of an environment's interface, and the page made from it.

pub mod collections;
pub mod description;
mod guide;
mod kept;
pub mod mock;
pub mod openapi;
pub mod openapi_3_0;
mod ordered;
pub mod page;
mod programs;
mod reference;
