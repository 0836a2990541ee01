//! Durations on the command line: `7d`, `1h 30m`, `0s`, or a bare number of seconds.

use jiff::{Span, SpanRelativeTo};

/// Seconds of a text; a day has 24 hours.
pub fn seconds(text: &str) -> Result<u64, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    let duration = text
        .parse::<Span>()
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()));
    duration
        .ok()
        .and_then(|duration| u64::try_from(duration.as_secs()).ok())
        .ok_or_else(|| "write a duration as 7d, 12h, 90m or 0s".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        assert_eq!(seconds("7d"), Ok(604_800));
        assert_eq!(seconds("1h 30m"), Ok(5_400));
        assert_eq!(seconds("0s"), Ok(0));
        assert_eq!(seconds("0"), Ok(0));
        assert_eq!(seconds("90"), Ok(90));
        for text in ["", "soon", "-1d", "7 d x", "-5"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
