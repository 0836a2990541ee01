//! A request and its answer as a door hands them over: as they were, secrets and all. They live in memory only, and not
//! longer than until they are written.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, Method, StatusCode, Uri};
use bytes::Bytes;
use store::{EnvironmentName, Millis, RecordKind};

use crate::listener::request_id::RequestId;

/// Where the request was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// The token endpoint.
    Token,
    /// The gateway.
    Gateway,
}

impl Door {
    /// As the logs spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Gateway => "gateway",
        }
    }
}

/// Whose request it is.
#[derive(Clone, Debug)]
pub enum Whose {
    /// The credential with this UUID, which was proven.
    Proven(Arc<str>),
    /// Nobody's that was proven. The credential that it names is looked for when it is written, so that no sender can tell by
    /// the time an answer takes whether there is one.
    Claimed,
}

/// A body as far as it was kept.
#[derive(Debug, Default)]
pub enum Body {
    /// Nobody read it.
    #[default]
    NotRead,
    /// Its pieces.
    Pieces(Vec<Bytes>),
    /// Only how many bytes there were.
    Length(u64),
    /// The configuration says that none is kept.
    NotKept,
}

/// A head and a body.
#[derive(Debug, Default)]
pub struct Half {
    /// The header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
}

/// A request and its answer.
#[derive(Debug)]
pub struct Taken {
    /// Where it was sent.
    pub door: Door,
    /// The environment that was asked.
    pub environment: EnvironmentName,
    /// Its name.
    pub id: RequestId,
    /// When it arrived.
    pub at: Millis,
    /// Who sent it.
    pub remote_address: IpAddr,
    /// Whose it is.
    pub whose: Whose,
    /// What pushes it out.
    pub kind: RecordKind,
    /// Method.
    pub method: Method,
    /// Path and query.
    pub uri: Uri,
    /// What was asked.
    pub request: Half,
    /// What was answered.
    pub answer: Half,
    /// With which status.
    pub status: StatusCode,
    /// The name of the refusal.
    pub reason: Option<Cow<'static, str>>,
    /// From the request's head to the answer's head.
    pub took: Duration,
}

impl Taken {
    /// What it weighs: its bodies, and the buffers that its heads hold on to.
    pub fn weight(&self) -> usize {
        const HEADS: usize = 12 * 1024;
        HEADS + self.request.body.weight() + self.answer.body.weight()
    }

    /// Puts the pieces of each body together: a body that came byte by byte holds on to more than its bytes.
    pub fn put_together(&mut self) {
        self.request.body.put_together();
        self.answer.body.put_together();
    }
}

impl Body {
    fn put_together(&mut self) {
        if let Self::Pieces(pieces) = self
            && pieces.len() > 1
        {
            *self = Self::Pieces(vec![pieces.concat().into()]);
        }
    }

    fn weight(&self) -> usize {
        match self {
            Self::Pieces(pieces) => pieces
                .iter()
                .map(|piece| piece.len() + size_of::<Bytes>())
                .sum(),
            Self::NotRead | Self::Length(_) | Self::NotKept => 0,
        }
    }
}
