//! Takes a request off the wire: the whole body within bounds, the headers OAuth reads.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderName, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use oauth::request::{LONGEST_BODY, RequestParts};

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a body did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyRefusal {
    /// Longer than 64 KiB.
    TooLarge,
    /// Slower than ten seconds.
    TooSlow,
    /// The connection ended or the framing is broken.
    Broken,
}

/// A request whose body has arrived.
pub struct Received {
    /// The head.
    pub head: Parts,
    /// The body; empty before it has arrived.
    pub body: Bytes,
}

impl Received {
    /// Waits for the body. One that says it is too long is refused before a byte of it is read.
    pub async fn receive(request: Request) -> Result<Self, BodyRefusal> {
        let (head, body) = request.into_parts();
        let mut received = Self::of_head(head);
        received.wait_for(body).await?;
        Ok(received)
    }

    /// A request of which only the head is known.
    pub fn of_head(head: Parts) -> Self {
        Self {
            head,
            body: Bytes::new(),
        }
    }

    /// Waits for the body of a head.
    pub async fn wait_for(&mut self, body: Body) -> Result<(), BodyRefusal> {
        let announced = self
            .head
            .headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|length| length > LONGEST_BODY as u64) {
            return Err(BodyRefusal::TooLarge);
        }
        self.body = tokio::time::timeout(BODY_TIMEOUT, collect(body))
            .await
            .map_err(|_| BodyRefusal::TooSlow)??;
        Ok(())
    }

    /// The header fields that OAuth reads, every occurrence of each.
    pub fn fields(&self) -> Fields<'_> {
        let all = |name: HeaderName| {
            self.head
                .headers
                .get_all(name)
                .iter()
                .map(|value| value.as_bytes())
                .collect()
        };
        let codings: Vec<&[u8]> = all(header::CONTENT_ENCODING);
        Fields {
            content_type: all(header::CONTENT_TYPE),
            authorization: all(header::AUTHORIZATION),
            content_encoding: (!codings.is_empty()).then(|| codings.join(&b',')),
        }
    }

    /// The request as the dialects read it.
    pub fn parts<'a>(&'a self, fields: &'a Fields<'a>) -> RequestParts<'a> {
        RequestParts {
            query: self.head.uri.query(),
            content_type: &fields.content_type,
            content_encoding: fields.content_encoding.as_deref(),
            authorization: &fields.authorization,
            body: &self.body,
        }
    }
}

/// See [`Received::fields`].
pub struct Fields<'a> {
    content_type: Vec<&'a [u8]>,
    authorization: Vec<&'a [u8]>,
    content_encoding: Option<Vec<u8>>,
}

async fn collect(body: Body) -> Result<Bytes, BodyRefusal> {
    match Limited::new(body, LONGEST_BODY).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(BodyRefusal::TooLarge),
        Err(_) => Err(BodyRefusal::Broken),
    }
}
