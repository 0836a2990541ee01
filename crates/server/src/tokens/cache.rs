//! Tokens judged live a moment ago, by the SHA-256 of their text.
//!
//! Only what belongs to the token is kept; whether its client is enabled, suspended or has had its
//! tokens revoked is asked of the client each time. A revocation removes the entry at once on this
//! node; another node clears its memory when the database's change mark moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use store::{Millis, TokenId};
use tokio::sync::watch;

use crate::clients::KnownClient;
use crate::memory;

/// How many tokens are remembered per environment; an entry is about 120 bytes.
const REMEMBERED: usize = 100_000;

/// SHA-256 of a token's text: equal hashes are equal tokens.
pub type TokenHash = [u8; 32];

/// The person a token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceOwner {
    /// Id.
    pub id: String,
    /// Name to sign in with.
    pub username: String,
}

/// What is remembered of a token.
#[derive(Clone, Debug)]
pub struct Remembered {
    /// Its id (`jti`).
    pub id: TokenId,
    /// The credential it was issued to.
    pub credential_uuid: Arc<str>,
    /// Space separated.
    pub scope: Arc<str>,
    /// For whom, if not for the client itself. Whoever ends that person's tokens moves the change mark.
    pub person: Option<Arc<ResourceOwner>>,
    /// When it was issued.
    pub issued_at: Millis,
    /// When it ends.
    pub expires_at: Millis,
}

impl Remembered {
    /// The same, with its texts shared with its client's: most tokens then add nothing but themselves.
    pub fn sharing_with(self, client: &KnownClient) -> Self {
        let scope = if self.scope == client.scope_text {
            Arc::clone(&client.scope_text)
        } else {
            self.scope
        };
        Self {
            credential_uuid: Arc::clone(&client.shared_uuid),
            scope,
            ..self
        }
    }
}

/// The tokens remembered.
pub struct TokenCache {
    tokens: quick_cache::sync::Cache<TokenHash, Remembered>,
    generation: AtomicU64,
    changes: watch::Sender<()>,
}

impl Default for TokenCache {
    fn default() -> Self {
        Self {
            tokens: memory::bounded(REMEMBERED),
            generation: AtomicU64::new(0),
            changes: watch::Sender::new(()),
        }
    }
}

impl TokenCache {
    /// Tells whenever something was forgotten: whoever holds on to a token then has it judged anew.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// What memory holds.
    pub fn get(&self, hash: &TokenHash) -> Option<Remembered> {
        self.tokens.get(hash)
    }

    /// Where the memory stands; hand it to [`TokenCache::insert`] after reading the database.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Remembers what was read when the memory stood at `generation`, unless something was forgotten since.
    pub fn insert(&self, hash: TokenHash, token: Remembered, generation: u64) {
        if self.generation() != generation {
            return;
        }
        self.tokens.insert(hash, token);
        // Forgotten between looking and inserting.
        if self.generation() != generation {
            self.tokens.remove(&hash);
        }
    }

    /// Forgets one.
    pub fn remove(&self, hash: &TokenHash) {
        self.forgetting(|tokens| drop(tokens.remove(hash)));
    }

    /// Forgets all.
    pub fn forget(&self) {
        self.forgetting(|tokens| tokens.clear());
    }

    /// Memory moves on twice. Before, so that what is being read is not remembered afterwards; and after, so that whoever
    /// looked in between and still found the token sees that it has to be judged anew.
    fn forgetting(&self, forget: impl FnOnce(&quick_cache::sync::Cache<TokenHash, Remembered>)) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        forget(&self.tokens);
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.changes.send_replace(());
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s250_whoever_finds_a_token_while_it_is_forgotten_sees_that_memory_moved() {
        let cache = TokenCache::default();
        let hash = [7; 32];
        let token = Remembered {
            id: TokenId([0; 16]),
            credential_uuid: "".into(),
            scope: "".into(),
            person: None,
            issued_at: 0,
            expires_at: 1,
        };
        cache.insert(hash, token, cache.generation());
        let mut changes = cache.changes();
        changes.mark_unchanged();
        let mut between = None;
        cache.forgetting(|tokens| {
            // A stream that begins now: the memory has moved once, and the token is still there.
            between = Some((cache.generation(), cache.get(&hash).is_some()));
            tokens.clear();
        });
        let (seen, found) = between.unwrap_or_default();
        assert!(found && cache.get(&hash).is_none());
        assert_ne!(cache.generation(), seen);
        assert!(changes.has_changed().is_ok_and(|changed| changed));
    }
}
