//! Webhooks: every event that an operator may want to hear of, posted to the platform's own programs as
//! [Standard Webhooks](https://www.standardwebhooks.com) says: an id, a time and a signature in three headers, the event as JSON.
//!
//! An event is offered by its row in [`events`]; whoever records an audit event of that name has nothing else to do.
//! docs/webhooks.md says to receivers what stays as it is.

pub mod body;
pub mod events;
pub mod send;
pub mod signature;
