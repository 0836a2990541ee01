//! Connections: accepted, bounded in number and time, spoken on, each request named, handed to the environment it asks for, counted and logged.

pub mod accept;
pub mod access_log;
pub mod address;
pub mod admin;
mod answered;
mod conversation;
pub mod dispatch;
pub mod ext_authz;
pub mod files;
pub mod forwarded;
mod http2;
pub mod places;
mod protobuf;
pub mod request_id;
mod speak;
mod stream;
