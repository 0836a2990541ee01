//! What stands in a request's address: query parameters, every one known and none twice, and the name in its path.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// The query of a request. Types must refuse unknown parameters themselves (`deny_unknown_fields`).
pub struct Parameters<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Problem::holds_nul());
        }
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(query) => Ok(Self(query.0)),
            Err(rejection) => Err(Problem::bad_request(format!(
                "The query cannot be read: {}.",
                cause(&rejection)
            ))),
        }
    }
}

/// What the path names, decoded: an id or a name.
pub struct Named(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<String>::from_request_parts(parts, state).await {
            Ok(name) if !name.0.contains('\0') => Ok(Self(name.0)),
            Ok(_) => Err(Problem::holds_nul()),
            Err(_) => Err(Problem::bad_request("The path is not UTF-8.")),
        }
    }
}

fn cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), cause)
}
