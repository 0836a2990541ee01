//! Who reached a limit, told once in ten minutes for each: a customer's program that runs into a limit does so a thousand times.
//!
//! The refusal only notes it in memory; the background writes the audit event, from which a webhook hears of it. Each node
//! tells for itself.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use store::{Actor, AuditEvent, Credential, EnvironmentName, Millis};

use crate::context::Context;

/// Not told again before.
const QUIET: Millis = 10 * 60 * 1000;
/// So many are remembered of each limit; beyond, nothing is told of it until old ones are forgotten.
const MOST: usize = 10_000;
/// Of addresses fewer: whoever has many of them must not fill the trail.
const MOST_ADDRESSES: usize = 1_000;
/// So many wait for a database that is away.
const MOST_WAITING: usize = 10_000;
/// Old ones are looked for no more often.
const SWEEP: Millis = 1_000;

/// A limit that was reached, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// When.
    pub at: Millis,
    /// `concurrent_requests` or `token_requests_per_minute`, as the configuration calls it.
    pub limit: &'static str,
    /// How many are allowed.
    pub most: u32,
    /// The account's id; None where an address is counted.
    pub account_id: Option<String>,
    /// The credential that asked, by UUID.
    pub credential: Option<String>,
    /// The address it came from.
    pub remote_address: String,
    /// The request that was refused.
    pub request_id: String,
}

/// What is to be told, and what was.
#[derive(Default)]
pub struct Reached {
    told: Mutex<HashMap<&'static str, Told>>,
    waiting: Mutex<Vec<Hit>>,
}

/// Who was told of one limit, and when.
#[derive(Default)]
struct Told {
    whom: HashMap<String, Millis>,
    swept_at: Option<Millis>,
}

impl Told {
    /// Whether there is something to tell of this one, which is then told.
    fn is_news(&mut self, who: &str, most: usize, now: Millis) -> bool {
        let is_quiet = |at: &Millis| *at > now - QUIET;
        if self.whom.get(who).is_some_and(is_quiet) {
            return false;
        }
        if self.whom.len() >= most && self.swept_at.is_none_or(|at| at <= now - SWEEP) {
            self.swept_at = Some(now);
            self.whom.retain(|_, at| is_quiet(at));
        }
        let has_room = self.whom.len() < most || self.whom.contains_key(who);
        if has_room {
            self.whom.insert(who.to_owned(), now);
        }
        has_room
    }
}

impl Reached {
    /// Notes a refusal of `who`, an account or an address, at a steady moment; `hit` is made only if it is to be told.
    pub fn note(&self, limit: &'static str, who: &str, now: Millis, hit: impl FnOnce() -> Hit) {
        let most = match limit {
            "token_requests_per_minute" => MOST_ADDRESSES,
            _ => MOST,
        };
        let is_news = lock(&self.told)
            .entry(limit)
            .or_default()
            .is_news(who, most, now);
        let mut waiting = lock(&self.waiting);
        if is_news && waiting.len() < MOST_WAITING {
            waiting.push(hit());
        }
    }

    /// The same of a request: whose limit `who` is, and the credential that asked, where it is known.
    pub fn note_of(
        &self,
        context: &Context,
        (limit, most): (&'static str, u32),
        who: &str,
        credential: Option<&Credential>,
    ) {
        self.note(limit, who, context.steady(), || Hit {
            at: context.now,
            limit,
            most,
            account_id: credential.map(|credential| credential.account_id.clone()),
            credential: credential.map(|credential| credential.uuid.clone()),
            remote_address: context.remote_address.to_string(),
            request_id: context.request_id.to_string(),
        });
    }

    /// What waits to be told.
    pub fn take(&self) -> Vec<Hit> {
        std::mem::take(&mut lock(&self.waiting))
    }

    /// What could not be told waits again.
    pub fn put_back(&self, hits: Vec<Hit>) {
        lock(&self.waiting).extend(hits);
    }
}

impl Hit {
    /// The event that tells it.
    pub fn audit(&self, environment: &EnvironmentName) -> AuditEvent {
        let details = serde_json::json!({ "limit": self.limit, "most": self.most });
        AuditEvent {
            at: self.at,
            actor: self
                .credential
                .clone()
                .map_or(Actor::Anonymous, Actor::Credential),
            environment: Some(environment.clone()),
            account_id: self.account_id.clone(),
            event: "limit.reached",
            subject: self.credential.clone(),
            remote_address: Some(self.remote_address.clone()),
            request_id: Some(self.request_id.clone()),
            details: details.to_string(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_once_in_ten_minutes() {
        let reached = Reached::default();
        let hit = |at| Hit {
            at,
            limit: "concurrent_requests",
            most: 5,
            account_id: Some("a".into()),
            credential: None,
            remote_address: String::new(),
            request_id: String::new(),
        };
        for at in [0, 1, QUIET - 1] {
            reached.note("concurrent_requests", "a", at, || hit(at));
        }
        reached.note("concurrent_requests", "b", 1, || hit(1));
        reached.note("token_requests_per_minute", "a", 1, || hit(1));
        assert_eq!(reached.take().len(), 3);
        reached.note("concurrent_requests", "a", QUIET, || hit(QUIET));
        assert_eq!(reached.take(), [hit(QUIET)]);
        assert!(reached.take().is_empty());
    }
}
