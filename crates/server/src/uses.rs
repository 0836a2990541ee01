//! When and from where secrets were last used, and how often credentials are: remembered in memory, written every few
//! seconds.
//!
//! A write per token request would double its cost for a fact nobody needs to the second.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use store::{DayOfUse, Millis, SecretUse, Store};

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

const DAY: Millis = 24 * 60 * 60 * 1000;

/// The day of a moment: whole days since 1970, UTC.
pub fn day_of(at: Millis) -> i64 {
    at.div_euclid(DAY)
}

/// What a credential did.
#[derive(Clone, Copy, Debug)]
pub enum Used {
    /// Got a token.
    Token,
    /// Had a request passed on.
    Request,
    /// Had a request refused, with a token that was good.
    Refusal,
}

/// Uses that are not written yet: a few numbers per credential and day.
#[derive(Default)]
pub struct CredentialUses {
    waiting: Mutex<HashMap<String, Vec<DayOfUse>>>,
}

impl CredentialUses {
    /// Counts one.
    pub fn count(&self, uuid: &str, used: Used, at: Millis) {
        let day = day_of(at);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let days = match waiting.get_mut(uuid) {
            Some(days) => days,
            None => waiting.entry(uuid.to_owned()).or_default(),
        };
        if days.last().is_none_or(|last| last.day != day) {
            days.push(DayOfUse {
                day,
                ..DayOfUse::default()
            });
        }
        if let Some(today) = days.last_mut() {
            match used {
                Used::Token => today.tokens += 1,
                Used::Request => today.requests += 1,
                Used::Refusal => today.refusals += 1,
            }
        }
    }

    /// Writes what waits; what could not be written waits on.
    pub async fn write(&self, store: &Store) -> Result<(), store::StoreError> {
        let taken =
            std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if taken.is_empty() {
            return Ok(());
        }
        let mut rows: Vec<(String, DayOfUse)> = taken
            .iter()
            .flat_map(|(uuid, days)| days.iter().map(|day| (uuid.clone(), *day)))
            .collect();
        // In one order on every node, so that two never wait for each other's rows.
        rows.sort_unstable_by(|(one, on), (other, at)| (one, on.day).cmp(&(other, at.day)));
        let written = store.add_credential_uses(rows).await;
        if written.is_err() {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            for (uuid, mut days) in taken {
                let later = waiting.remove(&uuid).unwrap_or_default();
                days.extend(later);
                waiting.insert(uuid, days);
            }
        }
        written
    }
}
