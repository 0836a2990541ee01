//! The name of a request: in `X-Request-Id`, on every log line, in the audit trail.

use std::fmt;

use crate::random;

/// Sixteen bytes, written as 32 hex digits; the first six are the time, so that names sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId([u8; 16]);

tokio::task_local! {
    /// The request the current task works for; the log reads it.
    pub static CURRENT: RequestId;
}

impl RequestId {
    /// A new name. Without randomness it is all zeros: a name is no secret and must not fail a request.
    pub fn new(now: store::Millis) -> Self {
        Self(random::token_id(now).map(|id| id.0).unwrap_or_default())
    }

    /// The name of the request the current task works for, if any.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|id| *id).ok()
    }

    /// As a header value.
    pub fn header(self) -> axum::http::HeaderValue {
        axum::http::HeaderValue::from_str(&self.to_string())
            .unwrap_or_else(|_| axum::http::HeaderValue::from_static("-"))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::tokens::opaque::hex(&self.0))
    }
}
