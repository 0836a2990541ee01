//! The documentation page: until it is built, how to get a token, and where the OpenAPI description is.

use axum::http::StatusCode;
use axum::response::Response;

use crate::context::Context;
use crate::{example_lines, portal};

/// `GET` on the documentation path.
pub async fn endpoint(context: Context) -> Response {
    let environment = &context.issuer.environment;
    let line = example_lines::token(environment);
    let lifetime = jiff::SignedDuration::from_secs(
        i64::try_from(environment.access_token_lifetime).unwrap_or(i64::MAX),
    );
    let lifetime = format!("{lifetime:#}");
    portal::page(
        StatusCode::OK,
        &context,
        include_str!("page.html"),
        &[("{token_line}", &line), ("{lifetime}", &lifetime)],
    )
}
