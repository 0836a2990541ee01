//! Connections: accepted, bounded in time, named, handed to the environment they ask for, counted and logged.

pub mod accept;
pub mod access_log;
pub mod admin;
pub mod dispatch;
pub mod ext_authz;
pub mod forwarded;
mod protobuf;
pub mod request_id;
