//! When and from where secrets were last used, and how often credentials are: remembered in memory, written every few
//! seconds.
//!
//! A write per token request would double its cost for a fact nobody needs to the second.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

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

/// Uses that are not written yet: a few numbers per credential and day. Of credentials whose day is limited also how many
/// requests the database knows of, so that what they used is right after a restart and over several nodes.
#[derive(Default)]
pub struct CredentialUses {
    counted: Mutex<HashMap<String, Counted>>,
}

/// What is known of one credential. Whatever was used is in exactly one of the three.
#[derive(Default)]
struct Counted {
    waiting: Vec<DayOfUse>,
    writing: Vec<DayOfUse>,
    /// The day, and its requests in the database.
    written: Option<(i64, u64)>,
}

/// What came of asking for one more request of a limited day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spending {
    /// It was counted; so many were used with it.
    Counted(u64),
    /// There is none left, and it was not counted.
    UsedUp,
    /// The database has to be asked first: see [`CredentialUses::learn`].
    Unknown,
}

impl CredentialUses {
    /// Counts one.
    pub fn count(&self, uuid: &str, used: Used, at: Millis) {
        let mut counted = self.counted();
        let of_credential = match counted.get_mut(uuid) {
            Some(of_credential) => of_credential,
            None => counted.entry(uuid.to_owned()).or_default(),
        };
        of_credential.add(day_of(at), used);
    }

    /// Counts a request if fewer than `most` were used on its day.
    pub fn spend(&self, uuid: &str, at: Millis, most: u64) -> Spending {
        let day = day_of(at);
        let mut counted = self.counted();
        let known = counted.get_mut(uuid);
        let Some((of_credential, used)) = known.and_then(|of_credential| {
            let used = of_credential.requests_of(day)?;
            Some((of_credential, used))
        }) else {
            return Spending::Unknown;
        };
        if used >= most {
            return Spending::UsedUp;
        }
        of_credential.add(day, Used::Request);
        Spending::Counted(used + 1)
    }

    /// Whether `most` are known to be used of its day.
    pub fn is_used_up(&self, uuid: &str, at: Millis, most: u64) -> bool {
        let counted = self.counted();
        let of_credential = counted.get(uuid);
        let used = of_credential.and_then(|of_credential| of_credential.requests_of(day_of(at)));
        used.is_some_and(|used| used >= most)
    }

    /// How many requests of a day the database knew of a moment ago, unless that is known by now.
    pub fn learn(&self, uuid: &str, day: i64, requests: u64) {
        let mut counted = self.counted();
        let of_credential = counted.entry(uuid.to_owned()).or_default();
        if of_credential.written.is_none_or(|(of_day, _)| of_day < day) {
            of_credential.written = Some((day, requests));
        }
    }

    /// Writes what waits; what could not be written waits on.
    pub async fn write(&self, store: &Store, now: Millis) -> Result<(), store::StoreError> {
        let rows = self.begin_writing(day_of(now));
        if rows.is_empty() {
            return Ok(());
        }
        let written = store.add_credential_uses(rows.clone()).await;
        self.end_writing(written.is_ok());
        // With what other nodes wrote.
        for ((uuid, used), requests) in rows.iter().zip(written?) {
            self.correct(uuid, used.day, requests);
        }
        Ok(())
    }

    /// The database's own number, where it is needed.
    fn correct(&self, uuid: &str, day: i64, requests: u64) {
        if let Some(of_credential) = self.counted().get_mut(uuid)
            && let Some((of_day, written)) = &mut of_credential.written
            && *of_day == day
        {
            *written = requests;
        }
    }

    /// In one order on every node, so that two never wait for each other's rows.
    fn begin_writing(&self, today: i64) -> Vec<(String, DayOfUse)> {
        let mut counted = self.counted();
        let mut rows = Vec::new();
        for (uuid, of_credential) in counted.iter_mut() {
            // What a writer left who panicked is as good as written: nobody knows, and twice would be too much.
            of_credential.settle();
            of_credential.writing = std::mem::take(&mut of_credential.waiting);
            rows.extend(
                of_credential
                    .writing
                    .iter()
                    .map(|used| (uuid.clone(), *used)),
            );
        }
        counted.retain(|_, of_credential| of_credential.is_needed(today));
        rows.sort_unstable_by(|(one, on), (other, at)| (one, on.day).cmp(&(other, at.day)));
        rows
    }

    fn end_writing(&self, is_written: bool) {
        for of_credential in self.counted().values_mut() {
            if is_written {
                of_credential.settle();
            } else {
                let later = std::mem::take(&mut of_credential.waiting);
                of_credential.waiting = std::mem::take(&mut of_credential.writing);
                later.iter().for_each(|used| of_credential.join(used));
            }
        }
    }

    fn counted(&self) -> MutexGuard<'_, HashMap<String, Counted>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    fn add(&mut self, day: i64, used: Used) {
        let mut one = DayOfUse {
            day,
            ..DayOfUse::default()
        };
        match used {
            Used::Token => one.tokens = 1,
            Used::Request => one.requests = 1,
            Used::Refusal => one.refusals = 1,
        }
        self.join(&one);
    }

    /// One entry for each day, however long nothing could be written.
    fn join(&mut self, more: &DayOfUse) {
        match self.waiting.last_mut() {
            Some(last) if last.day == more.day => {
                last.tokens += more.tokens;
                last.requests += more.requests;
                last.refusals += more.refusals;
            }
            _ => self.waiting.push(*more),
        }
    }

    /// Requests of a day; None where it is not known what the database has.
    fn requests_of(&self, day: i64) -> Option<u64> {
        let (_, written) = self.written.filter(|(of_day, _)| *of_day == day)?;
        let here = self.writing.iter().chain(&self.waiting);
        let here = here.filter(|used| used.day == day);
        Some(here.fold(written, |sum, used| sum.saturating_add(used.requests)))
    }

    /// What was being written is written.
    fn settle(&mut self) {
        for used in self.writing.drain(..) {
            if let Some((day, requests)) = &mut self.written
                && *day == used.day
            {
                *requests = requests.saturating_add(used.requests);
            }
        }
    }

    fn is_needed(&self, today: i64) -> bool {
        let of_today = self.written.is_some_and(|(day, _)| day >= today);
        of_today || !self.writing.is_empty() || !self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_of_a_day_is_counted_once_whether_written_or_not() {
        let uses = CredentialUses::default();
        assert_eq!(uses.spend("a", 0, 3), Spending::Unknown);
        uses.learn("a", 0, 1);
        assert_eq!(uses.spend("a", 0, 3), Spending::Counted(2));
        assert_eq!(uses.begin_writing(0).len(), 1);
        assert_eq!(uses.spend("a", 0, 3), Spending::Counted(3));
        assert_eq!(uses.spend("a", 0, 3), Spending::UsedUp);
        uses.end_writing(false);
        assert_eq!(uses.spend("a", 0, 3), Spending::UsedUp);
        let rows = uses.begin_writing(0);
        assert_eq!(rows.iter().map(|(_, used)| used.requests).sum::<u64>(), 2);
        uses.end_writing(true);
        assert_eq!(uses.spend("a", 0, 4), Spending::Counted(4));
        // Another day begins anew, and what is over is forgotten.
        assert_eq!(uses.spend("a", DAY, 3), Spending::Unknown);
        uses.begin_writing(0);
        uses.end_writing(true);
        uses.begin_writing(1);
        assert!(uses.counted().is_empty());
    }
}
