//! Memory that is bounded: at most so many entries, the least used ones forgotten first, nothing set aside before it is needed.

pub mod standing;

use std::hash::Hash;

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, UnitWeighter};

/// Room that is set aside at the start; the rest grows as it is used, so that an idle process stays small.
const AT_FIRST: usize = 64;

/// A cache of at most `most` entries.
pub fn bounded<K: Eq + Hash, V: Clone>(most: usize) -> Cache<K, V> {
    let options = OptionsBuilder::new()
        .estimated_items_capacity(AT_FIRST)
        .weight_capacity(most as u64)
        .shards(SHARDS)
        .build();
    match options {
        Ok(options) => Cache::with_options(
            options,
            UnitWeighter,
            DefaultHashBuilder::default(),
            DefaultLifecycle::default(),
        ),
        // The builder refuses only options that were left out.
        Err(_) => Cache::new(most),
    }
}

/// Locks that readers and writers spread over.
const SHARDS: usize = 8;
