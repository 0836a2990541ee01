//! At most n requests of one account at a time; a place is given back when it is dropped, however the request ended.
//!
//! Over several nodes each running request has a lease in the shared counters. What runs here is counted here as well: an account
//! that has all its places on this node costs no question, and while the shared counters are away the node's share of the limit
//! goes by it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::counters::{Counters, Lease, Shared};

type Running = Arc<Mutex<HashMap<String, u32>>>;

/// A limit per account.
pub struct Concurrency {
    environment: String,
    limit: u32,
    running: Running,
    counters: Counters,
}

/// A place taken. Keep it until the last byte of the answer is sent.
pub struct Place {
    here: Option<(Running, String)>,
    /// Given back by being dropped.
    lease: Option<Lease>,
}

impl Concurrency {
    /// `limit` at a time in an environment; 0 is no limit.
    pub fn new(environment: &str, limit: u32, counters: Counters) -> Self {
        Self {
            environment: environment.to_owned(),
            limit,
            running: Running::default(),
            counters,
        }
    }

    /// How many are allowed.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// Takes a place for an account; None when all are taken.
    pub async fn take(&self, account: &str) -> Option<Place> {
        if self.limit == 0 {
            return Some(Place {
                here: None,
                lease: None,
            });
        }
        match self.counters.shared() {
            None => self.take_here(account, self.limit).map(|(place, _)| place),
            Some(shared) => self.take_shared(account, shared).await,
        }
    }

    async fn take_shared(&self, account: &str, shared: &Arc<Shared>) -> Option<Place> {
        let (open, share) = (shared.is_open(), shared.share(self.limit));
        let most = if open { self.limit } else { share };
        let (mut place, position) = self.take_here(account, most)?;
        let (lease, granted) = shared
            .take_lease(&self.environment, account, self.limit)
            .await;
        match granted {
            Some(false) => {
                lease.was_refused();
                None
            }
            // Nobody answers: those who came first here have the node's share.
            None if position > share => None,
            // A lease that nobody heard of is taken when they are back.
            Some(true) | None => {
                lease.hold();
                place.lease = Some(lease);
                Some(place)
            }
        }
    }

    /// A place among `most` on this node, and which it is, from 1.
    fn take_here(&self, account: &str, most: u32) -> Option<(Place, u32)> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let position = match running.get_mut(account) {
            Some(count) if *count >= most => return None,
            Some(count) => {
                *count += 1;
                *count
            }
            None => {
                running.insert(account.to_owned(), 1);
                1
            }
        };
        let here = Some((Arc::clone(&self.running), account.to_owned()));
        Some((Place { here, lease: None }, position))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((running, account)) = self.here.take() else {
            return;
        };
        let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = running.get_mut(&account) {
            *count -= 1;
            if *count == 0 {
                running.remove(&account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn s267_the_sixth_is_refused_until_a_place_is_given_back() {
        let limit = Concurrency::new("production", 5, Counters::Memory);
        let mut places = Vec::new();
        for _ in 0..5 {
            places.push(limit.take("acme").await);
        }
        assert!(places.iter().all(Option::is_some));
        assert!(limit.take("acme").await.is_none());
        assert!(limit.take("other").await.is_some());
        places.pop();
        assert!(limit.take("acme").await.is_some());
        places.clear();
        assert!(
            limit
                .running
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_empty()
        );
        let none = Concurrency::new("production", 0, Counters::Memory);
        assert!(none.take("acme").await.is_some());
    }
}
