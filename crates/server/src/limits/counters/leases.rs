//! The leases of the requests that run on this node. One is held for as long as a request runs, renewed by the keeper, and given
//! back from a drop, which waits for nobody: it says so to the keeper, who tells the shared counters.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A lease as the shared counters know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key of its account.
    pub key: Arc<str>,
    /// Its name, which no other lease of any node has.
    pub name: Arc<str>,
}

/// What this node holds.
pub struct Leases {
    node: u64,
    next: AtomicU64,
    held: Mutex<HashMap<u64, Entry>>,
    ended: UnboundedSender<Entry>,
    /// Where the keeper hears of those that ended; locked by the one who keeps.
    pub endings: tokio::sync::Mutex<Endings>,
}

/// Leases that ended, and are to be given back.
pub struct Endings {
    /// As they come.
    pub coming: UnboundedReceiver<Entry>,
    /// Those that could not be given back yet.
    pub waiting: Vec<Entry>,
}

/// One of them. Dropped, it is given back.
pub struct Lease {
    leases: Arc<Leases>,
    number: u64,
    entry: Option<Entry>,
}

impl Leases {
    /// None yet, of a node whose number no other has.
    pub fn new(node: u64) -> Self {
        let (ended, coming) = unbounded_channel();
        Self {
            node,
            next: AtomicU64::new(0),
            held: Mutex::default(),
            ended,
            endings: tokio::sync::Mutex::new(Endings {
                coming,
                waiting: Vec::new(),
            }),
        }
    }

    /// A lease that is about to be asked for. From here on it is given back, whatever becomes of the question.
    pub fn begin(self: &Arc<Self>, key: &str) -> Lease {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let name = self.name(number);
        Lease {
            leases: Arc::clone(self),
            number,
            entry: Some(Entry {
                key: key.into(),
                name: name.into(),
            }),
        }
    }

    /// A name that no node gives twice.
    pub fn next_name(&self) -> String {
        self.name(self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// Those that are to be renewed.
    pub fn held(&self) -> Vec<Entry> {
        self.lock().values().cloned().collect()
    }

    fn name(&self, number: u64) -> String {
        format!("{:016x}-{number:x}", self.node)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Entry>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    /// Its name.
    pub fn name(&self) -> &str {
        self.entry.as_ref().map_or("", |entry| &entry.name)
    }

    /// From here on it is renewed.
    pub fn hold(&self) {
        if let Some(entry) = &self.entry {
            self.leases.lock().insert(self.number, entry.clone());
        }
    }

    /// It was refused: there is nothing to give back.
    pub fn was_refused(mut self) {
        self.entry = None;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(entry) = self.entry.take() {
            self.leases.lock().remove(&self.number);
            // Nobody listens only when the process ends; then it ends by itself.
            let _ = self.leases.ended.send(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn a_lease_is_given_back_however_it_ends_but_not_when_it_was_refused() {
        let leases = Arc::new(Leases::new(7));
        let [held, refused, broken_off] = [(); 3].map(|()| leases.begin("account"));
        assert_ne!(held.name(), refused.name());
        held.hold();
        let name = held.name().to_owned();
        assert_eq!(leases.held().len(), 1);
        refused.was_refused();
        drop(broken_off);
        drop(held);
        assert!(leases.held().is_empty());
        let mut endings = leases.endings.lock().await;
        let ended = [(); 2].map(|()| endings.coming.try_recv().unwrap());
        assert_eq!(&*ended[1].name, name);
        assert!(endings.coming.try_recv().is_err());
    }
}
