//! What `grantor check` lists: where an environment departs from the RFCs, and why.

use serde::Serialize;

use super::defaults::AccessTokenFormat;

/// What a quirk allows that the default does not, and which section would have it otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    /// One plain phrase.
    pub allows: &'static str,
    /// A section of RFC 9700 or of the RFC that it rests on.
    pub departs_from: &'static str,
}

/// One relaxation in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Relaxation {
    /// The key in the dialect file or the environment.
    pub axis: &'static str,
    /// What is allowed.
    pub allows: String,
    /// The section that it departs from.
    pub departs_from: &'static str,
    /// Why, in the words of whoever wrote the dialect.
    pub reason: String,
}

impl Relaxation {
    /// The relaxation that an environment's token format is, if it is one.
    pub fn of_access_token_format(format: AccessTokenFormat) -> Option<Self> {
        (format == AccessTokenFormat::OpaqueHex32).then(|| Self {
            axis: "access_token_format",
            allows: "access tokens of 128 bits, where 160 are recommended".to_owned(),
            departs_from: "RFC 6749 section 10.10",
            reason: "The environment asks for tokens of 32 hex digits.".to_owned(),
        })
    }

    /// The relaxation that an environment's lifetime of access tokens is, if it is one. Seconds.
    pub fn of_access_token_lifetime(seconds: u64) -> Option<Self> {
        (seconds > 3_600).then(|| Self {
            axis: "access_token_lifetime",
            allows: format!(
                "bearer tokens that live {seconds} seconds, where one hour is recommended"
            ),
            departs_from: "RFC 6750 section 5.3",
            reason: "The environment asks for this lifetime.".to_owned(),
        })
    }
}
