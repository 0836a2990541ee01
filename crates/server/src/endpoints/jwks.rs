//! The JWK set (RFC 7517 §5): the public halves of every key whose tokens may still live, and of the next.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::answer;
use crate::context::Context;

/// `GET /.well-known/jwks.json`
pub async fn endpoint(context: Context) -> Response {
    let set = context.issuer.keys.load().jwks(context.now);
    let mut response = answer::json(StatusCode::OK, set.to_string().into_bytes());
    response.headers_mut().remove(header::PRAGMA);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, cache_control(&context));
    response
}

/// May be kept as long as a new key is announced before it signs, so that nobody meets a signature they have no key for.
fn cache_control(context: &Context) -> HeaderValue {
    let seconds = context.issuer.environment.key_announcement.min(3600);
    HeaderValue::from_str(&format!("public, max-age={seconds}"))
        .unwrap_or(HeaderValue::from_static("no-cache"))
}
