//! At most n requests of one account at a time; a place is given back when it is dropped, however the request ended.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

type Running = Arc<Mutex<HashMap<String, u32>>>;

/// A limit per account.
pub struct Concurrency {
    limit: u32,
    running: Running,
}

/// A place taken. Keep it until the last byte of the answer is sent.
pub struct Place(Option<(Running, String)>);

impl Concurrency {
    /// `limit` at a time; 0 is no limit.
    pub fn new(limit: u32) -> Self {
        Self {
            limit,
            running: Running::default(),
        }
    }

    /// How many are allowed.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// Takes a place for an account; None when all are taken.
    pub fn take(&self, account: &str) -> Option<Place> {
        if self.limit == 0 {
            return Some(Place(None));
        }
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        match running.get_mut(account) {
            Some(count) if *count >= self.limit => return None,
            Some(count) => *count += 1,
            None => {
                running.insert(account.to_owned(), 1);
            }
        }
        Some(Place(Some((Arc::clone(&self.running), account.to_owned()))))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((running, account)) = self.0.take() else {
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

    #[test]
    fn s267_the_sixth_is_refused_until_a_place_is_given_back() {
        let limit = Concurrency::new(5);
        let mut places: Vec<_> = (0..5).map(|_| limit.take("acme")).collect();
        assert!(places.iter().all(Option::is_some));
        assert!(limit.take("acme").is_none());
        assert!(limit.take("other").is_some());
        places.pop();
        assert!(limit.take("acme").is_some());
        places.clear();
        assert!(
            limit
                .running
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_empty()
        );
        assert!(Concurrency::new(0).take("acme").is_some());
    }
}
