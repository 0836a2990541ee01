//! Passes a judged request on and its answer back, both as streams.
//!
//! Upstreams are spoken to in HTTP/1.1 over connections that are kept and used again. The answer's
//! head has thirty seconds, counted from the last sign of life of the request's body, so that a
//! long upload is no timeout.

use std::error::Error;
use std::sync::LazyLock;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::TRANSFER_ENCODING;
use axum::http::{HeaderMap, Method, StatusCode, Uri, Version, request};
use axum::response::Response;
use hyper::body::{Body as _, Incoming};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::body::{Download, Progress, Upload};
use super::decision::Decision;
use super::headers;
use super::refusal::GatewayRefusal;
use crate::context::Context;
use crate::limits::Place;
use crate::text::with_causes;

/// From the end of the request to the head of the answer.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Below the five seconds after which common servers close idle connections, so that we close first.
const IDLE_AT_MOST: Duration = Duration::from_secs(4);
const IDLE_PER_UPSTREAM: usize = 256;
/// Notices an upstream that vanished from the network in the middle of an answer.
const PROBE_EVERY: Duration = Duration::from_secs(60);

/// Connections are shared by all environments: an upstream does not belong to one.
static UPSTREAMS: LazyLock<Client<HttpConnector, Upload>> = LazyLock::new(|| {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(CONNECT_WITHIN));
    connector.set_keepalive(Some(PROBE_EVERY));
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_AT_MOST)
        .pool_max_idle_per_host(IDLE_PER_UPSTREAM)
        .build(connector)
});

/// Asks the upstream and gives its answer, which keeps `place` until its last byte.
///
/// # Errors
/// Whatever keeps the answer's head from coming; nothing of an answer has been sent then.
pub async fn pass(
    context: &Context,
    decision: &Decision,
    parts: &request::Parts,
    body: Body,
    place: Option<Place>,
) -> Result<Response, GatewayRefusal> {
    let length = body.size_hint().exact();
    let uri = headers::upstream_uri(&decision.route.upstream, &parts.uri).ok_or_else(|| {
        GatewayRefusal::UpstreamUnreachable("the route's upstream is no HTTP address".to_owned())
    })?;
    let sent = headers::upstream(context, decision, parts, length);
    // Only what changes nothing and has no body may be sent twice (RFC 9110 §9.2.2).
    let again = (parts.method.is_safe() && length == Some(0)).then(|| (uri.clone(), sent.clone()));
    let answer = match (ask(parts, uri, sent, body).await, again) {
        // A kept connection that the upstream was just closing: nobody's fault, so one more time on a new one.
        (Err(GatewayRefusal::UpstreamBroken(_)), Some((uri, sent))) => {
            ask(parts, uri, sent, Body::empty()).await?
        }
        (answer, _) => answer?,
    };
    answer_back(context, answer, parts.method == Method::HEAD, place)
}

async fn ask(
    parts: &request::Parts,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response<Incoming>, GatewayRefusal> {
    let progress = Progress::new();
    let mut request = Request::new(Upload::new(body, progress.clone()));
    *request.method_mut() = parts.method.clone();
    *request.uri_mut() = uri;
    *request.version_mut() = Version::HTTP_11;
    *request.headers_mut() = headers;
    let mut answer = std::pin::pin!(UPSTREAMS.request(request));
    loop {
        let until = progress.last() + HEAD_WITHIN;
        tokio::select! {
            biased;
            answer = &mut answer => return answer.map_err(|error| refusal_of(&error)),
            () = tokio::time::sleep_until(until) => {
                if progress.last() + HEAD_WITHIN <= until {
                    return Err(if progress.awaits_sender() { GatewayRefusal::RequestStalled } else { GatewayRefusal::UpstreamSilent });
                }
            }
        }
    }
}

fn answer_back(
    context: &Context,
    answer: Response<Incoming>,
    of_head: bool,
    place: Option<Place>,
) -> Result<Response, GatewayRefusal> {
    // We never ask for another protocol, so this one was not asked for.
    if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Err(GatewayRefusal::UpstreamBroken(
            "the upstream switched protocols without being asked".to_owned(),
        ));
    }
    if has_unknown_coding(answer.headers()) {
        return Err(GatewayRefusal::UpstreamBroken(
            "the upstream's answer has a transfer coding beside chunked".to_owned(),
        ));
    }
    let (parts, body) = answer.into_parts();
    let mut back = Response::new(Body::new(Download::new(body, of_head, place)));
    *back.status_mut() = parts.status;
    *back.headers_mut() = headers::client(context, &parts.headers);
    Ok(back)
}

/// A coding that is taken off with the `Transfer-Encoding` header and would leave a body nobody can read (RFC 9112 §7).
pub fn has_unknown_coding(headers: &HeaderMap) -> bool {
    headers
        .get_all(TRANSFER_ENCODING)
        .iter()
        .any(|line| !line.as_bytes().eq_ignore_ascii_case(b"chunked"))
}

fn refusal_of(error: &ClientError) -> GatewayRefusal {
    let cause = with_causes(error);
    if error.is_connect() {
        return GatewayRefusal::UpstreamUnreachable(cause);
    }
    // hyper calls it the user's error when the body it was given to send fails: the sender broke off.
    let of_sender = error
        .source()
        .and_then(|source| source.downcast_ref::<hyper::Error>())
        .is_some_and(hyper::Error::is_user);
    if of_sender {
        GatewayRefusal::RequestBroken
    } else {
        GatewayRefusal::UpstreamBroken(cause)
    }
}
