//! The name of a request: in `X-Request-Id`, on every log line, in the audit trail.

use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::{HeaderName, HeaderValue};

use crate::random;

/// The header that says it.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

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

    /// The digits it is written with.
    pub fn digits(self) -> Digits {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut digits = [0; 32];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        Digits(digits)
    }

    /// As a header value.
    pub fn header(self) -> HeaderValue {
        HeaderValue::from_bytes(&self.digits().0).unwrap_or_else(|_| HeaderValue::from_static("-"))
    }
}

/// A request's name as text.
pub struct Digits([u8; 32]);

impl Digits {
    /// The text.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or("-")
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.digits().as_str())
    }
}
