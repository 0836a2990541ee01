//! At most n in any window of time, such as sixty seconds: a sliding window that remembers the moments themselves.
//!
//! A fixed window would let 2n through at its edge. Moments are steady milliseconds (`clock::steady`), so that a clock that
//! is set neither opens the limit nor freezes it.
//!
//! Memory is bounded: a key remembers at most n moments, keys that have been silent for a window are swept, and a shard has
//! room for [`KEYS`]. When more than that are busy at once, those that used least of their limit are forgotten first: they
//! begin anew, nobody is locked out by the crowd, and whoever is being refused goes on being refused.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use store::Millis;

const MINUTE: Millis = 60_000;
const SHARDS: usize = 16;
/// So many keys per shard are remembered, never more.
const KEYS: usize = 8_192;
/// So many are forgotten at once when all of them are busy, so that a crowd is not sorted anew for each newcomer.
const FORGOTTEN_AT_ONCE: usize = KEYS / 4;
/// A shard of fewer keys needs no room.
const SWEPT_FROM: usize = 64;

/// The limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// Whole seconds until the next request may pass, at least 1.
    pub retry_after: u64,
    /// How many are allowed in a window.
    pub limit: u32,
}

impl TooMany {
    /// With the time to wait in milliseconds.
    pub fn after(wait: Millis, limit: u32) -> Self {
        Self {
            retry_after: wait.max(1).unsigned_abs().div_ceil(1000),
            limit,
        }
    }
}

/// A limit per key, counted in this process.
pub struct Rate {
    limit: u32,
    window: Millis,
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Default)]
struct Shard {
    keys: HashMap<u64, Moments>,
    /// Silent keys are swept when there are so many, twice as many as were left the last time,
    sweep_at: usize,
    /// or when a window has passed since then.
    swept: Millis,
}

/// What is remembered of a key.
#[derive(Default)]
struct Moments {
    /// When a place was taken, the oldest first.
    taken: VecDeque<Millis>,
    /// Until when others are known to have taken every place.
    full_until: Millis,
}

impl Moments {
    fn is_silent(&self, before: Millis, now: Millis) -> bool {
        self.taken.back().is_none_or(|&last| last <= before) && self.full_until <= now
    }
}

impl Rate {
    /// `limit` in any sixty seconds; 0 is no limit.
    pub fn per_minute(limit: u32) -> Self {
        Self::new(limit, MINUTE)
    }

    /// `limit` in any so many milliseconds; 0 is no limit.
    pub fn new(limit: u32, window: Millis) -> Self {
        Self {
            limit,
            window,
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }

    /// How many are allowed.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// Within so many milliseconds.
    pub fn window(&self) -> Millis {
        self.window
    }

    /// Takes one place for a key, or says when the next is free. A refused request takes none.
    pub fn take(&self, key: impl std::hash::Hash, now: Millis) -> Result<(), TooMany> {
        self.take_of(key, self.limit, now)
    }

    /// The same where only `most` of the limit's places may be taken here.
    pub fn take_of(
        &self,
        key: impl std::hash::Hash,
        most: u32,
        now: Millis,
    ) -> Result<(), TooMany> {
        if self.limit == 0 {
            return Ok(());
        }
        let name = self.hasher.hash_one(key);
        let mut shard = self.shard(name);
        shard.make_room(name, now - self.window, now);
        let moments = shard.keys.entry(name).or_default();
        while moments
            .taken
            .front()
            .is_some_and(|&first| first <= now - self.window)
        {
            moments.taken.pop_front();
        }
        if moments.full_until > now {
            return Err(TooMany::after(moments.full_until - now, self.limit));
        }
        if moments.taken.len() < most as usize {
            moments.taken.push_back(now);
            return Ok(());
        }
        Err(self.too_many(&moments.taken, most, now))
    }

    /// Whether a key is at its limit, without taking a place.
    pub fn check(&self, key: impl std::hash::Hash, now: Millis) -> Result<(), TooMany> {
        if self.limit == 0 {
            return Ok(());
        }
        let name = self.hasher.hash_one(key);
        match self.shard(name).keys.get(&name) {
            Some(Moments { taken, .. })
                if taken.iter().filter(|&&at| at > now - self.window).count()
                    >= self.limit as usize =>
            {
                Err(self.too_many(taken, self.limit, now))
            }
            _ => Ok(()),
        }
    }

    /// Gives the place taken last back: what it was taken for went well.
    pub fn give_back(&self, key: impl std::hash::Hash) {
        let name = self.hasher.hash_one(key);
        if let Some(moments) = self.shard(name).keys.get_mut(&name) {
            moments.taken.pop_back();
        }
    }

    /// Gives the place taken last back, since others took them all and the next is free only at `until`.
    pub fn give_back_until(&self, key: impl std::hash::Hash, until: Millis) {
        let name = self.hasher.hash_one(key);
        if let Some(moments) = self.shard(name).keys.get_mut(&name) {
            moments.taken.pop_back();
            moments.full_until = until;
        }
    }

    /// How many places of a key are taken.
    pub fn taken(&self, key: impl std::hash::Hash, now: Millis) -> usize {
        let name = self.hasher.hash_one(key);
        self.shard(name).keys.get(&name).map_or(0, |moments| {
            let taken = moments.taken.iter();
            taken.filter(|&&at| at > now - self.window).count()
        })
    }

    fn shard(&self, name: u64) -> MutexGuard<'_, Shard> {
        #[allow(clippy::indexing_slicing)] // the remainder is below the array's length
        self.shards[(name % SHARDS as u64) as usize]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The next place is free when there are fewer than `most` again.
    fn too_many(&self, taken: &VecDeque<Millis>, most: u32, now: Millis) -> TooMany {
        let beyond = taken.len().saturating_sub(most as usize);
        let first = taken.get(beyond).copied().unwrap_or(now);
        let wait = (first + self.window - now).clamp(1, self.window);
        TooMany::after(wait, self.limit)
    }
}

impl Shard {
    /// Room for one more key, unless it is known.
    fn make_room(&mut self, name: u64, before: Millis, now: Millis) {
        let is_due = self.keys.len() >= self.sweep_at.max(SWEPT_FROM) || self.swept <= before;
        if !is_due || self.keys.contains_key(&name) {
            return;
        }
        self.keys
            .retain(|_, moments| !moments.is_silent(before, now));
        if self.keys.len() >= KEYS {
            self.forget_the_least_busy(now);
        }
        self.sweep_at = (self.keys.len() * 2).clamp(SWEPT_FROM, KEYS);
        self.swept = now;
    }

    fn forget_the_least_busy(&mut self, now: Millis) {
        let mut order: Vec<_> = self
            .keys
            .iter()
            .map(|(&name, moments)| {
                let last = moments.taken.back().copied();
                (moments.full_until > now, moments.taken.len(), last, name)
            })
            .collect();
        order.select_nth_unstable(FORGOTTEN_AT_ONCE);
        for (.., name) in order.iter().take(FORGOTTEN_AT_ONCE) {
            self.keys.remove(name);
        }
    }
}

/// What an address counts as: IPv6 by its /64, since whoever has one address there has them all; mapped IPv4 as IPv4.
pub fn bucket(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6((u128::from(six) >> 64 << 64).into()),
        four => four,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn too_many(retry_after: u64, limit: u32) -> Result<(), TooMany> {
        Err(TooMany { retry_after, limit })
    }

    #[test]
    fn s255_s264_never_more_than_the_limit_in_any_minute() {
        let rate = Rate::per_minute(3);
        for at in [0, 59_000, 59_500] {
            assert_eq!(rate.take("a", at), Ok(()));
        }
        assert_eq!(rate.take("a", 59_999), too_many(1, 3));
        assert_eq!(rate.take("b", 59_999), Ok(()));
        assert_eq!(rate.take("a", 60_000), Ok(()));
        assert_eq!(rate.take("a", 60_001), too_many(59, 3));
        assert!(rate.check("a", 60_001).is_err());
        assert!(rate.check("a", 119_000).is_ok());
    }

    #[test]
    fn f17_a_share_of_the_limit_counts_what_was_taken_before() {
        let rate = Rate::per_minute(4);
        for at in [0, 10_000, 20_000] {
            assert_eq!(rate.take("a", at), Ok(()));
        }
        // Of three taken two have to be a minute old before there is one again below a share of two.
        assert_eq!(rate.take_of("a", 2, 20_000), too_many(50, 4));
        assert_eq!(rate.take_of("a", 2, 69_999), too_many(1, 4));
        assert_eq!(rate.take_of("a", 2, 70_000), Ok(()));
    }

    #[test]
    fn s261_what_others_took_is_known_until_it_is_free_again() {
        let rate = Rate::per_minute(4);
        assert_eq!(rate.take("a", 0), Ok(()));
        rate.give_back_until("a", 30_000);
        assert_eq!(rate.taken("a", 1), 0);
        assert_eq!(rate.take("a", 29_000), too_many(1, 4));
        assert_eq!(rate.take("a", 30_000), Ok(()));
    }

    #[test]
    fn s265_a_million_addresses_find_bounded_memory_and_no_way_past_a_refusal() {
        let rate = Rate::per_minute(2);
        for _ in 0..2 {
            assert_eq!(rate.take("refused", 0), Ok(()));
        }
        for address in 0..1_000_000_u32 {
            assert_eq!(rate.take(address, 1), Ok(()), "nobody is locked out");
        }
        let sizes = || rate.shards.iter().map(|shard| shard.lock().unwrap());
        assert!(sizes().all(|shard| shard.keys.len() <= KEYS && shard.keys.capacity() <= 4 * KEYS));
        assert!(rate.take("refused", 2).is_err());
        // A window later one newcomer in each shard is enough to have them all swept.
        for address in 0..1_000_u32 {
            assert_eq!(rate.take(("later", address), 120_000), Ok(()));
        }
        assert_eq!(sizes().map(|shard| shard.keys.len()).sum::<usize>(), 1_000);
    }

    #[test]
    fn s259_addresses_that_one_sender_has_by_the_billion_count_as_one() {
        let bucket = |text: &str| bucket(text.parse().unwrap());
        assert_eq!(bucket("2001:db8::1"), bucket("2001:db8::ffff:1"));
        assert_ne!(bucket("2001:db8::1"), bucket("2001:db8:0:1::1"));
        assert_eq!(bucket("::ffff:192.0.2.1"), bucket("192.0.2.1"));
    }
}
