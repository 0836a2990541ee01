//! What is said: OAuth 2 requests and responses as pure values, and the dialects they are spoken in.
//!
//! Nothing here is async, does I/O, reads a clock or draws a random number. A request comes in as
//! [`RequestParts`], is read by a [`Dialect`] into [`Parameters`], from these into
//! [`PresentedCredentials`] and a [`TokenRequest`]; what was decided goes out through the same
//! dialect as bytes. Between the two everyone speaks RFC 6749. What a token opens once it is issued
//! is decided in [`access`].

pub mod access;
pub mod authorization_request;
pub mod authorization_response;
pub mod change_password;
mod client_secret_basic;
pub mod dialect;
pub mod error_response;
mod form;
pub mod grant_type;
pub mod introspection;
mod json;
pub mod lifetime;
mod media_type;
pub mod metadata;
pub mod parameters;
pub mod permission;
pub mod pkce;
pub mod presented_credentials;
pub mod redirect_uri;
pub mod request;
pub mod resource_indicator;
pub mod revocation;
pub mod scope;
pub mod token_info;
pub mod token_request;
pub mod token_response;

pub use dialect::{Dialect, DialectError};
pub use error_response::{ErrorCode, WrittenResponse};
pub use grant_type::GrantType;
pub use introspection::{ActiveToken, IntrospectionRequest};
pub use metadata::AuthorizationServerMetadata;
pub use parameters::Parameters;
pub use permission::{Allow, Permission};
pub use presented_credentials::{PresentedCredentials, PresentedMethod, PresentedRefusal};
pub use request::{RequestParts, RequestRefusal};
pub use revocation::{RevocationRequest, TokenTypeHint};
pub use scope::Scope;
pub use token_request::{TokenRequest, TokenRequestRefusal};
pub use token_response::TokenResponse;
