//! One binary: each module tests the source file of its name, and `dialects` holds a table per
//! dialect that is read like the dialect's own manual.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "oauth/adding_a_dialect.rs"]
mod adding_a_dialect;
#[path = "oauth/dialect_files.rs"]
mod dialect_files;
#[path = "oauth/dialects.rs"]
mod dialects;
#[path = "oauth/error_response.rs"]
mod error_response;
#[path = "oauth/introspection.rs"]
mod introspection;
#[path = "oauth/metadata.rs"]
mod metadata;
#[path = "oauth/parameters.rs"]
mod parameters;
#[path = "oauth/permission.rs"]
mod permission;
#[path = "oauth/pkce.rs"]
mod pkce;
#[path = "oauth/presented_credentials.rs"]
mod presented_credentials;
#[path = "oauth/redirect_uri.rs"]
mod redirect_uri;
#[path = "oauth/request.rs"]
mod request;
#[path = "oauth/scope.rs"]
mod scope;
#[path = "oauth/token_info.rs"]
mod token_info;
#[path = "oauth/token_request.rs"]
mod token_request;
