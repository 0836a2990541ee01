//! At most n in any window of time over all nodes.
//!
//! What this node lets through it counts itself as well. So a bucket that is full here costs the shared counters no question,
//! and while they are away the node knows what it let through before.
//!
//! While they are away each node enforces its share. When they come back with what was counted, or for the first time, the whole
//! limit holds again at once; when what was counted is lost, the share goes on for one window. Either way no window ever sees more
//! than twice the limit, as long as nodes know how many they are.

use std::fmt::Display;
use std::hash::Hash;

use store::Millis;

use super::counters::Counters;
use super::rate::{Rate, TooMany};

/// A limit per key.
pub struct RateOverNodes {
    /// What is counted, such as `production:address`: the same on all nodes, and nothing else's.
    name: String,
    here: Rate,
    counters: Counters,
}

impl RateOverNodes {
    /// The limit of `here`, counted where `counters` says.
    pub fn new(name: String, here: Rate, counters: Counters) -> Self {
        Self {
            name,
            here,
            counters,
        }
    }

    /// Takes one place for a key at a steady moment, or says when the next is free. A refused request takes none.
    ///
    /// # Errors
    /// The limit was reached. Counters that do not answer are none.
    pub async fn take(&self, key: &(impl Hash + Display), now: Millis) -> Result<(), TooMany> {
        self.take_of(key, self.here.limit(), now).await
    }

    /// The same where this key has a limit of its own, which is not above that of all.
    ///
    /// # Errors
    /// As above.
    pub async fn take_of(
        &self,
        key: &(impl Hash + Display),
        limit: u32,
        now: Millis,
    ) -> Result<(), TooMany> {
        let Some(shared) = self.counters.shared() else {
            return self.here.take_of(key, limit, now);
        };
        let window = self.here.window();
        if limit == 0 {
            return Ok(());
        }
        let (share, open) = (shared.share(limit), shared.is_open());
        let whole = open && !shared.lost_counts(window, now);
        let most = if whole { limit } else { share };
        self.here.take_of(key, most, now)?;
        if !open {
            return Ok(());
        }
        let bucket = format!("{}:{key}", self.name);
        match shared.take_moment(&bucket, limit, window).await {
            Some(0) => Ok(()),
            Some(wait) => {
                self.here.give_back_until(key, now + wait);
                Err(TooMany::after(wait, limit))
            }
            // Nobody answers, any more: what was taken here counts alone, as far as the share goes.
            None if self.here.taken(key, now) <= share as usize => Ok(()),
            None => {
                self.here.give_back(key);
                self.here.take_of(key, share, now)
            }
        }
    }
}
