//! An answer on its way through: passed on piece by piece as it comes, and what is to be compared copied meanwhile.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::{Instant, Sleep, sleep};

use super::whence;

/// The largest answer that is compared: a token answer is a hundredth of it.
pub const LARGEST_COMPARED: usize = 64 * 1024;

/// An answer as it is compared.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// All of its body.
    pub body: Bytes,
    /// From the request to its last byte.
    pub took: Duration,
}

/// What became of the copy of a body: its bytes, when the last of them came, and None where it was too large. Whoever waits
/// for it hears nothing when the answer was broken off.
pub type Copied = oneshot::Receiver<(Option<Bytes>, Instant)>;

/// An answer that goes back as it comes. `place` is given back with its last byte; it may stand still no longer than `within`.
pub fn passed_on(
    answer: Response<Incoming>,
    within: Duration,
    place: OwnedSemaphorePermit,
) -> (Response<Body>, Copied) {
    let (parts, body) = answer.into_parts();
    let (tell, copied) = oneshot::channel();
    let mut passing = Passing {
        body,
        copy: Some(Vec::new()),
        tell: Some(tell),
        within,
        still: Box::pin(sleep(within)),
        _place: place,
    };
    if passing.body.is_end_stream() {
        passing.ended();
    }
    let mut response = Response::new(Body::new(passing));
    *response.status_mut() = parts.status;
    *response.headers_mut() = whence::back(&parts.headers);
    (response, copied)
}

/// A whole answer that was read here first.
pub fn read(answer: Answer) -> Response<Body> {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

/// An answer of this process, which is not the old server's.
pub fn refused(status: StatusCode, sentence: &str) -> Response<Body> {
    let error = if status.is_client_error() {
        "invalid_request"
    } else {
        "temporarily_unavailable"
    };
    let body = serde_json::json!({ "error": error, "error_description": sentence });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    let no_store = HeaderValue::from_static("no-store");
    headers.insert(header::CACHE_CONTROL, no_store);
    response
}

struct Passing {
    body: Incoming,
    copy: Option<Vec<u8>>,
    tell: Option<oneshot::Sender<(Option<Bytes>, Instant)>>,
    within: Duration,
    still: Pin<Box<Sleep>>,
    _place: OwnedSemaphorePermit,
}

impl Passing {
    fn copy(&mut self, piece: &[u8]) {
        let Some(copy) = &mut self.copy else { return };
        if copy.len() + piece.len() > LARGEST_COMPARED {
            self.copy = None;
        } else {
            copy.extend_from_slice(piece);
        }
    }

    fn ended(&mut self) {
        if let Some(tell) = self.tell.take() {
            let copy = self.copy.take().map(Bytes::from);
            // Most answers are compared with nothing, and nobody waits for their copy.
            let _ = tell.send((copy, Instant::now()));
        }
    }
}

impl HttpBody for Passing {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let this = &mut *self;
        match Pin::new(&mut this.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(piece) = frame.data_ref() {
                    let piece = piece.clone();
                    this.copy(&piece);
                }
                let next = Instant::now() + this.within;
                this.still.as_mut().reset(next);
                // Whoever knows that there is no more does not ask again.
                if this.body.is_end_stream() {
                    this.ended();
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => {
                this.ended();
                Poll::Ready(None)
            }
            Poll::Pending => match this.still.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(Some(Err("the answer stood still".into()))),
                Poll::Pending => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
