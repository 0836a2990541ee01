//! Door 1: the OAuth endpoints. The only door, with the documentation, that speaks dialects.

pub mod answer;
pub mod authorization;
pub mod change_password;
pub mod introspection;
pub mod jwks;
pub mod metadata;
pub mod request;
pub mod revocation;
pub mod token;
pub mod token_info;
