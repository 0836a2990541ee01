//! An answer's body on its way through: streamed, without trailers, and watched. The request's is in [`upload`](super::upload).
//!
//! Trailers are dropped both ways (RFC 9110 §6.5.1 allows it): a server that merges them into the
//! headers would take an identity from where nobody checked for one.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::BoxError;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};

use super::progress::Progress;
use super::vigil::{CutShort, Vigil};
use crate::limits::Place;

/// An answer's body on its way to the client. The account's place is given back when it is dropped, and the request's body
/// with it: after its last byte, or when either side breaks off.
pub struct Download {
    body: Incoming,
    of_head: bool,
    vigil: Vigil,
    upload: Arc<Progress>,
    _place: Option<Arc<Place>>,
}

impl Download {
    /// Keeps what is `held` until the end, which the vigil may bring. An answer to HEAD has no body, but that says nothing
    /// about the length that GET would have (RFC 9110 §9.3.2), so none is claimed. `upload` may still be under way.
    pub fn new(
        body: Incoming,
        of_head: bool,
        (place, vigil): (Option<Arc<Place>>, Vigil),
        upload: Arc<Progress>,
    ) -> Self {
        Self {
            body,
            of_head,
            vigil,
            upload,
            _place: place,
        }
    }

    /// What ends the answer ends what is left of the request too.
    fn cut(&self, why: CutShort) -> BoxError {
        if self.upload.cut() {
            self.vigil.note(why);
        }
        why.into()
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
            return Poll::Ready(Some(Err(this.cut(why))));
        }
        match Pin::new(&mut this.body).poll_frame(context) {
            Poll::Ready(frame) => {
                this.vigil.moved();
                if !this.upload.is_over() {
                    this.upload.moved(false);
                }
                let frame = frame.map(|frame| frame.map_err(BoxError::from));
                Poll::Ready(frame.and_then(without_trailers))
            }
            Poll::Pending => {
                if !this.upload.is_over() {
                    this.vigil.moved_at(this.upload.last());
                }
                let over = this.vigil.poll(context);
                over.map(|why| Some(Err(this.cut(why))))
            }
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
pub fn without_trailers<E>(frame: Result<Frame<Bytes>, E>) -> Option<Result<Frame<Bytes>, E>> {
    match frame {
        Ok(frame) => frame.into_data().ok().map(|data| Ok(Frame::data(data))),
        Err(error) => Some(Err(error)),
    }
}
