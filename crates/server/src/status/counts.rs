//! Answers, counted: in this node's memory first, then in rows that all nodes add to.
//!
//! What the client got wrong (4xx) is not counted at all. So nobody can colour a day by sending nonsense, and nobody can hide a
//! failure among refusals.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use store::{InEnvironment, Millis, StatusCount, StatusPeriod, StoreError};

use super::components::Component;
use crate::uses::day_of;

/// Milliseconds of a minute.
pub const MINUTE: Millis = 60 * 1000;
/// Minutes that are kept: longer than anyone looks back over.
pub const MINUTES: i64 = 15;

/// Answered and failed.
type Pair = (u64, u64);

/// What this node counted and the database does not know yet.
pub struct Counts {
    since_the_last_look: Vec<[AtomicU64; 2]>,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    counted: BTreeMap<(StatusPeriod, i64, usize), Pair>,
    /// The day for which it is noted that this node was there.
    noted: Option<i64>,
}

/// The minute of a moment: whole minutes since 1970.
pub fn minute_of(at: Millis) -> i64 {
    at.div_euclid(MINUTE)
}

impl Counts {
    /// Of so many parts.
    pub fn of(parts: usize) -> Self {
        let none = || [const { AtomicU64::new(0) }; 2];
        Self {
            since_the_last_look: (0..parts).map(|_| none()).collect(),
            waiting: Mutex::default(),
        }
    }

    /// Counts an answer.
    pub fn count(&self, part: Option<usize>, status: u16) {
        let Some([answered, failed]) = part.and_then(|part| self.since_the_last_look.get(part))
        else {
            return;
        };
        match status {
            ..400 => answered.fetch_add(1, Ordering::Relaxed),
            400..500 => 0,
            500.. => failed.fetch_add(1, Ordering::Relaxed),
        };
    }

    /// Lays what was counted since the last time to this minute and this day. To be called every few seconds.
    pub fn collect(&self, now: Millis) {
        let mut waiting = self.waiting();
        let periods = [
            (StatusPeriod::Minute, minute_of(now)),
            (StatusPeriod::Day, day_of(now)),
        ];
        for (part, counters) in self.since_the_last_look.iter().enumerate() {
            let taken = counters
                .each_ref()
                .map(|one| one.swap(0, Ordering::Relaxed));
            if taken == [0, 0] {
                continue;
            }
            for (period, at) in periods {
                waiting.add((period, at, part), (taken[0], taken[1]));
            }
        }
        // While the database is away, minutes that nobody will look at are not kept for it.
        let oldest = minute_of(now) - MINUTES;
        waiting
            .counted
            .retain(|(period, at, _), _| *period == StatusPeriod::Day || *at >= oldest);
    }

    /// What the database does not know.
    pub fn unwritten(&self, components: &[Component]) -> Vec<(StatusPeriod, StatusCount)> {
        rows(&self.waiting().counted, components)
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// The database; what it did not take waits for the next time.
    pub async fn write(
        &self,
        store: InEnvironment<'_>,
        components: &[Component],
        now: Millis,
    ) -> Result<(), StoreError> {
        let today = day_of(now);
        let (taken, noted) = {
            let mut waiting = self.waiting();
            (std::mem::take(&mut waiting.counted), waiting.noted)
        };
        let mut counts = rows(&taken, components);
        if noted != Some(today) {
            let nothing = components.iter().map(|component| StatusCount {
                component: component.id.clone(),
                at: today,
                ..StatusCount::default()
            });
            counts.extend(nothing.map(|count| (StatusPeriod::Day, count)));
        }
        if counts.is_empty() {
            return Ok(());
        }
        let written = store.add_status_counts(counts).await;
        let mut waiting = self.waiting();
        match written {
            Ok(()) => waiting.noted = Some(today),
            Err(_) => taken
                .into_iter()
                .for_each(|(place, pair)| waiting.add(place, pair)),
        }
        written
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn add(&mut self, place: (StatusPeriod, i64, usize), (answered, failed): Pair) {
        let pair = self.counted.entry(place).or_default();
        pair.0 += answered;
        pair.1 += failed;
    }
}

fn rows(
    counted: &BTreeMap<(StatusPeriod, i64, usize), Pair>,
    components: &[Component],
) -> Vec<(StatusPeriod, StatusCount)> {
    let row = |(place, &(answered, failed)): (&(StatusPeriod, i64, usize), &Pair)| {
        let (period, at, part) = *place;
        let component = components.get(part)?.id.clone();
        let count = StatusCount {
            component,
            at,
            answered,
            failed,
        };
        Some((period, count))
    };
    counted.iter().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_gets_wrong_is_not_counted_and_what_fails_is() {
        let counts = Counts::of(2);
        for status in [200, 201, 304, 400, 401, 404, 429, 500, 502, 503] {
            counts.count(Some(0), status);
        }
        counts.count(Some(9), 500);
        counts.count(None, 500);
        counts.collect(90 * MINUTE);
        let components = ["tokens", "portal"].map(|id| Component {
            id: id.to_owned(),
            name: "component-tokens",
            version: None,
        });
        let unwritten = counts.unwritten(&components);
        let expected = |period, at| {
            let component = "tokens".to_owned();
            let (answered, failed) = (3, 3);
            let count = StatusCount {
                component,
                at,
                answered,
                failed,
            };
            (period, count)
        };
        let both = [
            expected(StatusPeriod::Minute, 90),
            expected(StatusPeriod::Day, 0),
        ];
        assert_eq!(unwritten, both);
        // Minutes go, the day stays.
        counts.collect(200 * MINUTE);
        assert_eq!(counts.unwritten(&components), both[1..]);
    }
}
