//! HTTP/2 (RFC 9113): what one connection may cost, and what its requests lack before they look like the others.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request, header};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::server::conn::http2::Builder;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::conversation::Conversation;

/// What every HTTP/2 connection begins with (RFC 9113 §3.4); no HTTP/1.1 request begins so.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Requests at once on one connection.
const MOST_STREAMS: u32 = 100;
/// Bytes of a request's body, and of all bodies of a connection, that may come before they are asked for.
const STREAM_WINDOW: u32 = 128 * 1024;
const CONNECTION_WINDOW: u32 = 256 * 1024;
/// The largest head, as the other side counts it (RFC 9113 §6.5.2).
const LARGEST_HEAD: u32 = 16 * 1024;
/// Bytes of an answer that wait for the reader beside the piece that was given last.
const SEND_BUFFER: usize = 64 * 1024;
/// Requests taken back before we began with them, and streams that we had to break off for errors of the other side: more
/// than an honest client ever has, and the connection ends (CVE-2023-44487, RUSTSEC-2024-0003).
const MOST_TAKEN_BACK: usize = 20;
const MOST_BROKEN_OFF: usize = 100;
/// How often we look whether the other side is still there, and how long it may take to say so.
const PING_EVERY: Duration = Duration::from_secs(20);
const PONG_WITHIN: Duration = Duration::from_secs(10);

/// Connections within these bounds. What they do not bound themselves is bounded in the library: `CONTINUATION` frames to
/// what the head may hold, answers to `PING` and `SETTINGS` to one that waits. Server push is never asked for.
pub fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(MOST_STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(LARGEST_HEAD)
        .max_send_buf_size(SEND_BUFFER)
        .max_pending_accept_reset_streams(MOST_TAKEN_BACK)
        .max_local_error_reset_streams(MOST_BROKEN_OFF)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PONG_WITHIN);
    builder
}

/// A request as HTTP/1.1 would have brought it, but for its authority, which stands in its URL.
pub fn received(request: Request<Incoming>, conversation: &Arc<Conversation>) -> Request<Body> {
    let (mut parts, body) = request.into_parts();
    join_cookies(&mut parts.headers);
    let conversation = Arc::clone(conversation);
    Request::from_parts(parts, Body::new(Asked { body, conversation }))
}

/// RFC 9113 §8.2.3: the crumbs of a `Cookie` header are one header before anybody else reads it.
fn join_cookies(headers: &mut HeaderMap) {
    let crumbs: Vec<&[u8]> = headers
        .get_all(header::COOKIE)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if crumbs.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&crumbs.join(&b"; "[..]))
    {
        headers.insert(header::COOKIE, joined);
    }
}

/// A request's body; each piece that somebody takes is what the bytes of the connection were good for.
struct Asked {
    body: Incoming,
    conversation: Arc<Conversation>,
}

impl HttpBody for Asked {
    type Data = bytes::Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<bytes::Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        // An empty piece is none: a flood of them is what this is counted for.
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && frame.data_ref().is_some_and(|data| !data.is_empty())
        {
            self.conversation.bore_fruit();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn crumbs_of_cookies_are_one_header() {
        let mut headers = HeaderMap::new();
        headers.append("cookie", "a=1".parse().unwrap());
        headers.append("cookie", "b=2; c=3".parse().unwrap());
        join_cookies(&mut headers);
        let cookies: Vec<_> = headers.get_all("cookie").iter().collect();
        assert_eq!(cookies, ["a=1; b=2; c=3"]);
    }
}
