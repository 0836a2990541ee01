//! A request's body on its way to the upstream: streamed, without trailers, and watched.
//!
//! Until the answer's head is there, whoever waits for it watches. An upstream may answer, even completely, before it has
//! read everything; what is left of the body then goes on without its answer, and has a watch of its own.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::body::without_trailers;
use super::progress::Progress;
use super::vigil::Vigil;
use crate::limits::Place;

/// The request may not go on.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the request was cut short")]
struct CutOff;

/// A request's body.
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
        if self.progress.is_cut(context.waker()) {
            return Poll::Ready(Some(Err(axum::Error::new(CutOff))));
        }
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

impl Drop for Upload {
    fn drop(&mut self) {
        self.progress.ended();
    }
}

/// Watches over what is left of a request's body when its answer has begun. It keeps the account's place, and ends with the
/// token, or when nothing moves either way for as long as the route allows.
///
/// The answer's own watch is not enough: it is over with the answer, and nobody asks it while the client does not read.
pub fn watch(progress: Arc<Progress>, mut vigil: Vigil, place: Option<Arc<Place>>) {
    tokio::spawn(async move {
        let _place = place;
        let may_not_go_on = poll_fn(|task| {
            vigil.moved_at(progress.last());
            vigil.poll(task)
        });
        let why = tokio::select! {
            () = progress.over() => return,
            why = may_not_go_on => why,
        };
        if progress.cut() {
            vigil.note(why);
        }
    });
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
