//! A connection to an upstream with the descriptor that it borrowed, which it gives back with its last use.

use std::error::Error;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use tower::Service;

use crate::listener::places::{Lent, Places};

/// There is no descriptor for another connection.
#[derive(Debug, thiserror::Error)]
#[error("no file descriptor is free")]
struct NoFile;

/// `EMFILE` and `ENFILE`, as the library says them: should others have used up what was counted as free.
const OF_SYSTEM: [&str; 2] = ["(os error 24)", "(os error 23)"];

/// Whether a connection failed for want of a descriptor. The client's error shows its causes as text alone.
pub fn is_without_file(cause: &str) -> bool {
    cause.ends_with(&NoFile.to_string()) || OF_SYSTEM.iter().any(|end| cause.ends_with(end))
}

/// Connects when there is a descriptor for it.
#[derive(Clone)]
pub struct Borrowing<C> {
    connector: C,
    places: Option<Arc<Places>>,
}

impl<C> Borrowing<C> {
    /// Without places, as in a program that has no listener, nothing is counted.
    pub fn new(connector: C, places: Option<Arc<Places>>) -> Self {
        Self { connector, places }
    }
}

type Failure = Box<dyn Error + Send + Sync>;

impl<C> Service<Uri> for Borrowing<C>
where
    C: Service<Uri> + Clone + Send + 'static,
    C::Future: Send,
    C::Error: Into<Failure>,
{
    type Response = Borrowed<C::Response>;
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Failure>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        self.connector.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        // The one that is ready, and not its copy.
        let next = self.connector.clone();
        let mut connector = std::mem::replace(&mut self.connector, next);
        let places = self.places.clone();
        Box::pin(async move {
            let lent = match places {
                Some(places) => Some(places.lend().await.ok_or(NoFile)?),
                None => None,
            };
            let stream = connector.call(uri).await.map_err(Into::into)?;
            Ok(Borrowed {
                stream,
                _lent: lent,
            })
        })
    }
}

/// See the head of this file. The stream is dropped, and so closed, before its descriptor is another's.
pub struct Borrowed<S> {
    stream: S,
    _lent: Option<Lent>,
}

impl<S: Connection> Connection for Borrowed<S> {
    fn connected(&self) -> Connected {
        self.stream.connected()
    }
}

impl<S: Read + Unpin> Read for Borrowed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: Write + Unpin> Write for Borrowed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f33_what_failed_for_want_of_a_descriptor_is_known_by_its_cause() {
        let too_many = io::Error::from_raw_os_error(24);
        for cause in [
            "client error (Connect): no file descriptor is free".to_owned(),
            format!("client error (Connect): tcp open error: {too_many}"),
        ] {
            assert!(is_without_file(&cause), "{cause}");
        }
        let refused = io::Error::from_raw_os_error(111);
        assert!(!is_without_file(&format!("tcp connect error: {refused}")));
    }
}
