//! How an environment is doing, as everyone may know it: what its answers say, day by day, and what the operator says.
//!
//! Every answer is counted on its way out, by one addition ([`components`] says to which part of the environment it belongs).
//! Every few seconds the node adds what it counted to the database's rows ([`counts`]), which hold ninety days and are the same
//! for all nodes. [`judgement`] says from when on a day is amber or red. A [`view`] is all of that at one moment; it is made
//! anew every few seconds at most, however many look, and when the database is away it is made of what was known before.
//! [`incidents`] judges what the operator writes, for the management API and the portal alike.

pub mod components;
pub mod counts;
pub mod incidents;
pub mod judgement;
pub mod keep;
pub mod view;

use std::sync::{Arc, Mutex};

use arc_swap::ArcSwapOption;
use store::Millis;

use components::{Component, Components};
use counts::Counts;
use view::{Known, View};

/// What one environment's status is made of.
pub struct Status {
    components: Components,
    counts: Counts,
    /// What the database last said.
    known: Mutex<Option<Arc<Known>>>,
    shown: ArcSwapOption<View>,
    /// One at a time asks the database.
    asking: Arc<tokio::sync::Mutex<()>>,
}

impl Status {
    /// Of an environment with these parts.
    pub fn new(components: Components) -> Self {
        Self {
            counts: Counts::of(components.list().len()),
            components,
            known: Mutex::default(),
            shown: ArcSwapOption::empty(),
            asking: Arc::default(),
        }
    }

    /// Its parts, in the order in which they are shown.
    pub fn components(&self) -> &[Component] {
        self.components.list()
    }

    /// Which part a path belongs to; see [`Components`].
    pub fn part_at(&self, path: &str) -> Option<usize> {
        self.components.at(path)
    }

    /// The part that a version of the API is.
    pub fn part_of_version(&self, version: Option<&str>) -> Option<usize> {
        self.components.of_version(version)
    }

    /// Counts an answer of a part.
    pub fn count(&self, part: Option<usize>, status: u16) {
        self.counts.count(part, status);
    }

    /// The next one who looks asks the database: something was told.
    pub fn forget(&self) {
        self.shown.store(None);
    }

    /// How long ago a view was made; none where there is none.
    fn age(view: &View, steady: Millis) -> Millis {
        steady.saturating_sub(view.steady)
    }
}
