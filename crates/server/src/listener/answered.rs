//! The body of an answer on its way out: while it is not at its end, the connection is not quiet.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::conversation::{Running, moment};

/// The most that is given to an HTTP/2 stream at once. What is given lies in memory until the reader's window opens, so
/// that a reader who opens none costs this and no more.
const PIECE: usize = 16 * 1024;

/// See the head of this file.
pub struct Answered {
    body: Body,
    running: Running,
    pieces: Option<Pieces>,
}

/// What HTTP/2 needs beside: there a reader can be slow on a connection that is not.
struct Pieces {
    given: Arc<AtomicU64>,
    rest: Bytes,
    number: u64,
    is_over: bool,
}

impl Answered {
    /// On HTTP/1.1, where a slow reader is a slow connection.
    pub fn whole(body: Body, running: Running) -> Self {
        Self {
            body,
            running,
            pieces: None,
        }
    }

    /// On HTTP/2.
    pub fn in_pieces(body: Body, running: Running) -> Self {
        let given = running.conversation().body_that_gives();
        let pieces = Some(Pieces {
            given,
            rest: Bytes::new(),
            number: 0,
            is_over: false,
        });
        Self {
            body,
            running,
            pieces,
        }
    }
}

impl HttpBody for Answered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let Some(pieces) = &mut this.pieces else {
            return Pin::new(&mut this.body).poll_frame(context);
        };
        // Whoever asks for the next piece has got rid of the last.
        pieces.given.store(0, Ordering::Relaxed);
        let mut data = std::mem::take(&mut pieces.rest);
        if data.is_empty() {
            match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(whole) => data = whole,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                other => {
                    pieces.is_over = true;
                    return Poll::Ready(other);
                }
            }
        }
        if data.len() > PIECE {
            pieces.rest = data.split_off(PIECE);
        }
        pieces.number += 1;
        this.running.conversation().bore_fruit();
        pieces.given.store(moment().max(1), Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        // The last piece of several is taken when one more is asked for, and not when it was given: until then the request
        // runs. It costs an empty frame, which small answers need not have.
        let all_taken = self
            .pieces
            .as_ref()
            .is_none_or(|pieces| pieces.rest.is_empty() && (pieces.is_over || pieces.number <= 1));
        all_taken && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let rest = self.pieces.as_ref().map_or(0, |pieces| pieces.rest.len());
        let rest = u64::try_from(rest).unwrap_or(u64::MAX);
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint.set_lower(hint.lower().saturating_add(rest));
        hint
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::conversation::Conversation;
    use super::*;
    use crate::metrics::front::Front;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn s312_a_large_answer_is_given_in_pieces_and_none_is_lost() {
        let conversation = Conversation::new(Front::default());
        let text: Vec<u8> = (0..100_000u32).map(|number| number as u8).collect();
        let running = Running::begin(&conversation);
        let mut body = Answered::in_pieces(Body::from(text.clone()), running);
        assert_eq!(body.size_hint().exact(), Some(100_000));
        let mut taken = Vec::new();
        while let Some(piece) = body.frame().await {
            let piece = piece.unwrap().into_data().unwrap();
            assert!(piece.len() <= PIECE);
            assert!(!body.is_end_stream(), "the last piece has yet to be taken");
            taken.extend_from_slice(&piece);
            let left = u64::try_from(100_000 - taken.len()).unwrap();
            assert_eq!(body.size_hint().exact(), Some(left));
        }
        assert_eq!(taken, text);
        assert!(body.is_end_stream());
        assert!(conversation.quiet_for().is_none());
        drop(body);
        assert!(conversation.quiet_for().is_some());
    }
}
