//! Access tokens checked inside a service, with the decision and the answers of the gateway in front of one.

#![doc = include_str!("../README.md")]

mod answer;
mod builder;
mod caller;
mod clock;
mod decision;
#[cfg(feature = "axum")]
mod extractor;
mod introspection;
mod issuer;
mod jwks;
mod layer;
mod outbound;
mod route;
mod token_hash;
mod tokens;

pub use answer::GuardBody;
pub use builder::{BuildError, Builder};
pub use caller::Caller;
#[cfg(feature = "axum")]
pub use extractor::NoCaller;
pub use layer::{Guard, GuardLayer};
pub use oauth::permission::Permission;
pub use outbound::IssuerError;
pub use route::{Route, RouteError};
