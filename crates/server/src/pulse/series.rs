//! Beats, and what a picture makes of them.

use std::collections::{BTreeMap, VecDeque};

use store::Millis;

use super::durations::{BUCKETS, percentile};

/// Refusals by door and reason.
pub type Refusals = BTreeMap<(&'static str, String), u64>;

/// The counters at a moment.
#[derive(Default)]
pub struct Totals {
    pub at: Millis,
    pub tokens: u64,
    /// By class of status, `1xx` to `5xx`.
    pub answers: [u64; 5],
    pub durations: Vec<u64>,
    pub refusals: Refusals,
}

/// What was added between two moments.
pub struct Beat {
    from: Millis,
    to: Millis,
    tokens: u64,
    answers: [u64; 5],
    /// Only the buckets that were added to.
    durations: Vec<(u16, u64)>,
    /// Only the reasons that were.
    refusals: Vec<((&'static str, String), u64)>,
}

impl Totals {
    /// What was added since an earlier moment.
    pub fn since(&self, before: &Self) -> Beat {
        let mut answers = [0; 5];
        for ((added, now), then) in answers.iter_mut().zip(self.answers).zip(before.answers) {
            *added = now.saturating_sub(then);
        }
        let buckets = self.durations.iter().zip(&before.durations).enumerate();
        let durations = buckets
            .map(|(bucket, (now, then))| (bucket, now.saturating_sub(*then)))
            .filter(|(_, added)| *added > 0)
            .filter_map(|(bucket, added)| Some((u16::try_from(bucket).ok()?, added)))
            .collect();
        let refusals = self.refusals.iter().map(|(reason, now)| {
            let then = before.refusals.get(reason).copied().unwrap_or_default();
            (reason.clone(), now.saturating_sub(then))
        });
        Beat {
            from: before.at,
            to: self.at,
            tokens: self.tokens.saturating_sub(before.tokens),
            answers,
            durations,
            refusals: refusals.filter(|(_, added)| *added > 0).collect(),
        }
    }
}

/// What happened in a stretch of time.
#[derive(Clone, Debug, Default)]
pub struct Bin {
    /// When it begins.
    pub from: Millis,
    /// Milliseconds of it in which this node looked; 0: nothing is known of it.
    pub known: Millis,
    /// Access tokens issued.
    pub tokens: u64,
    /// By class of status, `1xx` to `5xx`.
    pub answers: [u64; 5],
    /// Requests refused, for whatever reason.
    pub refusals: u64,
    /// Microseconds within which 50, 95 and 99 of a hundred answers were given.
    pub latency: Option<[u64; 3]>,
}

/// What happened in all of it.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// In order of time.
    pub bins: Vec<Bin>,
    /// All of it as one.
    pub whole: Bin,
    /// Over all of it.
    pub refusals: Refusals,
    /// From when this node knows.
    pub since: Option<Millis>,
}

/// A bin on its way, with its buckets.
struct Filling {
    bin: Bin,
    buckets: Vec<u64>,
}

impl Filling {
    fn empty(from: Millis) -> Self {
        Self {
            bin: Bin {
                from,
                ..Bin::default()
            },
            buckets: vec![0; BUCKETS],
        }
    }

    fn add(&mut self, beat: &Beat) {
        self.bin.known += beat.to - beat.from;
        self.bin.tokens += beat.tokens;
        for (sum, added) in self.bin.answers.iter_mut().zip(beat.answers) {
            *sum += added;
        }
        let refused: u64 = beat.refusals.iter().map(|(_, added)| added).sum();
        self.bin.refusals += refused;
        for (bucket, added) in &beat.durations {
            if let Some(sum) = self.buckets.get_mut(usize::from(*bucket)) {
                *sum += added;
            }
        }
    }

    fn finish(self) -> Bin {
        let at = |percent| percentile(&self.buckets, percent);
        let latency = match (at(50), at(95), at(99)) {
            (Some(half), Some(most), Some(nearly_all)) => Some([half, most, nearly_all]),
            _ => None,
        };
        Bin {
            latency,
            ..self.bin
        }
    }
}

/// A beat belongs to the bin that its middle lies in.
pub fn picture(beats: &VecDeque<Beat>, from: Millis, to: Millis, bins: usize) -> Picture {
    let bins = bins.max(1);
    let count = Millis::try_from(bins).unwrap_or(1);
    let length = ((to - from) / count).max(1);
    let mut filling: Vec<Filling> = (0..count)
        .map(|number| Filling::empty(from + number * length))
        .collect();
    let mut whole = Filling::empty(from);
    let mut refusals = Refusals::new();
    for beat in beats {
        let middle = beat.from + (beat.to - beat.from) / 2;
        let place = usize::try_from((middle - from).div_euclid(length)).ok();
        let Some(bin) = place.and_then(|place| filling.get_mut(place)) else {
            continue;
        };
        bin.add(beat);
        whole.add(beat);
        for (reason, added) in &beat.refusals {
            *refusals.entry(reason.clone()).or_default() += added;
        }
    }
    Picture {
        bins: filling.into_iter().map(Filling::finish).collect(),
        whole: whole.finish(),
        refusals,
        since: beats.front().map(|beat| beat.from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(at: Millis, tokens: u64, wrong: u64) -> Totals {
        let mut durations = vec![0; BUCKETS];
        durations[20] = tokens;
        Totals {
            at,
            tokens,
            answers: [0, tokens, 0, wrong, 0],
            durations,
            refusals: [(("token", "WrongSecret".to_owned()), wrong)].into(),
        }
    }

    #[test]
    fn a_picture_has_what_was_added_in_each_of_its_bins_and_nothing_older() {
        let moments = [
            totals(0, 7, 1),
            totals(5_000, 107, 1),
            totals(10_000, 107, 3),
            totals(15_000, 117, 3),
        ];
        let pairs = moments.windows(2);
        let beats: VecDeque<Beat> = pairs.map(|pair| pair[1].since(&pair[0])).collect();
        let picture = picture(&beats, 5_000, 20_000, 3);
        let tokens: Vec<_> = picture.bins.iter().map(|bin| bin.tokens).collect();
        assert_eq!(tokens, [0, 10, 0]);
        let known: Vec<_> = picture.bins.iter().map(|bin| bin.known).collect();
        assert_eq!(known, [5_000, 5_000, 0]);
        assert_eq!(picture.bins[0].refusals, 2);
        assert_eq!(picture.whole.answers, [0, 10, 0, 2, 0]);
        let reason = ("token", "WrongSecret".to_owned());
        assert_eq!(picture.refusals.get(&reason), Some(&2));
        assert!(picture.bins[1].latency.is_some() && picture.bins[2].latency.is_none());
        assert_eq!(picture.since, Some(0));
    }
}
