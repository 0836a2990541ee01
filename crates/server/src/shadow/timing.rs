//! How long answers took: the latest of them, so that a percentile is one that happened.

use std::time::Duration;

use serde::Serialize;

/// So many of the latest are kept.
const KEPT: usize = 10_000;

/// The latest durations of one side.
#[derive(Default)]
pub struct Durations {
    /// Microseconds; the oldest is overwritten.
    latest: Vec<u32>,
    next: usize,
}

/// What they come to, in milliseconds.
#[derive(Debug, Serialize)]
pub struct Percentiles {
    /// Half of them took no longer.
    pub p50_ms: f64,
    /// 99 of 100 took no longer.
    pub p99_ms: f64,
}

impl Durations {
    /// One more.
    pub fn add(&mut self, took: Duration) {
        let micros = u32::try_from(took.as_micros()).unwrap_or(u32::MAX);
        match self.latest.get_mut(self.next) {
            Some(oldest) => *oldest = micros,
            None => self.latest.push(micros),
        }
        self.next = (self.next + 1) % KEPT;
    }

    /// None before the first.
    pub fn percentiles(&self) -> Option<Percentiles> {
        let mut sorted = self.latest.clone();
        sorted.sort_unstable();
        let at = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100).max(1) - 1;
            sorted.get(rank).map(|micros| f64::from(*micros) / 1000.0)
        };
        Some(Percentiles {
            p50_ms: at(50)?,
            p99_ms: at(99)?,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_percentile_is_one_that_happened() {
        let mut durations = Durations::default();
        assert!(durations.percentiles().is_none());
        for milliseconds in 1..=100 {
            durations.add(Duration::from_millis(milliseconds));
        }
        let found = durations.percentiles().unwrap();
        assert_eq!((found.p50_ms, found.p99_ms), (50.0, 99.0));
    }
}
