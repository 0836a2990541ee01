//! `[environments.NAME.request_records]`: what is kept of each credential's latest requests.

use super::findings::Findings;
use super::key::Key;
use super::raw::RawRequestRecords;

/// The longest that requests are kept.
const MOST_DAYS: u32 = 365;

/// What is kept of each credential's latest requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRecords {
    /// Days; 0: none is kept.
    pub days: u32,
    /// Whether bodies that pass the gateway are kept.
    pub bodies: bool,
}

impl RequestRecords {
    /// Whether anything is kept.
    pub fn are_kept(self) -> bool {
        self.days > 0
    }
}

/// Judges the table.
pub fn resolve(key: &Key, raw: &RawRequestRecords, findings: &mut Findings) -> RequestRecords {
    let days = raw.days.unwrap_or(14);
    if days > MOST_DAYS {
        findings.mistake(
            &key.name("days"),
            "requests are kept for 365 days at most; 0 keeps none",
        );
    }
    RequestRecords {
        days,
        bodies: raw.bodies.unwrap_or(true),
    }
}
