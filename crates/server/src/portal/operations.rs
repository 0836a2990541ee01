//! `/portal/operations`: for the platform's own staff. To everyone else none of it exists.

pub mod accounts;
pub mod environments;
pub mod incidents;
pub mod keys;
pub mod live;
pub mod refresh;
pub mod suspension;
