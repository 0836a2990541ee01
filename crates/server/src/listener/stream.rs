//! The bytes of one connection, watched: what was read before HTTP began comes first, and whoever takes nothing is given up.
//!
//! It holds the connection's place. So a connection that changes to another protocol, and is then
//! somebody else's to read and write, counts as open until they let go of it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use super::conversation::Conversation;
use super::places::Place;
use crate::metrics::front::Cause;

/// For how long nothing that we have to send may be taken. A reader who takes a third of what the system holds for it
/// (`accept::SEND_BUFFER`) in this time, about 3 KB a second, is slow and not dead. Silence where there is nothing to send is no matter.
pub const TAKEN_WITHIN: Duration = Duration::from_secs(30);

/// See the head of this file.
pub struct Stream {
    inner: TcpStream,
    /// Read already, and to be read again.
    first: Vec<u8>,
    timer: Option<Pin<Box<Sleep>>>,
    waits: bool,
    conversation: Arc<Conversation>,
    _place: Place,
}

impl Stream {
    /// Watches a connection.
    pub fn new(inner: TcpStream, conversation: Arc<Conversation>, place: Place) -> Self {
        Self {
            inner,
            first: Vec::new(),
            timer: None,
            waits: false,
            conversation,
            _place: place,
        }
    }

    /// Gives back what was read of it.
    pub fn unread(&mut self, bytes: &[u8]) {
        self.first.splice(0..0, bytes.iter().copied());
    }

    fn judge<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            // Only who had to wait pays for it: most answers are taken at once.
            if std::mem::take(&mut self.waits) {
                self.conversation.reader_takes();
            }
            return written;
        }
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep(TAKEN_WITHIN)));
        if !self.waits {
            self.waits = true;
            self.conversation.awaits_reader();
            timer.as_mut().reset(Instant::now() + TAKEN_WITHIN);
        }
        ready!(timer.as_mut().poll(context));
        self.conversation.ended(Cause::ReaderTooSlow);
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if !this.first.is_empty() {
            let count = this.first.len().min(buffer.remaining());
            buffer.put_slice(&this.first[..count]);
            this.first.drain(..count);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.inner).poll_read(context, buffer))?;
        let count = buffer.filled().len() - before;
        Poll::Ready(if this.conversation.received(count) {
            Ok(())
        } else {
            Err(io::ErrorKind::InvalidData.into())
        })
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.judge(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, bytes);
        self.judge(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
