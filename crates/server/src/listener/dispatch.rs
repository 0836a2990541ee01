//! From a request to the environment it asks for: by the authority of its URL, and nothing else.

use std::collections::HashMap;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri, header};
use futures_util::FutureExt;

use super::accept::Answers;
use super::access_log;
use super::forwarded::{is_trusted, remote_address};
use super::request_id::{self, CURRENT, RequestId};
use crate::clock;
use crate::context::Context;
use crate::platform::{Issuer, Platform};
use crate::router::Doors;
use crate::status::components::Of;

const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The environments behind the public listeners.
pub struct Dispatch {
    platform: Arc<Platform>,
    by_authority: HashMap<String, (Arc<Issuer>, Arc<Doors>)>,
}

impl Dispatch {
    /// Lays out every authority of every environment.
    pub fn new(platform: Arc<Platform>) -> Self {
        let mut by_authority = HashMap::new();
        for issuer in &platform.issuers {
            let doors = Arc::new(crate::router::environment(issuer));
            for base in &issuer.environment.bases {
                for authority in authorities(base) {
                    by_authority
                        .entry(authority)
                        .or_insert_with(|| (Arc::clone(issuer), Arc::clone(&doors)));
                }
            }
        }
        Self {
            platform,
            by_authority,
        }
    }

    /// The environment that answers at an authority (`api.example.com`, `127.0.0.1:8080`).
    pub fn issuer_at(&self, authority: &str) -> Option<&Arc<Issuer>> {
        self.at(authority).map(|(issuer, _)| issuer)
    }

    fn find(&self, peer: IpAddr, request: &Request<Body>) -> Option<&(Arc<Issuer>, Arc<Doors>)> {
        let believed = is_trusted(peer, &self.platform.config.server.trusted_proxies);
        let authority = authority(request.uri(), request.headers(), believed)?;
        self.at(authority)
    }

    fn at(&self, authority: &str) -> Option<&(Arc<Issuer>, Arc<Doors>)> {
        // They are kept in lower case, as nearly everybody sends them.
        let found = self.by_authority.get(authority);
        found.or_else(|| self.by_authority.get(&authority.to_ascii_lowercase()))
    }
}

impl Answers for Dispatch {
    async fn answer(self: Arc<Self>, peer: IpAddr, request: Request<Body>) -> Response<Body> {
        let started = access_log::start();
        let now = clock::now();
        let request_id = RequestId::new(now);
        let Some((issuer, doors)) = self.find(peer, &request) else {
            return named(request_id, misdirected());
        };
        let remote_address = remote_address(
            peer,
            request.headers(),
            &self.platform.config.server.trusted_proxies,
        );
        let line = access_log::Line::of(&request, remote_address);
        let part = issuer.status.part_at(request.uri().path());
        let (method, headers) = (request.method(), request.headers());
        let telemetry = &self.platform.telemetry;
        let trace = telemetry.begin(method, headers, issuer.realm(), now);
        let context = Context {
            platform: Arc::clone(&self.platform),
            issuer: Arc::clone(issuer),
            now,
            started,
            peer,
            remote_address,
            request_id,
            rehearses: false,
        };
        // Pinned where they are made: each future around a future would else have room for it twice, and the whole is
        // moved once for every request.
        let answering = pin!(async {
            let response = contained(pin!(doors.answer(context, request))).await;
            line.write(issuer, response.status(), started);
            let of = response.extensions().get::<Of>().map(|of| of.0);
            let status = response.status().as_u16();
            issuer.status.count(of.or(part), status);
            response
        });
        let answered = CURRENT.scope(request_id, trace.around(answering)).await;
        trace.end(answered.status().as_u16(), started.elapsed());
        named(request_id, answered)
    }
}

/// The answer of what may panic: 500 then, and what the request held is given back as it unwinds.
async fn contained(answering: impl Future<Output = Response<Body>>) -> Response<Body> {
    match AssertUnwindSafe(answering).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("a request ended in a panic; the next ones are not touched by it");
            internal_error()
        }
    }
}

/// The spellings of a base's authority that a Host header can have: with its port, without a default one, and every name of this machine for loopback.
pub fn authorities(base: &url::Url) -> Vec<String> {
    let Some(host) = base.host_str() else {
        return Vec::new();
    };
    let mut hosts = vec![host.to_owned()];
    if matches!(host, "127.0.0.1" | "localhost" | "[::1]") {
        hosts = ["127.0.0.1", "localhost", "[::1]"]
            .map(str::to_owned)
            .to_vec();
    }
    let port = base.port_or_known_default();
    let bare = base.port().is_none();
    hosts
        .iter()
        .flat_map(|host| {
            let with_port = port.map(|port| format!("{host}:{port}"));
            with_port.into_iter().chain(bare.then(|| host.clone()))
        })
        .collect()
}

/// The authority a request asks for: of its absolute target (RFC 9112 §3.2.2), of what a trusted proxy forwards, or of its one Host header.
fn authority<'a>(uri: &'a Uri, headers: &'a HeaderMap, believed: bool) -> Option<&'a str> {
    let single = |name: HeaderName| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    };
    if believed && let Some(forwarded) = single(X_FORWARDED_HOST) {
        return Some(forwarded.trim());
    }
    let host = single(header::HOST);
    match uri.authority() {
        Some(target) => Some(target.as_str()),
        None => host,
    }
}

fn named(request_id: RequestId, mut response: Response<Body>) -> Response<Body> {
    response
        .headers_mut()
        .insert(request_id::HEADER, request_id.header());
    response
}

/// What a request to a host hears that is none of ours.
pub const MISDIRECTED: &str = r#"{"error":"misdirected_request","error_description":"No environment has this host name and port as its url or as one of its aliases."}"#;

/// RFC 9110 §15.5.20. Names no environment: whoever asks does not know one.
fn misdirected() -> Response<Body> {
    json(StatusCode::MISDIRECTED_REQUEST, MISDIRECTED)
}

fn internal_error() -> Response<Body> {
    json(
        StatusCode::INTERNAL_SERVER_ERROR,
        r#"{"error":"server_error","error_description":"Something went wrong here. The request id names it in the log."}"#,
    )
}

fn json(status: StatusCode, body: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[test]
    fn an_environment_is_found_under_every_spelling_of_its_authority() {
        let of = |url: &str| authorities(&url.parse().unwrap());
        assert_eq!(
            of("https://api.example.com"),
            ["api.example.com:443", "api.example.com"]
        );
        assert_eq!(of("https://api.example.com:8443"), ["api.example.com:8443"]);
        assert_eq!(
            of("http://127.0.0.1:8080"),
            ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"]
        );
    }

    fn breaks() -> Response<Body> {
        panic!("injected")
    }

    #[tokio::test]
    async fn s319_a_panic_is_one_requests_500_and_gives_its_place_back() {
        let places =
            crate::limits::Concurrency::new("production", 1, crate::limits::Counters::Memory);
        let answer = contained(async {
            let _place = places.take("acme").await.unwrap();
            assert!(places.take("acme").await.is_none());
            breaks()
        });
        let answer = answer.await;
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(places.take("acme").await.is_some());
        let next = contained(async { misdirected() }).await;
        assert_eq!(next.status(), StatusCode::MISDIRECTED_REQUEST);
    }

    #[test]
    fn s207_forwarded_hosts_are_read_from_trusted_peers_only() {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("a"));
        headers.insert("x-forwarded-host", HeaderValue::from_static("b"));
        let uri = Uri::from_static("/x");
        assert_eq!(authority(&uri, &headers, false), Some("a"));
        assert_eq!(authority(&uri, &headers, true), Some("b"));
        headers.append("host", HeaderValue::from_static("c"));
        assert_eq!(authority(&uri, &headers, false), None);
    }
}
