//! The page.

use axum::http::StatusCode;
use axum::response::Response;
use store::Millis;

use super::cards::card;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::pages::catalogue::Language;
use crate::pages::{DayBar, FailedDay, Frame, Part, Status, Thresholds};
use crate::status::judgement::{self, Standing};
use crate::status::view::{Day, Seen, View, is_open, is_under_way};

/// From one bar to the next.
const STEP: usize = 10;
/// Of a bar, and of one without data.
const HEIGHT: u32 = 32;
const LOW: u32 = 8;
/// Milliseconds of a day.
const DAY: Millis = 24 * 60 * 60 * 1000;

/// Writes it.
pub fn write(context: &Context, language: Language, view: &View) -> Response {
    let frame = Frame {
        environment: &context.issuer.environment,
        language,
        // It has no form, so that it is the same for everyone.
        csrf: String::new(),
        leads_to: None,
        now: view.at,
    };
    let components = context.issuer.status.components();
    let card = |incident| card(components, incident, view.at);
    let (wrong, past): (Vec<_>, Vec<_>) = view.incidents.iter().partition(|one| is_open(one));
    let (under_way, planned): (Vec<_>, Vec<_>) = view
        .maintenance
        .iter()
        .partition(|one| is_under_way(one, view.at));
    let page = Status {
        current: "status",
        standing: view.standing.as_str(),
        is_current: view.is_current,
        at: view.at,
        known_at: view.known_at,
        parts: view.components.iter().map(part).collect(),
        failures: failures(&view.components),
        current_incidents: wrong.into_iter().chain(under_way).map(card).collect(),
        planned: planned.into_iter().map(card).collect(),
        past: past.into_iter().map(card).collect(),
        thresholds: Thresholds {
            day_degraded: percent(judgement::DAY_DEGRADED),
            day_down: percent(judgement::DAY_DOWN),
            now_degraded: percent(judgement::NOW_DEGRADED),
            now_down: percent(judgement::NOW_DOWN),
            now_minutes: judgement::NOW_MINUTES,
            fewest: judgement::FEWEST,
        },
    };
    frame.show(StatusCode::OK, &page)
}

fn part(seen: &Seen) -> Part {
    let count = |is: fn(&Day) -> bool| seen.days.iter().filter(|day| is(day)).count();
    let bars = seen.days.iter().enumerate();
    Part {
        id: seen.component.id.clone(),
        name: seen.component.name,
        version: seen.component.version.clone(),
        standing: seen.standing.as_str(),
        bars: bars.map(|(place, day)| bar(place, day)).collect(),
        bad: count(|day| day.standing >= Standing::Degraded),
        unknown: count(|day| day.standing == Standing::NoData),
    }
}

fn bar(place: usize, day: &Day) -> DayBar {
    let height = match day.standing {
        Standing::NoData => LOW,
        _ => HEIGHT,
    };
    DayBar {
        day: date(day.day),
        standing: day.standing.as_str(),
        share: failed(day),
        x: place * STEP + 1,
        y: HEIGHT - height,
        height,
    }
}

/// Only days on which something failed: of all others there is nothing to say.
fn failures(parts: &[Seen]) -> Vec<FailedDay> {
    let Some(first) = parts.first() else {
        return Vec::new();
    };
    let row = |(place, day): (usize, &Day)| {
        let shares: Vec<_> = parts
            .iter()
            .map(|part| part.days.get(place).and_then(failed))
            .collect();
        let any = shares.iter().any(Option::is_some);
        let day = date(day.day);
        any.then_some(FailedDay { day, shares })
    };
    first
        .days
        .iter()
        .enumerate()
        .rev()
        .filter_map(row)
        .collect()
}

fn failed(day: &Day) -> Option<String> {
    (day.share > 0).then(|| percent(day.share))
}

/// `2026-11-26`
pub fn date(day: i64) -> String {
    let exact = rfc3339(day.saturating_mul(DAY));
    exact.get(..10).unwrap_or_default().to_owned()
}

/// Of ten thousand, in percent and no longer than it must be.
fn percent(share: u64) -> String {
    let exact = format!("{}.{:02}", share / 100, share % 100);
    exact.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_no_longer_than_they_must_be() {
        for (share, expected) in [
            (1, "0.01"),
            (10, "0.1"),
            (500, "5"),
            (5_000, "50"),
            (10_000, "100"),
            (1_234, "12.34"),
        ] {
            assert_eq!(percent(share), expected);
        }
        assert_eq!(date(20_717), "2026-09-21");
    }
}
