//! Puts an answer on the wire: JSON that nobody may store (RFC 6749 §5.1).

use std::net::IpAddr;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use oauth::error_response::{ErrorCode, WrittenResponse};

use super::request::BodyRefusal;
use crate::client_authentication::ClientRefusal;
use crate::context::Context;
use crate::limits::TooMany;

/// Seconds after which a client should ask again when something of ours is away.
pub const COME_BACK: u64 = 2;

/// Whose token requests are limited, as the answer says it.
pub const TOKENS_OF_ADDRESS: &str = "Token requests from one address";
/// The same of one credential.
pub const TOKENS_OF_CREDENTIAL: &str = "Token requests with one credential";
/// The same of one client that does not prove itself.
pub const FAILURES_OF_CLIENT: &str = "Failed authentications of one client from this address";

/// A JSON answer.
pub fn json(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

/// What a dialect wrote.
pub fn written(answer: WrittenResponse) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json(status, answer.body);
    if let Some(challenge) = answer
        .www_authenticate
        .and_then(|text| HeaderValue::from_str(&text).ok())
    {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(COME_BACK));
    }
    response
}

/// An error code in the environment's dialect.
pub fn error(context: &Context, code: ErrorCode) -> Response {
    written(
        context
            .issuer
            .environment
            .dialect
            .write_error(code, context.issuer.realm()),
    )
}

/// A body that did not arrive whole. The connection ends with it: what is left of the body cannot be told from a next request.
pub fn body_refused(context: &Context, refusal: BodyRefusal) -> Response {
    let mut response = error(context, ErrorCode::InvalidRequest);
    *response.status_mut() = match refusal {
        BodyRefusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        BodyRefusal::TooSlow => StatusCode::REQUEST_TIMEOUT,
        BodyRefusal::Broken => StatusCode::BAD_REQUEST,
    };
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A client that was not proven.
pub fn client_refused(context: &Context, refusal: &ClientRefusal) -> Response {
    match refusal {
        ClientRefusal::TooManyFailures(limit) => too_many(context, *limit, FAILURES_OF_CLIENT),
        other => error(context, other.code()),
    }
}

/// A limit was reached: which, whose, and when to come back (RFC 6585 §4).
pub fn too_many(context: &Context, limit: TooMany, which: &str) -> Response {
    let sentence = too_many_sentence(limit, which, context.remote_address);
    let dialect = &context.issuer.environment.dialect;
    let mut response = written(dialect.write_error_saying(
        ErrorCode::TooManyRequests,
        &sentence,
        context.issuer.realm(),
    ));
    let headers = response.headers_mut();
    for (name, text) in too_many_headers(limit) {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// What is said at a limit: the description shows the same.
pub fn too_many_sentence(limit: TooMany, which: &str, address: IpAddr) -> String {
    let TooMany { limit, retry_after } = limit;
    format!(
        "{which} are limited to {limit} per minute; come back in {retry_after} s. The address is {address}."
    )
}

/// The headers beside it.
pub fn too_many_headers(limit: TooMany) -> [(&'static str, String); 3] {
    let TooMany { limit, retry_after } = limit;
    [
        ("retry-after", retry_after.to_string()),
        ("ratelimit-policy", format!("\"address\";q={limit};w=60")),
        ("ratelimit", format!("\"address\";r=0;t={retry_after}")),
    ]
}
