//! The one place of this crate that reads the clock; everyone else is handed a time.

use std::time::{SystemTime, UNIX_EPOCH};

/// Whole seconds since 1970, as tokens carry times (RFC 7519 §2 NumericDate). A clock before 1970 reads as 0.
#[allow(clippy::disallowed_methods, reason = "this is the place")]
pub fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        })
}
