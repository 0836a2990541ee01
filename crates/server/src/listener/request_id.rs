//! The name of a request: in `X-Request-Id`, on every log line, in the audit trail.

use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::random;

/// Sixteen bytes, written as 32 hex digits; the first six are the time, so that names sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId([u8; 16]);

tokio::task_local! {
    /// The request the current task works for; the log reads it.
    pub static CURRENT: RequestId;
}

impl RequestId {
    /// A new name: the time, a number within this process, and bytes that tell this process from others.
    ///
    /// A name is no secret, so nothing is drawn for it, and nothing can fail.
    pub fn new(now: store::Millis) -> Self {
        static PROCESS: LazyLock<[u8; 6]> = LazyLock::new(|| random::bytes().unwrap_or_default());
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let mut name = [0; 16];
        name[..6].copy_from_slice(&now.to_be_bytes()[2..]);
        name[6..10].copy_from_slice(&count.to_be_bytes());
        name[10..].copy_from_slice(&*PROCESS);
        Self(name)
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
