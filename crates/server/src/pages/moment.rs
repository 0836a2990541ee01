//! Times as people say them, with the exact one on hover and for programs: `{{ when(millis) }}`.

use minijinja::{State, Value};
use store::Millis;

use super::catalogue::Language;
use crate::clock::rfc3339;

const MINUTE: Millis = 60 * 1000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;
/// From here on a date says more than a number of days.
const LONG: Millis = 90 * DAY;

/// The template function.
pub fn when(state: &State, at: Millis) -> Value {
    let language = language_of(state);
    let now = state
        .lookup("now")
        .and_then(|now| i64::try_from(now).ok())
        .unwrap_or(at);
    let exact = rfc3339(at);
    let minute = exact.get(..16).unwrap_or(&exact).replace('T', " ");
    let title = language.sentence("time-utc", &[("time".to_owned(), minute)]);
    // Nothing of it comes from a person: digits, and sentences of the catalogue.
    Value::from_safe_string(format!(
        "<time datetime=\"{exact}\" title=\"{title}\">{}</time>",
        relative(language, at, now)
    ))
}

/// The exact time, as a text: `{{ utc(millis) }}`.
pub fn utc(state: &State, at: Millis) -> String {
    let exact = rfc3339(at);
    let minute = exact.get(..16).unwrap_or(&exact).replace('T', " ");
    language_of(state).sentence("time-utc", &[("time".to_owned(), minute)])
}

/// How long something lasts, in the largest unit that says it exactly: `{{ lasts(seconds) }}`.
pub fn lasts(state: &State, seconds: u64) -> String {
    let units = [("days", 86_400), ("hours", 3_600), ("minutes", 60)];
    let exact = units
        .into_iter()
        .find(|(_, unit)| seconds > 0 && seconds.is_multiple_of(*unit));
    let (name, unit) = exact.unwrap_or(("seconds", 1));
    let number = (seconds / unit).to_string();
    let key = format!("lasts-{name}");
    language_of(state).sentence(&key, &[("number".to_owned(), number)])
}

fn language_of(state: &State) -> Language {
    state
        .lookup("lang")
        .and_then(|tag| Language::of_tag(tag.as_str()?))
        .unwrap_or_default()
}

/// How long ago, or how long from now.
fn relative(language: Language, at: Millis, now: Millis) -> String {
    let away = (now - at).abs();
    let (key, number) = match (at <= now, away) {
        (_, away) if away >= LONG => return rfc3339(at).get(..10).unwrap_or_default().to_owned(),
        (_, away) if away < MINUTE => return language.sentence("time-now", &[]),
        (true, away) if away < HOUR => ("time-minutes-ago", away / MINUTE),
        (true, away) if away < DAY => ("time-hours-ago", away / HOUR),
        (true, away) => ("time-days-ago", away / DAY),
        // What is to come is rounded up: a week is in seven days for its whole first day.
        (false, away) if away < HOUR => ("time-in-minutes", rounded_up(away, MINUTE)),
        (false, away) if away < DAY => ("time-in-hours", rounded_up(away, HOUR)),
        (false, away) => ("time-in-days", rounded_up(away, DAY)),
    };
    language.sentence(key, &[("number".to_owned(), number.to_string())])
}

fn rounded_up(away: Millis, unit: Millis) -> i64 {
    (away + unit - 1) / unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        // Fluent sets what it fills in apart from the text's direction; that is not to be seen.
        let seen = |text: String| text.replace(['\u{2068}', '\u{2069}'], "");
        let say = |at| seen(relative(Language::English, at, 100 * DAY));
        assert_eq!(say(100 * DAY - 5_000), "just now");
        assert_eq!(say(100 * DAY - MINUTE), "1 minute ago");
        assert_eq!(say(100 * DAY - 3 * HOUR), "3 hours ago");
        assert_eq!(say(99 * DAY), "yesterday");
        assert_eq!(say(140 * DAY), "in 40 days");
        assert_eq!(say(107 * DAY - 1), "in 7 days");
        assert_eq!(say(101 * DAY), "tomorrow");
        assert_eq!(say(5 * DAY), "1970-01-06");
        assert_eq!(
            seen(relative(Language::Dutch, 0, 2 * DAY)),
            "2 dagen geleden"
        );
    }
}
