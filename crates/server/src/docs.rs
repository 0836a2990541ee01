//! Door 5, readers: the description of an environment's interface.

pub mod mock;
pub mod openapi;
pub mod page;
