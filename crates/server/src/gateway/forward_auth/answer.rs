//! What a proxy is answered.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use crate::config::ProxyKind;
use crate::context::Context;
use crate::gateway::decision::Decision;
use crate::gateway::headers::say_who;

/// Says to nginx, which passes on nothing but 401 and 403, what the status would have been.
const STATUS: HeaderName = HeaderName::from_static("x-grantor-status");
/// Tells Envoy which of the request's headers the upstream is not to see.
const TO_REMOVE: HeaderName = HeaderName::from_static("x-envoy-auth-headers-to-remove");

/// The headers of a yes, with those that every answer gets.
const MOST_HEADERS: usize = 12;

/// The request may pass; the proxy copies who calls into it.
pub fn allowed(kind: ProxyKind, context: &Context, decision: &Decision<'_>) -> Response {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.reserve(MOST_HEADERS);
    say_who(headers, &context.issuer, decision.token.as_ref());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The token has done its work; on a public route credentials are the upstream's own matter.
    if kind == ProxyKind::Envoy && decision.token.is_some() {
        headers.insert(TO_REMOVE, HeaderValue::from_static("authorization"));
    }
    response
}

/// A refusal as that kind of proxy can pass it on. nginx makes 500 of every status but 401 and 403.
pub fn fitting(kind: ProxyKind, mut refused: Response) -> Response {
    if kind == ProxyKind::Nginx {
        let status = refused.status();
        refused.headers_mut().insert(STATUS, status.as_u16().into());
        if status != StatusCode::UNAUTHORIZED {
            *refused.status_mut() = StatusCode::FORBIDDEN;
        }
    }
    refused
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nginx_hears_401_and_403_only() {
        for (status, heard) in [
            (401, 401),
            (403, 403),
            (404, 403),
            (405, 403),
            (429, 403),
            (503, 403),
        ] {
            let of = |kind| {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::from_u16(status).unwrap();
                fitting(kind, response)
            };
            let nginx = of(ProxyKind::Nginx);
            assert_eq!(nginx.status().as_u16(), heard);
            assert_eq!(nginx.headers()[STATUS], status.to_string());
            assert_eq!(of(ProxyKind::Traefik).status().as_u16(), status);
        }
    }
}
