//! When and from where secrets were last used: remembered in memory, written every few seconds.
//!
//! A write per token request would double its cost for a fact nobody needs to the second.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use store::{Millis, SecretUse, Store};

/// Uses that are not written yet; at most one per secret.
#[derive(Default)]
pub struct SecretUses {
    waiting: Mutex<HashMap<String, (Millis, IpAddr)>>,
}

impl SecretUses {
    /// Remembers a use.
    pub fn remember(&self, secret_id: &str, at: Millis, address: IpAddr) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.get_mut(secret_id) {
            Some(last) => *last = (at, address),
            None => {
                waiting.insert(secret_id.to_owned(), (at, address));
            }
        }
    }

    /// Writes what waits. What could not be written is forgotten: the next use tells it again.
    pub async fn write(&self, store: &Store) -> Result<(), store::StoreError> {
        let taken =
            std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if taken.is_empty() {
            return Ok(());
        }
        let uses = taken
            .into_iter()
            .map(|(secret_id, (at, address))| SecretUse {
                secret_id,
                at,
                address: address.to_string(),
            })
            .collect();
        store.remember_secret_uses(uses).await
    }
}
