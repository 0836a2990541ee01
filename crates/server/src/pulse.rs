//! The last hour as pictures need it: every few seconds the counters are read and the differences kept, in memory, by this node alone.
//!
//! Nothing is counted twice for it: requests go on adding to the counters they always did, and reading those costs the
//! reader. Whoever wants more than an hour, or several nodes together, reads `/metrics`.

pub mod durations;
mod series;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use store::Millis;
use tokio::sync::watch;

use series::{Beat, Totals};
pub use series::{Bin, Picture, Refusals};

use crate::clock;
use crate::listener::accept::stopped;
use crate::platform::Platform;

/// How often the counters are read.
const EVERY: Duration = Duration::from_secs(5);
/// Beats that are kept: an hour and the two that its edges cut.
const KEPT: usize = 722;

/// What happened in an environment lately.
#[derive(Default)]
pub struct Pulse(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// The counters at the last beat.
    totals: Option<Totals>,
    beats: std::collections::VecDeque<Beat>,
}

impl Pulse {
    /// Reads the counters; what was added since the last time is a beat.
    fn beat(&self, totals: Totals) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = &kept.totals {
            let beat = totals.since(before);
            kept.beats.push_back(beat);
            while kept.beats.len() > KEPT {
                kept.beats.pop_front();
            }
        }
        kept.totals = Some(totals);
    }

    /// What happened from `from` to `to`, in so many bins.
    pub fn picture(&self, from: Millis, to: Millis, bins: usize) -> Picture {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        series::picture(&kept.beats, from, to, bins)
    }
}

/// Reads the counters until the stop. A task of its own, so that a slow database makes no gap in the picture.
pub async fn run(platform: Arc<Platform>, mut stop: watch::Receiver<bool>) {
    let mut ticks = clock::ticks(EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => beat(&platform, clock::now()),
            () = stopped(&mut stop) => return,
        }
    }
}

/// One beat of every environment.
fn beat(platform: &Platform, now: Millis) {
    for issuer in &platform.issuers {
        let metrics = &issuer.metrics;
        issuer.pulse.beat(Totals {
            at: now,
            tokens: metrics.tokens_issued.get(),
            answers: metrics.answered(),
            durations: metrics.durations.read(),
            refusals: platform.metrics.refusals_of(issuer.realm()),
        });
    }
}
