//! Tokens checked by the issuer's published keys (RFC 9068, RFC 7517): nobody is asked about a token.
//!
//! The keys are remembered, and asked for anew
//! - in the background, before they are as old as they may get;
//! - by the first request that finds them that old, which waits, so that a key that was revoked does not count longer
//!   than said; whoever comes meanwhile goes on with the keys there are;
//! - by a token that names a key nobody knows, since the issuer may have a new one: at most every few seconds, so that
//!   whoever sends invented names makes nobody ask all the time.
//!
//! Of many who want new keys one asks, in a task of its own, so that an answer counts though whoever wanted it has gone. When the issuer cannot be asked, the keys there are go on counting, up to a bound.

mod key;
mod token;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::Instant;

use crate::caller::{DeadToken, Judged, Unknowable};
use crate::clock;
use crate::issuer::{Issuer, read, unusable};
use crate::outbound::IssuerError;
use key::{Key, Set};
use token::Unverified;

/// How soon keys are asked for again that were just asked for.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// How old keys may get.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// While the issuer answers.
    pub refresh: Duration,
    /// While it does not.
    pub keep: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            refresh: Duration::from_secs(5 * 60),
            keep: Duration::from_secs(60 * 60),
        }
    }
}

/// One issuer's published keys.
pub struct Jwks {
    issuer: Issuer,
    lifetimes: Lifetimes,
    held: RwLock<Arc<Held>>,
    /// Held by whoever asks.
    asking: Arc<Mutex<()>>,
}

#[derive(Default)]
struct Held {
    keys: Vec<Arc<Key>>,
    /// When they came.
    since: Option<Instant>,
    /// When they were asked for last, and what went wrong then.
    asked: Option<Instant>,
    failure: Option<IssuerError>,
}

impl Held {
    fn key(&self, id: &str) -> Option<Arc<Key>> {
        self.keys.iter().find(|key| key.id == id).cloned()
    }

    fn is_younger_than(&self, age: Duration) -> bool {
        self.since.is_some_and(|since| since.elapsed() < age)
    }

    fn was_just_asked_for(&self) -> bool {
        self.asked.is_some_and(|asked| asked.elapsed() < ASK_AGAIN)
    }
}

impl Jwks {
    /// No keys yet.
    pub fn new(issuer: Issuer, lifetimes: Lifetimes) -> Self {
        Self {
            issuer,
            lifetimes,
            held: RwLock::default(),
            asking: Arc::default(),
        }
    }

    /// What a token is worth at this moment.
    pub async fn judge(self: &Arc<Self>, text: &str) -> Judged {
        let token = match Unverified::read(text) {
            Ok(token) => token,
            Err(dead) => return Ok(Err(dead)),
        };
        let Some(key) = self.key(&token.key_id).await? else {
            return Ok(Err(DeadToken::UnknownKey));
        };
        let Issuer { url, audience, .. } = &self.issuer;
        Ok(token.judge(&key, url, audience, clock::now()))
    }

    /// Asks for the keys.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn ready(self: &Arc<Self>) -> Result<(), IssuerError> {
        let asking = Arc::clone(&self.asking).lock_owned().await;
        self.ask(asking).await;
        self.held().failure.clone().map_or(Ok(()), Err)
    }

    /// The key of that name; None when the issuer publishes none.
    async fn key(self: &Arc<Self>, id: &str) -> Result<Option<Arc<Key>>, Unknowable> {
        let held = self.held();
        let fresh = held.is_younger_than(self.lifetimes.refresh);
        let key = held.key(id);
        if fresh && key.is_some() {
            if !held.is_younger_than(self.lifetimes.refresh / 4 * 3) {
                self.ask_in_background(&held);
            }
            return Ok(key);
        }
        if !held.was_just_asked_for() {
            self.ask_instead_of(&held, key.is_some()).await;
        }
        // Whatever came of it: what is held now counts, or nothing can be said.
        let held = self.held();
        if !held.is_younger_than(self.lifetimes.keep) {
            return Err(unknowable(&held));
        }
        match (held.key(id), &held.failure) {
            (Some(key), _) => Ok(Some(key)),
            (None, None) => Ok(None),
            // It may be a new key that could not be fetched.
            (None, Some(_)) => Err(unknowable(&held)),
        }
    }

    /// Asks, unless somebody does or has since. Whoever has a key that still counts does not wait for another's asking.
    async fn ask_instead_of(self: &Arc<Self>, known: &Arc<Held>, has_key: bool) {
        let counts = has_key && known.is_younger_than(self.lifetimes.keep);
        let asking = match Arc::clone(&self.asking).try_lock_owned() {
            Ok(asking) => asking,
            Err(_) if counts => return,
            Err(_) => Arc::clone(&self.asking).lock_owned().await,
        };
        if Arc::ptr_eq(&self.held(), known) {
            self.ask(asking).await;
        }
    }

    fn ask_in_background(self: &Arc<Self>, known: &Arc<Held>) {
        if known.was_just_asked_for() || self.asking.try_lock().is_err() {
            return;
        }
        let (jwks, known) = (Arc::clone(self), Arc::clone(known));
        tokio::spawn(async move { jwks.ask_instead_of(&known, true).await });
    }

    /// Asks, and remembers what came of it, also when whoever waits for that goes away.
    async fn ask(self: &Arc<Self>, asking: OwnedMutexGuard<()>) {
        let jwks = Arc::clone(self);
        let task = tokio::spawn(async move {
            jwks.renew().await;
            drop(asking);
        });
        // It fails only where the runtime ends.
        let _ = task.await;
    }

    async fn renew(&self) {
        let within = self.issuer.outbound.within();
        let too_slow = |_| Err(IssuerError::TooSlow(self.issuer.url.clone()));
        let answer = tokio::time::timeout(within, self.fetch()).await;
        let answer = answer.unwrap_or_else(too_slow);
        let now = Some(Instant::now());
        let next = match answer {
            Ok(keys) => Held {
                keys: keys.into_iter().map(Arc::new).collect(),
                since: now,
                asked: now,
                failure: None,
            },
            Err(failure) => {
                tracing::warn!(%failure, "the issuer's keys could not be fetched");
                let held = self.held();
                Held {
                    keys: held.keys.clone(),
                    since: held.since,
                    asked: now,
                    failure: Some(failure),
                }
            }
        };
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
    }

    async fn fetch(&self) -> Result<Vec<Key>, IssuerError> {
        let metadata = self.issuer.metadata().await?;
        let url = self.issuer.endpoint("jwks_uri", metadata.jwks_uri)?;
        let set: Set = read(&url, &self.issuer.get(&url).await?)?;
        let keys = set.keys();
        // An issuer without keys signs nothing: more likely something answered in its place.
        if keys.is_empty() {
            return Err(unusable(
                &url,
                "no key in it is for EdDSA, ES256 or RS256".to_owned(),
            ));
        }
        Ok(keys)
    }

    fn held(&self) -> Arc<Held> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn unknowable(held: &Held) -> Unknowable {
    Unknowable(held.failure.as_ref().map_or_else(
        || "the issuer's keys were not fetched yet".to_owned(),
        ToString::to_string,
    ))
}
