//! The documentation page: until it is built, how to get a token, and where the OpenAPI description is.

use axum::http::StatusCode;
use axum::response::Response;

use crate::context::Context;
use crate::portal;

/// `GET` on the documentation path.
pub async fn endpoint(context: Context) -> Response {
    portal::page(StatusCode::OK, &context, include_str!("page.html"))
}
