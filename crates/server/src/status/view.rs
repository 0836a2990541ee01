//! All that everyone may know of an environment at one moment, and the answers that were written of it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use bytes::Bytes;
use store::{Incident, IncidentKind, IncidentState, Millis, StatusCount, StatusPeriod};

use super::components::Component;
use super::counts::minute_of;
use super::judgement::{self, DAYS, NOW_MINUTES, Standing};
use crate::uses::day_of;

/// What the database said.
#[derive(Debug, Default)]
pub struct Known {
    /// When.
    pub at: Millis,
    /// Each part and day.
    pub days: Vec<StatusCount>,
    /// Each part and minute.
    pub minutes: Vec<StatusCount>,
    /// What is not over, or was not two weeks ago; newest first.
    pub incidents: Vec<Incident>,
}

/// One day of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Whole days since 1970, UTC.
    pub day: i64,
    /// How it was.
    pub standing: Standing,
    /// Of ten thousand answers so many failed.
    pub share: u64,
}

/// A part, as it is seen.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Which.
    pub component: Component,
    /// How it is now.
    pub standing: Standing,
    /// Oldest first; the last one is today.
    pub days: Vec<Day>,
}

/// An answer that was written once and is given to everyone.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its header fields.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// See the head of this file.
pub struct View {
    /// When it was made.
    pub at: Millis,
    /// The same by the clock that nobody sets.
    pub steady: Millis,
    /// When the database last said something; none: not since this node began.
    pub known_at: Option<Millis>,
    /// Whether it said something just now.
    pub is_current: bool,
    /// All of it in one word.
    pub standing: Standing,
    /// Its parts.
    pub components: Vec<Seen>,
    /// What is wrong, or was in the last two weeks; newest first.
    pub incidents: Vec<Incident>,
    /// What will be away, or is; the nearest first.
    pub maintenance: Vec<Incident>,
    written: Mutex<HashMap<&'static str, Written>>,
}

/// How maintenance stands at a moment, which nobody has to write.
pub fn is_under_way(incident: &Incident, now: Millis) -> bool {
    incident.kind == IncidentKind::Maintenance
        && incident.state != IncidentState::Resolved
        && incident.starts_at <= now
        && incident.ends_at.is_none_or(|end| now < end)
}

/// Whether it is told of as something that is wrong now.
pub fn is_open(incident: &Incident) -> bool {
    incident.kind == IncidentKind::Incident && incident.state != IncidentState::Resolved
}

/// Whether it is still to be, or is: maintenance whose time has not passed.
fn is_ahead(incident: &Incident, now: Millis) -> bool {
    incident.kind == IncidentKind::Maintenance
        && incident.state != IncidentState::Resolved
        && incident.ends_at.is_none_or(|end| now < end)
}

impl View {
    /// Made of what the database said and what it does not know yet. `is_current`: it said so just now.
    pub fn of(
        components: &[Component],
        known: Option<&Known>,
        unwritten: &[(StatusPeriod, StatusCount)],
        is_current: bool,
        (now, steady): (Millis, Millis),
    ) -> Self {
        let nothing = Known::default();
        let told = known.unwrap_or(&nothing);
        let incidents = &told.incidents;
        let seen = components.iter().map(|component| {
            let counts = |period, rows: &[StatusCount]| {
                let more = unwritten.iter().filter(|(of, _)| *of == period);
                let all = rows.iter().chain(more.map(|(_, count)| count));
                let of_it = all.filter(|count| count.component == component.id);
                of_it.cloned().collect::<Vec<_>>()
            };
            let minutes = counts(StatusPeriod::Minute, &told.minutes);
            let measured = match (is_current, &*component.id) {
                // Neither works without it.
                (false, "tokens" | "portal") => Standing::Down,
                _ => just_now(&minutes, now),
            };
            Seen {
                component: component.clone(),
                standing: with_what_is_said(measured, &component.id, incidents, now),
                days: days(&counts(StatusPeriod::Day, &told.days), now),
            }
        });
        let components: Vec<_> = seen.collect();
        let said = incidents.iter().filter_map(|incident| match incident {
            one if is_open(one) => Some(Standing::Degraded),
            one if is_under_way(one, now) => Some(Standing::Maintenance),
            _ => None,
        });
        let worst = components
            .iter()
            .map(|seen| seen.standing)
            .chain(said)
            .max();
        let (mut maintenance, incidents): (Vec<_>, Vec<_>) = incidents
            .iter()
            .cloned()
            .partition(|incident| is_ahead(incident, now));
        maintenance.sort_by_key(|incident| incident.starts_at);
        Self {
            at: now,
            steady,
            known_at: known.map(|known| known.at),
            is_current,
            standing: worst.unwrap_or_default(),
            components,
            incidents,
            maintenance,
            written: Mutex::default(),
        }
    }

    /// The answer that was written under a name.
    pub fn written(&self, name: &str) -> Option<Written> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.get(name).cloned()
    }

    /// Keeps an answer under a name, for everyone who asks while this view is shown.
    pub fn keep(&self, name: &'static str, answer: Written) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.insert(name, answer);
    }
}

fn just_now(minutes: &[StatusCount], now: Millis) -> Standing {
    let since = minute_of(now) - NOW_MINUTES;
    let recent = minutes.iter().filter(|count| count.at > since);
    let (answered, failed) = sum(recent);
    judgement::of_now(answered, failed)
}

/// What the operator says counts beside what was measured: failures during announced maintenance are part of it.
fn with_what_is_said(
    measured: Standing,
    component: &str,
    incidents: &[Incident],
    now: Millis,
) -> Standing {
    let mut about = incidents
        .iter()
        .filter(|incident| incident.components.iter().any(|named| named == component));
    if about.clone().any(|incident| is_under_way(incident, now)) {
        return Standing::Maintenance;
    }
    match about.any(is_open) {
        true => measured.max(Standing::Degraded),
        false => measured,
    }
}

fn days(counts: &[StatusCount], now: Millis) -> Vec<Day> {
    let today = day_of(now);
    let day = |day| {
        let of_it = counts.iter().filter(|count| count.at == day);
        let known = of_it.clone().next().is_some();
        let (answered, failed) = sum(of_it);
        Day {
            day,
            share: judgement::share(answered, failed),
            standing: match known {
                true => judgement::of_day(answered, failed),
                false => Standing::NoData,
            },
        }
    };
    (today - DAYS + 1..=today).map(day).collect()
}

fn sum<'c>(counts: impl Iterator<Item = &'c StatusCount>) -> (u64, u64) {
    counts.fold((0, 0), |(answered, failed), count| {
        (answered + count.answered, failed + count.failed)
    })
}
