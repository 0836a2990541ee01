//! `date_time_formats`: how a platform writes a date with a time of day, in the letters of Java and .NET.
//!
//! Both spell a year `yyyy` and a minute `mm`; where they part (`ddd`, `K`) the reading is the one that a date with a time
//! can have. A format is made once, when the configuration is read, and then compared with texts of answers.

mod value;

pub use value::iso;

use jiff::civil;
use jiff::tz::{Offset, TimeZone};

/// The longest text, in bytes, that any format matches.
pub const LONGEST: usize = 64;

/// One format, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateTimeFormat {
    parts: Vec<Part>,
}

/// A piece of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// A number with the fewest and the most digits it may have.
    Number(Field, usize, usize),
    /// Digits after the decimal point, exactly as many.
    Fraction(usize),
    /// `Jan`, or written out.
    Month { long: bool },
    /// `Mon`, or written out. Read past: the date says the day.
    Weekday { long: bool },
    /// AM or PM.
    HalfOfDay,
    /// `Z`, `GMT`, `UTC`, `+01`, `+0100` or `+01:00`; may be absent where .NET writes none (`K`).
    Offset { optional: bool },
    /// These characters.
    Text(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Year,
    /// 00 to 68 are of this century, 69 to 99 of the last one, as POSIX reads them.
    YearOfCentury,
    Month,
    Day,
    /// 0 to 23.
    Hour,
    /// 1 to 12.
    HourOfHalf,
    Minute,
    Second,
}

/// A date and time as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// What the clock on the wall said; parts of a second are dropped.
    pub local: civil::DateTime,
    /// How far it was from UTC, if that stood there.
    pub offset: Option<Offset>,
}

impl Written {
    /// `yyyy-MM-ddTHH:mm:ssZ`. Without an offset it is a time of `zone`: one that a clock skipped in spring is read an
    /// hour later, one that it showed twice in autumn is the first of the two. None outside the years 0 to 9999.
    pub fn in_utc(&self, zone: &TimeZone) -> Option<String> {
        let timestamp = match self.offset {
            Some(offset) => offset.to_timestamp(self.local).ok()?,
            None => zone.to_ambiguous_timestamp(self.local).compatible().ok()?,
        };
        let utc = Offset::UTC.to_datetime(timestamp);
        (0..=9999).contains(&utc.year()).then(|| {
            format!(
                "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                utc.year(),
                utc.month(),
                utc.day(),
                utc.hour(),
                utc.minute(),
                utc.second()
            )
        })
    }
}

impl DateTimeFormat {
    /// Takes a format apart. The error is a sentence for the person who wrote it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts: Vec<Part> = Vec::new();
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            if letter == '\'' || letter == '"' {
                let (quoted, after) = quoted(rest, letter)?;
                // A Z in quotes is the letter of UTC, whatever zone the route has.
                match quoted.as_str() {
                    "Z" => parts.push(Part::Offset { optional: false }),
                    text => push_text(&mut parts, text),
                }
                rest = after;
                continue;
            }
            if !letter.is_ascii_alphabetic() || letter == 'T' {
                push_text(&mut parts, letter.encode_utf8(&mut [0; 4]));
                rest = rest.get(letter.len_utf8()..).unwrap_or_default();
                continue;
            }
            let count = rest.chars().take_while(|other| *other == letter).count();
            parts.push(part(letter, count)?);
            rest = rest.get(count..).unwrap_or_default();
        }
        let format = Self { parts };
        format.judge()?;
        Ok(format)
    }

    /// Whether it has a time of day: a date alone is no moment, and stays as it is.
    pub fn has_time(&self) -> bool {
        self.has(Field::Hour) || self.has(Field::HourOfHalf)
    }

    /// The date and time of a text that is in this format from its first character to its last.
    pub fn read(&self, text: &str) -> Option<Written> {
        value::read(&self.parts, text)
    }

    fn has(&self, wanted: Field) -> bool {
        let is_it = |part: &Part| matches!(part, Part::Number(field, ..) if *field == wanted);
        self.parts.iter().any(is_it)
    }

    fn judge(&self) -> Result<(), String> {
        let year = self.has(Field::Year) || self.has(Field::YearOfCentury);
        let month = self.has(Field::Month)
            || self
                .parts
                .iter()
                .any(|part| matches!(part, Part::Month { .. }));
        if !(year && month && self.has(Field::Day)) {
            return Err("a format needs a year (yyyy), a month (MM) and a day (dd)".to_owned());
        }
        if self.has(Field::HourOfHalf) != self.parts.contains(&Part::HalfOfDay) {
            return Err(
                "hours of a half day (hh) and AM or PM (a, tt) need each other; hours of a day are HH"
                    .to_owned(),
            );
        }
        if self.has_time() && !self.has(Field::Minute) {
            return Err("a time of day needs its minute (mm)".to_owned());
        }
        let longest: usize = self.parts.iter().map(Part::longest).sum();
        if longest > LONGEST {
            return Err(format!(
                "what this format writes may be {longest} characters long, and {LONGEST} are read"
            ));
        }
        Ok(())
    }
}

impl Part {
    fn longest(&self) -> usize {
        match self {
            Self::Number(_, _, most) => *most,
            Self::Fraction(digits) => *digits,
            Self::Month { .. } | Self::Weekday { .. } => "September".len(),
            Self::HalfOfDay => 2,
            Self::Offset { .. } => "+01:00".len(),
            Self::Text(text) => text.len(),
        }
    }
}

/// Letters that stand together are one piece.
fn part(letter: char, count: usize) -> Result<Part, String> {
    use Field as F;
    let number = |field| Ok(Part::Number(field, count, count.max(2)));
    match (letter, count) {
        ('y' | 'u', 4) | ('y', 1) => Ok(Part::Number(F::Year, 4, 4)),
        ('y', 2) => Ok(Part::Number(F::YearOfCentury, 2, 2)),
        ('M', 1 | 2) => number(F::Month),
        ('M' | 'L', 3 | 4) => Ok(Part::Month { long: count == 4 }),
        ('d', 1 | 2) => number(F::Day),
        ('d' | 'E', 3 | 4) => Ok(Part::Weekday { long: count == 4 }),
        ('E', 1 | 2) => Ok(Part::Weekday { long: false }),
        ('H', 1 | 2) => number(F::Hour),
        ('h', 1 | 2) => number(F::HourOfHalf),
        ('m', 1 | 2) => number(F::Minute),
        ('s', 1 | 2) => number(F::Second),
        ('S' | 'f', 1..=9) => Ok(Part::Fraction(count)),
        ('a', 1) | ('t', 2) => Ok(Part::HalfOfDay),
        ('Z' | 'X' | 'x' | 'z', 1..=5) => Ok(Part::Offset { optional: false }),
        ('K', 1) => Ok(Part::Offset { optional: true }),
        _ => {
            let letters: String = std::iter::repeat_n(letter, count).collect();
            Err(format!(
                "{letters} is nothing that is read here; the letters are yyyy MM dd HH mm ss, S or f for parts of a \
                 second, X, Z, zzz or K for the offset, and text in quotes"
            ))
        }
    }
}

/// The text between quotes, and what follows it. A quote doubled stands for itself, inside and outside.
fn quoted(rest: &str, quote: char) -> Result<(String, &str), String> {
    let mut inside = rest.chars().skip(1).peekable();
    let (mut text, mut taken) = (String::new(), 1);
    while let Some(letter) = inside.next() {
        taken += letter.len_utf8();
        if letter != quote {
            text.push(letter);
        } else if inside.peek() == Some(&quote) && taken > 2 {
            inside.next();
            taken += 1;
            text.push(quote);
        } else {
            let after = rest.get(taken..).unwrap_or_default();
            if text.is_empty() {
                text.push(quote);
            }
            return Ok((text, after));
        }
    }
    Err("a quote is opened and not closed".to_owned())
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Text(before)) => before.push_str(text),
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn rewritten(format: &str, text: &str, zone: &str) -> Option<String> {
        let zone = TimeZone::get(zone).unwrap();
        DateTimeFormat::parse(format)
            .unwrap()
            .read(text)?
            .in_utc(&zone)
    }

    #[test]
    fn nx5_the_letters_of_java_and_dot_net() {
        for (format, text, utc) in [
            (
                "dd-MM-yyyy HH:mm:ss",
                "25-11-2026 21:50:01",
                "2026-11-25T21:50:01Z",
            ),
            ("d-M-yyyy H:mm", "5-1-2026 7:05", "2026-01-05T07:05:00Z"),
            ("dd/MM/yy HH:mm", "05/01/26 07:05", "2026-01-05T07:05:00Z"),
            ("dd/MM/yy HH:mm", "05/01/69 07:05", "1969-01-05T07:05:00Z"),
            ("yyyyMMddHHmmss", "20260105070509", "2026-01-05T07:05:09Z"),
            (
                "yyyyMMddHHmmssSSS",
                "20260105070509999",
                "2026-01-05T07:05:09Z",
            ),
            (
                "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
                "2026-01-05T07:05:09.123+01:00",
                "2026-01-05T06:05:09Z",
            ),
            (
                "yyyy-MM-ddTHH:mm:ss.fffzzz",
                "2026-01-05T07:05:09.123-01:30",
                "2026-01-05T08:35:09Z",
            ),
            (
                "yyyy-MM-dd HH:mm:ssZ",
                "2026-01-05 07:05:09+0100",
                "2026-01-05T06:05:09Z",
            ),
            (
                "yyyy-MM-dd HH:mm:ssX",
                "2026-01-05 07:05:09Z",
                "2026-01-05T07:05:09Z",
            ),
            (
                "yyyy-MM-dd HH:mm:ssK",
                "2026-01-05 07:05:09",
                "2026-01-05T07:05:09Z",
            ),
            (
                "yyyy-MM-dd HH:mm:ssK",
                "2026-01-05 07:05:09+02",
                "2026-01-05T05:05:09Z",
            ),
            (
                "M/d/yyyy h:mm:ss tt",
                "1/5/2026 12:05:09 AM",
                "2026-01-05T00:05:09Z",
            ),
            (
                "M/d/yyyy h:mm:ss a",
                "1/5/2026 12:05:09 PM",
                "2026-01-05T12:05:09Z",
            ),
            (
                "EEE, dd MMM yyyy HH:mm:ss z",
                "Mon, 05 Jan 2026 07:05:09 GMT",
                "2026-01-05T07:05:09Z",
            ),
            (
                "dd MMMM yyyy 'om' HH.mm 'o''clock'",
                "05 January 2026 om 07.05 o'clock",
                "2026-01-05T07:05:00Z",
            ),
        ] {
            assert_eq!(
                rewritten(format, text, "UTC").as_deref(),
                Some(utc),
                "{format}: {text}"
            );
        }
        // A Z in quotes is UTC also where the platform's clock is elsewhere.
        assert_eq!(
            rewritten(
                "yyyy-MM-dd HH:mm:ss'Z'",
                "2026-01-05 07:05:09Z",
                "Europe/Amsterdam"
            )
            .unwrap(),
            "2026-01-05T07:05:09Z"
        );
    }

    #[test]
    fn nx5_what_only_looks_like_it_stays() {
        for text in [
            "25-11-2026 21:50:0",
            "25-11-2026 21:50:011",
            " 25-11-2026 21:50:01",
            "25-11-2026 21:50:01 ",
            "25-11-2026  21:50:01",
            "25-13-2026 21:50:01",
            "30-02-2026 21:50:01",
            "25-11-2026 24:00:00",
            "25-11-2026 21:60:01",
            "25-11-2026 21:50:61",
            "25-11-2026T21:50:01",
            "25-11-2026",
            "+5-11-2026 21:50:01",
            "٢5-11-2026 21:50:01",
            "",
        ] {
            assert_eq!(
                rewritten("dd-MM-yyyy HH:mm:ss", text, "UTC"),
                None,
                "{text}"
            );
        }
    }

    #[test]
    fn nx5_a_time_without_an_offset_is_of_the_routes_zone() {
        let at = |text| rewritten("dd-MM-yyyy HH:mm:ss", text, "Europe/Amsterdam").unwrap();
        assert_eq!(at("01-07-2026 12:00:00"), "2026-07-01T10:00:00Z");
        assert_eq!(at("01-01-2026 12:00:00"), "2026-01-01T11:00:00Z");
        // 29 March 2026: from 02:00 to 03:00 there was no time. 25 October: 02:30 was twice.
        assert_eq!(at("29-03-2026 02:30:00"), "2026-03-29T01:30:00Z");
        assert_eq!(at("25-10-2026 02:30:00"), "2026-10-25T00:30:00Z");
        assert_eq!(at("25-10-2026 03:00:00"), "2026-10-25T02:00:00Z");
    }

    #[test]
    fn a_format_that_cannot_be_meant_is_told() {
        for (format, told) in [
            ("", "needs a year"),
            ("HH:mm", "needs a year"),
            ("dd-MM-yyyy hh:mm", "need each other"),
            ("dd-MM-yyyy HH", "needs its minute"),
            ("dd-MM-yyyy HH:mm 'x", "not closed"),
            ("dd-MM-yyyy HH:mm:ss N", "N is nothing"),
            ("DD-MM-YYYY HH:mm", "DD is nothing"),
            ("%d-%m-%Y", "Y is nothing"),
            (
                "dd-MM-yyyy HH:mm '0123456789012345678901234567890123456789012345678901234567890'",
                "64 are read",
            ),
        ] {
            let error = DateTimeFormat::parse(format).unwrap_err();
            assert!(error.contains(told), "{format}: {error}");
        }
        assert!(!DateTimeFormat::parse("dd-MM-yyyy").unwrap().has_time());
    }
}
