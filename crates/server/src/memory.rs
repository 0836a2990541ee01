//! Memory that is bounded: at most so many entries, the least used ones forgotten first, nothing set aside before it is needed.

pub mod standing;

use std::hash::Hash;

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, UnitWeighter};

/// Of what was forgotten, the hashes of so large a part are kept, by which an entry that soon comes back is known to be asked for
/// often. Each takes the room of an entry.
const FORGOTTEN: f64 = 0.1;

/// A cache of at most `most` entries. It takes no room before the first one comes.
pub fn bounded<K: Eq + Hash, V: Clone>(most: usize) -> Cache<K, V> {
    let options = OptionsBuilder::new()
        .estimated_items_capacity(most)
        .weight_capacity(most as u64)
        .ghost_allocation(FORGOTTEN)
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
