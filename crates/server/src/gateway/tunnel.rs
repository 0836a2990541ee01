//! Connections that change their protocol (RFC 9110 §7.8), WebSocket above all: carried both ways until either side ends them.
//!
//! The request is judged like any other; what it opens is the route's for as long as it lives. It keeps the account's place,
//! and it ends with its token. h2c is not carried: the requests in it would pass a gateway that judged only the first one.
//! WebSockets over HTTP/2 (RFC 8441) are not offered.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context as Task, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONNECTION, UPGRADE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, copy_bidirectional_with_sizes};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use super::headers;
use super::progress::Progress;
use super::refusal::GatewayRefusal;
use super::vigil::Vigil;
use crate::context::Context;
use crate::limits::Place;
use crate::platform::MOST_TUNNELS;

/// A quarter is for connections of public routes: whoever has no token cannot take those of everybody who has one.
const MOST_OPEN_TO_ALL: u32 = MOST_TUNNELS / 4;
static OPEN_TO_ALL: Semaphore = Semaphore::const_new(MOST_OPEN_TO_ALL as usize);
/// Bytes that may wait in each direction.
const BUFFER: usize = 16 * 1024;
/// Between the 101 and the moment at which both sides have changed.
const SWITCHES_WITHIN: Duration = Duration::from_secs(10);
/// When one side has ended, the other may finish what it says, but not stand still for longer than this.
const REST_WITHIN: Duration = Duration::from_secs(5);
/// Protocols that would carry requests of their own past the gateway: HTTP in any version, and TLS around it.
const NEVER: [&str; 5] = ["h2", "h3", "http", "spdy", "tls"];

/// What a request wants its connection to become.
pub struct Wanted {
    /// `websocket`, as it was written.
    pub protocol: HeaderValue,
    client: OnUpgrade,
    permit: Permit,
}

/// One connection among those that may be open; with nobody's token also among [`OPEN_TO_ALL`].
type Permit = (OwnedSemaphorePermit, Option<SemaphorePermit<'static>>);

/// The protocol that a request asks for, if it can be carried. Every other upgrade is ignored, as RFC 9110 §7.8 allows and
/// as must be: Java's client offers `h2c` with every first request.
///
/// # Errors
/// There are as many connections of this kind as there may be.
pub fn wanted(
    context: &Context,
    parts: &Parts,
    (has_body, has_token): (bool, bool),
) -> Result<Option<Wanted>, GatewayRefusal> {
    if parts.version != Version::HTTP_11 || has_body || !headers::names_upgrade(&parts.headers) {
        return Ok(None);
    }
    let Some(client) = parts.extensions.get::<OnUpgrade>() else {
        return Ok(None);
    };
    let Some(protocol) = carried(&parts.headers) else {
        return Ok(None);
    };
    let open_to_all = (!has_token).then_some(&OPEN_TO_ALL);
    let permit = permit(&context.platform.tunnels, open_to_all);
    Ok(Some(Wanted {
        protocol,
        client: client.clone(),
        permit: permit.ok_or(GatewayRefusal::TooManyTunnels)?,
    }))
}

fn permit(all: &Arc<Semaphore>, open_to_all: Option<&'static Semaphore>) -> Option<Permit> {
    let of_few = match open_to_all {
        Some(few) => Some(few.try_acquire().ok()?),
        None => None,
    };
    let of_all = Arc::clone(all).try_acquire_owned().ok()?;
    Some((of_all, of_few))
}

/// The first protocol of `Upgrade` that is none of [`NEVER`]. A name that an upstream could read otherwise than it was read
/// here is none.
fn carried(headers: &HeaderMap) -> Option<HeaderValue> {
    let lines = headers.get_all(UPGRADE).iter();
    let names = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim);
    let may = |name: &&str| {
        let name = name.to_ascii_lowercase();
        is_protocol(&name) && !NEVER.iter().any(|never| name.starts_with(never))
    };
    names
        .filter(may)
        .find_map(|name| HeaderValue::from_str(name).ok())
}

/// `protocol-name ["/" protocol-version]`, both tokens (RFC 9110 §7.8, §5.6.2).
fn is_protocol(text: &str) -> bool {
    let is_token = |part: &str| {
        let is_of_token =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        !part.is_empty() && part.bytes().all(is_of_token)
    };
    match text.split_once('/') {
        Some((name, version)) => is_token(name) && is_token(version),
        None => is_token(text),
    }
}

/// Passes the upstream's 101 on, and everything after it.
///
/// # Errors
/// The upstream changed to something else than what was asked for.
pub fn switch(
    context: &Context,
    wanted: Wanted,
    mut answer: Response<Incoming>,
    held: (Option<Place>, Vigil),
) -> Result<Response<Body>, GatewayRefusal> {
    let became = answer.headers().get(UPGRADE);
    let as_asked = became.is_some_and(|became| {
        let asked = wanted.protocol.as_bytes();
        became.as_bytes().eq_ignore_ascii_case(asked)
    });
    if !as_asked {
        return Err(GatewayRefusal::UpstreamBroken(
            "the upstream switched to another protocol than the one asked for".to_owned(),
        ));
    }
    let upstream = hyper::upgrade::on(&mut answer);
    let mut back = Response::new(Body::empty());
    *back.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    *back.headers_mut() = headers::client(context, answer.headers());
    say_upgrade(back.headers_mut(), wanted.protocol);
    let open = context.platform.metrics.tunnels.clone();
    tokio::spawn(async move {
        // Both live as long as the connection, however it ends.
        let (_places, vigil) = ((wanted.permit, held.0), held.1);
        let both = async { tokio::try_join!(wanted.client, upstream) };
        let Ok(Ok((client, upstream))) = tokio::time::timeout(SWITCHES_WITHIN, both).await else {
            return;
        };
        open.inc();
        carry(client, upstream, vigil).await;
        open.dec();
    });
    Ok(back)
}

/// Names the protocol in a head whose own upgrade was taken off.
pub fn say_upgrade(headers: &mut HeaderMap, protocol: HeaderValue) {
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, protocol);
}

async fn carry(client: Upgraded, upstream: Upgraded, mut vigil: Vigil) {
    let progress = Progress::new();
    let one_ended = Arc::new(AtomicBool::new(false));
    let mut client = Watched {
        stream: TokioIo::new(client),
        progress: Arc::clone(&progress),
        one_ended: Arc::clone(&one_ended),
    };
    let mut upstream = TokioIo::new(upstream);
    let mut copying = pin!(copy_bidirectional_with_sizes(
        &mut client,
        &mut upstream,
        BUFFER,
        BUFFER
    ));
    // How it ended is the two sides' matter; what the vigil ended is in the log.
    let why = poll_fn(|task| {
        if copying.as_mut().poll(task).is_ready() {
            return Poll::Ready(None);
        }
        vigil.moved_at(progress.last());
        if one_ended.swap(false, Ordering::Relaxed) {
            vigil.hurry(REST_WITHIN);
        }
        vigil.poll(task).map(Some)
    })
    .await;
    if let Some(why) = why {
        vigil.note(why);
    }
}

/// The client's side, through which everything goes both ways.
struct Watched {
    stream: TokioIo<Upgraded>,
    progress: Arc<Progress>,
    /// Set when either side has said its last.
    one_ended: Arc<AtomicBool>,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(task, buffer);
        if read.is_ready() {
            self.progress.moved(false);
            if buffer.filled().len() == before {
                self.one_ended.store(true, Ordering::Relaxed);
            }
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(task, bytes);
        if written.is_ready() {
            self.progress.moved(false);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(task)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<()>> {
        self.one_ended.store(true, Ordering::Relaxed);
        Pin::new(&mut self.stream).poll_shutdown(task)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_would_carry_requests_past_the_gateway_is_no_protocol() {
        let asked = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(UPGRADE, line.parse().unwrap());
            }
            carried(&headers).map(|name| name.to_str().unwrap().to_owned())
        };
        assert_eq!(asked(&["websocket"]).as_deref(), Some("websocket"));
        assert_eq!(asked(&["h2c, WebSocket"]).as_deref(), Some("WebSocket"));
        assert_eq!(asked(&["h2c", "irc/6.9"]).as_deref(), Some("irc/6.9"));
        for never in [
            "h2c", "H2C", "HTTP/2.0", "http/1.1", "TLS/1.0", "SPDY/3.1", "h2", "", " , ",
        ] {
            assert_eq!(asked(&[never]), None, "{never}");
        }
    }

    #[test]
    fn what_is_no_token_is_no_protocol() {
        for text in ["websocket", "irc/6.9", "x!#$%&'*+-.^_`|~/1"] {
            assert!(is_protocol(text), "{text}");
        }
        for text in [
            "",
            "/",
            "a/",
            "/a",
            "a/b/c",
            "websocket h2c",
            "websocket;h2c",
            "\"h2c\"",
            "(h2c)",
            "web\tsocket",
            "h\u{e9}",
        ] {
            assert!(!is_protocol(text), "{text}");
        }
    }

    #[test]
    fn s270_tunnels_without_a_token_have_a_part_of_the_places() {
        static FEW: Semaphore = Semaphore::const_new(2);
        let all = Arc::new(Semaphore::new(4));
        let mut open: Vec<Permit> = (0..2).map(|_| permit(&all, Some(&FEW)).unwrap()).collect();
        assert!(permit(&all, Some(&FEW)).is_none());
        // With a token there are those that are left.
        open.extend((0..2).map(|_| permit(&all, None).unwrap()));
        assert!(permit(&all, None).is_none());
        // Whoever found none of all took none of the few; and they come back.
        drop(open.remove(0));
        assert_eq!((FEW.available_permits(), all.available_permits()), (1, 1));
        let taken = permit(&all, None);
        assert!(permit(&all, Some(&FEW)).is_none());
        assert_eq!(FEW.available_permits(), 1);
        drop(taken);
    }
}
