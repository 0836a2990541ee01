//! The one place that reads the clock; everyone else is handed a time.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use store::Millis;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// Milliseconds since 1970. A clock before 1970 reads as 0, so that nothing panics over it.
#[allow(clippy::disallowed_methods)]
pub fn now() -> Millis {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
}

/// A moment in steady milliseconds, counted from when this process first asked: for limits and windows of time, which a clock
/// that is set must neither open nor freeze.
pub fn steady(at: Instant) -> Millis {
    static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
    let first = *FIRST;
    i64::try_from(at.saturating_duration_since(first).as_millis()).unwrap_or(i64::MAX)
}

/// Ticks for work in the background, the first at once. One that comes late is not made up for by a quick one after it.
pub fn ticks(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Whole seconds, as OAuth's members carry times (RFC 7519 §2 NumericDate).
pub fn seconds(at: Millis) -> i64 {
    at.div_euclid(1000)
}

/// RFC 3339 in UTC with milliseconds, for people and logs.
pub fn rfc3339(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map_or_else(|_| at.to_string(), |time| format!("{time:.3}"))
}
