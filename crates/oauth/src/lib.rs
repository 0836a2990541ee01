//! What is said: OAuth 2 requests and responses as pure values, and the dialects they are spoken in.
//!
//! Nothing here is async, does I/O, reads a clock or draws a random number.

pub mod client_authentication;
pub mod dialect;
pub mod error_response;
pub mod grant_type;
pub mod introspection;
pub mod metadata;
pub mod parameters;
pub mod permission;
pub mod presented_credentials;
pub mod revocation;
pub mod scope;
pub mod token_request;
pub mod token_response;

