//! At most n in any window of time, such as sixty seconds: a sliding window that remembers the moments themselves.
//!
//! A fixed window would let 2n through at its edge. Memory is bounded: a key remembers at most n
//! moments, and keys that have been silent for a window are swept.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use store::Millis;

const MINUTE: Millis = 60_000;
const SHARDS: usize = 16;
/// So many keys per shard are kept; beyond, silent ones are swept at once.
const KEYS: usize = 8_192;

/// The limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// Whole seconds until the next request may pass, at least 1.
    pub retry_after: u64,
    /// How many are allowed in a window.
    pub limit: u32,
}

/// A limit per key.
pub struct Rate {
    limit: u32,
    window: Millis,
    hasher: RandomState,
    shards: [Mutex<HashMap<u64, VecDeque<Millis>>>; SHARDS],
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
        if shard.len() >= KEYS && !shard.contains_key(&name) {
            shard.retain(|_, moments| moments.back().is_some_and(|&last| last > now - self.window));
        }
        let moments = shard.entry(name).or_default();
        while moments
            .front()
            .is_some_and(|&first| first <= now - self.window)
        {
            moments.pop_front();
        }
        if moments.len() < most as usize {
            moments.push_back(now);
            return Ok(());
        }
        Err(self.too_many(moments, now))
    }

    /// Whether a key is at its limit, without taking a place.
    pub fn check(&self, key: impl std::hash::Hash, now: Millis) -> Result<(), TooMany> {
        if self.limit == 0 {
            return Ok(());
        }
        let name = self.hasher.hash_one(key);
        match self.shard(name).get(&name) {
            Some(moments)
                if moments.iter().filter(|&&at| at > now - self.window).count()
                    >= self.limit as usize =>
            {
                Err(self.too_many(moments, now))
            }
            _ => Ok(()),
        }
    }

    /// Gives the place taken last back: what it was taken for went well.
    pub fn give_back(&self, key: impl std::hash::Hash) {
        let name = self.hasher.hash_one(key);
        if let Some(moments) = self.shard(name).get_mut(&name) {
            moments.pop_back();
        }
    }

    /// How many places of a key are taken.
    pub fn taken(&self, key: impl std::hash::Hash, now: Millis) -> usize {
        let name = self.hasher.hash_one(key);
        self.shard(name).get(&name).map_or(0, |moments| {
            moments.iter().filter(|&&at| at > now - self.window).count()
        })
    }

    fn shard(&self, name: u64) -> std::sync::MutexGuard<'_, HashMap<u64, VecDeque<Millis>>> {
        #[allow(clippy::indexing_slicing)] // the remainder is below the array's length
        self.shards[(name % SHARDS as u64) as usize]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn too_many(&self, moments: &VecDeque<Millis>, now: Millis) -> TooMany {
        let first = moments.front().copied().unwrap_or(now);
        let wait = (first + self.window - now).clamp(1, self.window);
        TooMany {
            retry_after: wait.unsigned_abs().div_ceil(1000),
            limit: self.limit,
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

    #[test]
    fn s255_s264_never_more_than_the_limit_in_any_minute() {
        let rate = Rate::per_minute(3);
        for at in [0, 59_000, 59_500] {
            assert_eq!(rate.take("a", at), Ok(()));
        }
        assert_eq!(
            rate.take("a", 59_999),
            Err(TooMany {
                retry_after: 1,
                limit: 3
            })
        );
        assert_eq!(rate.take("b", 59_999), Ok(()));
        assert_eq!(rate.take("a", 60_000), Ok(()));
        assert_eq!(
            rate.take("a", 60_001),
            Err(TooMany {
                retry_after: 59,
                limit: 3
            })
        );
        assert!(rate.check("a", 60_001).is_err());
        assert!(rate.check("a", 119_000).is_ok());
    }

    #[test]
    fn s259_addresses_that_one_sender_has_by_the_billion_count_as_one() {
        let bucket = |text: &str| bucket(text.parse().unwrap());
        assert_eq!(bucket("2001:db8::1"), bucket("2001:db8::ffff:1"));
        assert_ne!(bucket("2001:db8::1"), bucket("2001:db8:0:1::1"));
        assert_eq!(bucket("::ffff:192.0.2.1"), bucket("192.0.2.1"));
    }
}
