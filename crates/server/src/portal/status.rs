//! `GET /status`: one line that says it all, for everyone, and what stands behind it.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::context::Context;
use crate::pages::Status;
use crate::people::visit::Visit;

/// `GET /status`
pub async fn show(context: Context, headers: HeaderMap) -> Response {
    let Ok(visit) = Visit::begin(context, headers, None) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let platform = &visit.context.platform;
    // Tokens need the database; this very answer proves the rest.
    let well = platform.store.ping().await.is_ok() && !platform.is_stopping();
    if well {
        return visit.show(StatusCode::OK, &Status { well });
    }
    let mut response = visit.show(StatusCode::SERVICE_UNAVAILABLE, &Status { well });
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, header::HeaderValue::from_static("30"));
    response
}
