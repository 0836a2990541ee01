//! Bodies on their way through: streamed, without trailers, and watched.
//!
//! Trailers are dropped both ways (RFC 9110 §6.5.1 allows it): a server that merges them into the
//! headers would take an identity from where nobody checked for one.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::Instant;

use super::vigil::Vigil;
use crate::limits::Place;

/// How a request's body gets along; shared between the body and whoever waits for the answer.
pub struct Progress {
    begun: Instant,
    /// Milliseconds after `begun` of the last thing that happened.
    last: AtomicU64,
    /// Whether more of the request has to come before anything else can happen.
    awaits_sender: AtomicBool,
}

impl Progress {
    /// From now on.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            begun: Instant::now(),
            last: AtomicU64::new(0),
            awaits_sender: AtomicBool::new(false),
        })
    }

    /// When something last happened.
    pub fn last(&self) -> Instant {
        self.begun + Duration::from_millis(self.last.load(Ordering::Relaxed))
    }

    /// Whether it is the sender who keeps the rest waiting.
    pub fn awaits_sender(&self) -> bool {
        self.awaits_sender.load(Ordering::Relaxed)
    }

    /// Something happened, or more of the request has to come first.
    pub fn moved(&self, awaits_sender: bool) {
        self.awaits_sender.store(awaits_sender, Ordering::Relaxed);
        if !awaits_sender {
            let millis = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.last.store(millis, Ordering::Relaxed);
        }
    }
}

/// A request's body on its way to the upstream.
pub struct Upload {
    body: Body,
    progress: Arc<Progress>,
}

impl Upload {
    /// Watched by `progress`.
    pub fn new(body: Body, progress: Arc<Progress>) -> Self {
        Self { body, progress }
    }
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.progress.moved(polled.is_pending());
        polled.map(|frame| frame.and_then(without_trailers))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body on its way to the client. The account's place is given back when it is dropped:
/// after its last byte, or when either side breaks off.
pub struct Download {
    body: Incoming,
    of_head: bool,
    vigil: Vigil,
    _place: Option<Place>,
}

impl Download {
    /// Keeps `place` until the end, which `vigil` may bring. An answer to HEAD has no body, but that says nothing about the
    /// length that GET would have (RFC 9110 §9.3.2), so none is claimed.
    pub fn new(body: Incoming, of_head: bool, vigil: Vigil, place: Option<Place>) -> Self {
        Self {
            body,
            of_head,
            vigil,
            _place: place,
        }
    }
}

impl HttpBody for Download {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        // An answer that comes at once needs nobody to watch over it.
        if this.vigil.has_begun()
            && let Poll::Ready(why) = this.vigil.poll(context)
        {
            return Poll::Ready(Some(Err(why.into())));
        }
        match Pin::new(&mut this.body).poll_frame(context) {
            Poll::Ready(frame) => {
                this.vigil.moved();
                let frame = frame.map(|frame| frame.map_err(BoxError::from));
                Poll::Ready(frame.and_then(without_trailers))
            }
            Poll::Pending => this.vigil.poll(context).map(|why| Some(Err(why.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.of_head {
            SizeHint::default()
        } else {
            self.body.size_hint()
        }
    }
}

/// Trailers are the last frame, so that a body may end where they would stand.
fn without_trailers<E>(frame: Result<Frame<Bytes>, E>) -> Option<Result<Frame<Bytes>, E>> {
    match frame {
        Ok(frame) => frame.into_data().ok().map(|data| Ok(Frame::data(data))),
        Err(error) => Some(Err(error)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use http_body_util::{BodyExt, Full};

    #[tokio::test]
    async fn s249_trailers_end_a_body_and_do_not_pass() {
        let mut trailers = axum::http::HeaderMap::new();
        trailers.insert("authorization", "Bearer x".parse().unwrap());
        let body =
            Full::new(Bytes::from_static(b"data")).with_trailers(async { Some(Ok(trailers)) });
        let passed = Upload::new(Body::new(body), Progress::new())
            .collect()
            .await
            .unwrap();
        assert!(passed.trailers().is_none());
        assert_eq!(passed.to_bytes(), "data");
    }
}
