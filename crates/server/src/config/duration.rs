//! Durations as people write them: "60m", "7d", "1h 30m", or a bare number of seconds.

use std::fmt;

use jiff::{Span, SpanRelativeTo};
use serde::de::{self, Deserialize, Deserializer, Visitor};

/// Ten years. Nothing that Grantor waits for or lets live takes longer; beyond it, a unit was mistyped.
const LONGEST: u64 = 10 * 365 * 24 * 60 * 60;

/// A duration in whole seconds, at least one. A day has 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Seconds(pub u64);

impl Seconds {
    fn checked(seconds: i64) -> Result<Self, String> {
        match u64::try_from(seconds) {
            Ok(0) | Err(_) => Err("a duration must be longer than nothing".to_owned()),
            Ok(seconds) if seconds > LONGEST => {
                Err("a duration may be ten years at most".to_owned())
            }
            Ok(seconds) => Ok(Self(seconds)),
        }
    }

    /// Reads `text`; the error is a sentence.
    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(seconds) = text.parse::<i64>() {
            return Self::checked(seconds);
        }
        let days_are_24_hours = SpanRelativeTo::days_are_24_hours();
        let duration = text
            .parse::<Span>()
            .and_then(|span| span.to_duration(days_are_24_hours))
            .map_err(|_| {
                format!(
                    "\"{}\" is not a duration: write it as \"60m\", \"7d\", \"600s\" or \"1h 30m\"",
                    text.escape_debug()
                )
            })?;
        if duration.subsec_nanos() != 0 {
            return Err("a duration is counted in whole seconds".to_owned());
        }
        Self::checked(duration.as_secs())
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SecondsVisitor)
    }
}

struct SecondsVisitor;

impl Visitor<'_> for SecondsVisitor {
    type Value = Seconds;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration such as \"60m\", or a number of seconds")
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Seconds, E> {
        Seconds::checked(seconds).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Seconds, E> {
        Seconds::checked(i64::try_from(seconds).unwrap_or(i64::MAX)).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Seconds, E> {
        Seconds::parse(text).map_err(E::custom)
    }
}
