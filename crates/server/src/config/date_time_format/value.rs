//! A text compared with a format, from its first character to its last.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::{Field, Part, Written};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// What was read so far.
#[derive(Default)]
struct Fields {
    year: i16,
    month: i8,
    day: i8,
    hour: i8,
    minute: i8,
    second: i8,
    is_afternoon: Option<bool>,
    offset: Option<Offset>,
}

/// Reads `text` by `parts`.
pub fn read(parts: &[Part], text: &str) -> Option<Written> {
    let mut fields = Fields::default();
    let mut rest = text;
    for part in parts {
        rest = fields.take(part, rest)?;
    }
    rest.is_empty().then(|| fields.finish()).flatten()
}

/// ISO 8601 with a time of day: `yyyy-MM-ddTHH:mm`, then seconds, parts of a second and an offset, each if it is there.
pub fn iso(text: &str) -> Option<Written> {
    let mut fields = Fields::default();
    let mut rest = text;
    let dash = |text| Part::Text(String::from(text));
    for part in [
        Part::Number(Field::Year, 4, 4),
        dash("-"),
        Part::Number(Field::Month, 2, 2),
        dash("-"),
        Part::Number(Field::Day, 2, 2),
        dash("T"),
        Part::Number(Field::Hour, 2, 2),
        dash(":"),
        Part::Number(Field::Minute, 2, 2),
    ] {
        rest = fields.take(&part, rest)?;
    }
    if let Some(second) = rest.strip_prefix(':') {
        rest = fields.take(&Part::Number(Field::Second, 2, 2), second)?;
        if let Some(fraction) = rest.strip_prefix(['.', ',']) {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            rest = fraction
                .get(digits..)
                .filter(|_| (1..=12).contains(&digits))?;
        }
    }
    // The names of zones are no ISO 8601.
    if rest.starts_with(['G', 'U']) {
        return None;
    }
    rest = fields.take(&Part::Offset { optional: true }, rest)?;
    rest.is_empty().then(|| fields.finish()).flatten()
}

impl Fields {
    /// Takes one part off the text; what is left.
    fn take<'t>(&mut self, part: &Part, text: &'t str) -> Option<&'t str> {
        match part {
            Part::Text(wanted) => text.strip_prefix(wanted.as_str()),
            Part::Number(field, fewest, most) => {
                let (number, rest) = number(text, *fewest, *most)?;
                self.set(*field, number)?;
                Some(rest)
            }
            Part::Fraction(digits) => number(text, *digits, *digits).map(|(_, rest)| rest),
            Part::Month { long } => {
                let (month, rest) = name(text, &MONTHS, *long)?;
                self.month = i8::try_from(month).ok()? + 1;
                Some(rest)
            }
            Part::Weekday { long } => name(text, &WEEKDAYS, *long).map(|(_, rest)| rest),
            Part::HalfOfDay => {
                let (half, rest) = text.split_at_checked(2)?;
                self.is_afternoon = match half {
                    "AM" | "am" => Some(false),
                    "PM" | "pm" => Some(true),
                    _ => return None,
                };
                Some(rest)
            }
            Part::Offset { optional } => match offset(text) {
                Some((offset, rest)) => {
                    self.offset = Some(offset);
                    Some(rest)
                }
                None => optional.then_some(text),
            },
        }
    }

    fn set(&mut self, field: Field, number: u32) -> Option<()> {
        let small = i8::try_from(number);
        match field {
            Field::Year => self.year = i16::try_from(number).ok()?,
            Field::YearOfCentury => {
                let century = if number <= 68 { 2000 } else { 1900 };
                self.year = century + i16::try_from(number).ok()?;
            }
            Field::Month => self.month = small.ok()?,
            Field::Day => self.day = small.ok()?,
            Field::Hour => self.hour = small.ok()?,
            Field::HourOfHalf => {
                let hour = small.ok().filter(|hour| (1..=12).contains(hour))?;
                self.hour = hour % 12;
            }
            Field::Minute => self.minute = small.ok()?,
            // A leap second is written as the one before it: most programs know no 60.
            Field::Second => self.second = if number == 60 { 59 } else { small.ok()? },
        }
        Some(())
    }

    fn finish(self) -> Option<Written> {
        let hour = match self.is_afternoon {
            Some(true) => self.hour + 12,
            _ => self.hour,
        };
        let local = DateTime::new(
            self.year,
            self.month,
            self.day,
            hour,
            self.minute,
            self.second,
            0,
        );
        Some(Written {
            local: local.ok()?,
            offset: self.offset,
        })
    }
}

/// As many ASCII digits as there are, within the bounds, as a number.
fn number(text: &str, fewest: usize, most: usize) -> Option<(u32, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit);
    let count = digits.count();
    if count < fewest {
        return None;
    }
    let (digits, rest) = text.split_at_checked(count)?;
    Some((digits.parse().ok()?, rest))
}

/// Which of the names the text begins with.
fn name<'t>(text: &'t str, names: &[&str], long: bool) -> Option<(usize, &'t str)> {
    names.iter().enumerate().find_map(|(position, name)| {
        let name = if long { name } else { name.get(..3)? };
        let (head, rest) = text.split_at_checked(name.len())?;
        head.eq_ignore_ascii_case(name).then_some((position, rest))
    })
}

/// `Z`, the two names of UTC, or a distance from it.
fn offset(text: &str) -> Option<(Offset, &str)> {
    if let Some(rest) = ["Z", "GMT", "UTC"]
        .iter()
        .find_map(|name| text.strip_prefix(name))
    {
        return Some((Offset::UTC, rest));
    }
    let sign = match text.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, rest) = number(text.get(1..)?, 2, 2)?;
    let (minutes, rest) = match number(rest.strip_prefix(':').unwrap_or(rest), 2, 2) {
        Some((minutes, after)) => (minutes, after),
        None => (0, rest),
    };
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()? * sign;
    Some((Offset::from_seconds(seconds).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn utc(text: &str) -> Option<String> {
        iso(text)?.in_utc(&TimeZone::UTC)
    }

    #[test]
    fn nx5_iso_8601_is_known_without_being_configured() {
        for (text, expected) in [
            ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00Z"),
            ("2026-01-01T10:00:00.123+01:00", "2026-01-01T09:00:00Z"),
            ("2026-01-01T00:30:00+0100", "2025-12-31T23:30:00Z"),
            ("2026-01-01T10:00:00.1234567-05", "2026-01-01T15:00:00Z"),
            ("2026-01-01T10:00:00", "2026-01-01T10:00:00Z"),
            ("2026-01-01T10:00", "2026-01-01T10:00:00Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ] {
            assert_eq!(utc(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "2026-01-01",
            "2026-01-01 10:00:00",
            "2026-01-01T10",
            "2026-01-01T10:00:00.",
            "2026-01-01T10:00:00 Z",
            "2026-01-01T10:00:00UTC",
            "2026-01-01T10:00:00+25:00",
            "2026-01-01T10:00:00+01:00[Europe/Paris]",
            "0000-01-01T00:00:00+01:00",
            "2026-02-29T10:00:00Z",
            "x2026-01-01T10:00:00Z",
        ] {
            assert_eq!(utc(text), None, "{text}");
        }
    }
}
