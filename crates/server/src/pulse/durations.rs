//! How long answers took, in buckets that can be read back: eight to each doubling, so that what is read is at most an eighth too much.
//!
//! Prometheus' own histogram is for its reader alone and has twelve buckets. One more relaxed addition beside its lock is
//! not to be measured in a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::metrics::histogram::Histogram;

/// Eight buckets up to 8 µs, and eight to each doubling from there to a minute.
pub const BUCKETS: usize = 8 + 8 * 23;

/// Both counts of how long answers took. Cheap to clone.
#[derive(Clone)]
pub struct Durations {
    histogram: Histogram,
    buckets: Arc<[AtomicU64; BUCKETS]>,
}

impl Durations {
    /// Beside a histogram.
    pub fn beside(histogram: Histogram) -> Self {
        Self {
            histogram,
            buckets: Arc::new([const { AtomicU64::new(0) }; BUCKETS]),
        }
    }

    /// Counts an answer.
    pub fn observe(&self, took: Duration) {
        self.histogram.observe(took.as_secs_f64());
        if let Some(bucket) = self.buckets.get(bucket_of(took)) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The buckets now.
    pub fn read(&self) -> Vec<u64> {
        self.buckets
            .iter()
            .map(|bucket| bucket.load(Ordering::Relaxed))
            .collect()
    }
}

fn bucket_of(took: Duration) -> usize {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    if micros < 8 {
        return usize::try_from(micros).unwrap_or_default();
    }
    // The highest bit, and the three that follow it.
    let highest = 63 - micros.leading_zeros();
    let following = (micros >> (highest - 3)) & 7;
    let bucket = 8 * (u64::from(highest) - 3) + 8 + following;
    usize::try_from(bucket).unwrap_or(BUCKETS).min(BUCKETS - 1)
}

/// The longest that an answer of this bucket took, in microseconds.
fn longest_of(bucket: usize) -> u64 {
    if bucket < 8 {
        return bucket as u64;
    }
    let (doubling, following) = ((bucket - 8) / 8, (bucket - 8) as u64 % 8);
    ((8 + following + 1) << doubling) - 1
}

/// The microseconds within which `percent` of the answers were given; none where there were none.
pub fn percentile(buckets: &[u64], percent: u64) -> Option<u64> {
    let all: u64 = buckets.iter().sum();
    if all == 0 {
        return None;
    }
    let wanted = (all * percent).div_ceil(100);
    let mut passed = 0;
    for (bucket, count) in buckets.iter().enumerate() {
        passed += count;
        if passed >= wanted {
            return Some(longest_of(bucket));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duration_is_in_a_bucket_that_tells_it_within_an_eighth() {
        let mut last = 0;
        for micros in (0..70_000u64).chain([1_000_000, 12_345_678, 60_000_000]) {
            let bucket = bucket_of(Duration::from_micros(micros));
            assert!(bucket >= last && bucket < BUCKETS, "{micros}");
            last = bucket;
            let told = longest_of(bucket);
            assert!(
                told >= micros && told <= micros + micros / 8,
                "{micros}: {told}"
            );
        }
        assert_eq!(bucket_of(Duration::from_secs(100_000)), BUCKETS - 1);
    }

    #[test]
    fn percentiles_are_read_from_the_buckets() {
        let durations = Durations::beside(Histogram::new([1.0]));
        assert_eq!(percentile(&durations.read(), 50), None);
        for micros in 1..=100 {
            durations.observe(Duration::from_micros(micros * 100));
        }
        let buckets = durations.read();
        for (percent, exact) in [(50, 5_000), (95, 9_500), (99, 9_900)] {
            let told = percentile(&buckets, percent).unwrap_or_default();
            assert!(
                told >= exact && told <= exact + exact / 8,
                "{percent}: {told}"
            );
        }
    }
}
