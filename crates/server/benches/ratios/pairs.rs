//! Slices of one second, alternating: what drifts on the machine touches both halves of a pair alike.

use std::time::Duration;

use anyhow::Result;

use crate::cpu::{Processes, Used, settled};
use crate::wrk::{Counted, Request, load, load_all};

/// Pairs per row: odd, so that one of them is the median.
const PAIRS: usize = 7;

/// One second of load.
pub struct Slice {
    /// What wrk counted.
    pub counted: Counted,
    /// CPU time of each group of processes.
    pub used: Vec<Duration>,
}

impl Slice {
    /// CPU seconds of one group per request.
    pub fn per_request(&self, group: usize) -> f64 {
        self.used[group].as_secs_f64() / self.counted.requests.max(1) as f64
    }
}

/// Slices of two requests by turns.
pub struct Pairs(Vec<(Slice, Slice)>);

impl Pairs {
    /// Measures `first` and `second` by turns; the CPU time of every group is read around each slice.
    pub fn measure(first: &Request, second: &Request, groups: &[Processes]) -> Result<Self> {
        // The first second of each fills caches and opens what is opened once; it is not counted.
        slice(first, groups)?;
        slice(second, groups)?;
        let pairs = (0..PAIRS).map(|_| Ok((slice(first, groups)?, slice(second, groups)?)));
        Ok(Self(pairs.collect::<Result<_>>()?))
    }

    /// The same with several servers at once on each side, which share the connections.
    pub fn of_several(first: &[Request], second: &[Request], groups: &[Processes]) -> Result<Self> {
        let several = |requests: &[Request]| around(groups, || Ok(together(&load_all(requests)?)));
        several(first)?;
        several(second)?;
        let pairs = (0..PAIRS).map(|_| Ok((several(first)?, several(second)?)));
        Ok(Self(pairs.collect::<Result<_>>()?))
    }

    /// CPU per request of the second, in `group`, to CPU per request of the first, in group 0.
    pub fn cpu(&self, group: usize) -> Figure {
        self.figure(|first, second| second.per_request(group) / first.per_request(0))
    }

    /// Something of both slices of each pair.
    pub fn figure(&self, value: impl Fn(&Slice, &Slice) -> f64) -> Figure {
        Figure::of(
            self.0
                .iter()
                .map(|(first, second)| value(first, second))
                .collect(),
        )
    }

    /// How many requests the second got.
    pub fn requests(&self) -> u64 {
        self.0
            .iter()
            .map(|(_, second)| second.counted.requests)
            .sum()
    }

    /// Microseconds per request of both, for orientation only.
    pub fn microseconds(&self, group: usize) -> String {
        let first = self.figure(|first, _| first.per_request(0) * 1e6).median;
        let second = self
            .figure(|_, second| second.per_request(group) * 1e6)
            .median;
        format!("{first:.1} → {second:.1} µs")
    }
}

/// One second of one request.
pub fn slice(request: &Request, groups: &[Processes]) -> Result<Slice> {
    around(groups, || load(request))
}

/// What several counted in the same second.
fn together(counted: &[Counted]) -> Counted {
    let highest = |of: fn(&Counted) -> Duration| counted.iter().map(of).max().unwrap_or_default();
    Counted {
        requests: counted.iter().map(|one| one.requests).sum(),
        per_second: counted.iter().map(|one| one.per_second).sum(),
        p99: highest(|one| one.p99),
        longest: highest(|one| one.longest),
    }
}

fn around(groups: &[Processes], load: impl FnOnce() -> Result<Counted>) -> Result<Slice> {
    let read = |&group: &Processes| Used::read(group);
    let before: Vec<Used> = groups.iter().map(read).collect::<Result<_>>()?;
    let counted = load()?;
    let after: Vec<Used> = groups
        .iter()
        .map(|&group| settled(group))
        .collect::<Result<_>>()?;
    let used = after
        .iter()
        .zip(&before)
        .map(|(after, before)| after.since(before))
        .collect();
    Ok(Slice { counted, used })
}

/// A median and how far the single values lie apart.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// The median.
    pub median: f64,
    /// The smallest.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

impl Figure {
    /// Of at least one value.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self {
            median: values[values.len() / 2],
            least: values[0],
            most: values[values.len() - 1],
        }
    }

    /// A value that was measured once.
    pub fn once(value: f64) -> Self {
        Self {
            median: value,
            least: value,
            most: value,
        }
    }
}
