//! Tokens judged live a moment ago, by the SHA-256 of their text.
//!
//! Only what belongs to the token is kept; whether its client is enabled, suspended or has had its
//! tokens revoked is asked of the client each time. A revocation removes the entry at once on this
//! node; another node clears its memory when the database's change mark moves.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::sync::atomic::{AtomicU64, Ordering};

use store::{Millis, TokenId};

/// How many tokens are remembered per environment; an entry is about 120 bytes.
const REMEMBERED: usize = 100_000;

/// How many texts are held for sharing.
const MOST_TEXTS: usize = 40_000;

/// SHA-256 of a token's text: equal hashes are equal tokens.
pub type TokenHash = [u8; 32];

/// What is remembered of a token.
#[derive(Clone, Debug)]
pub struct Remembered {
    /// Its id (`jti`).
    pub id: TokenId,
    /// The credential it was issued to.
    pub credential_uuid: Arc<str>,
    /// Space separated.
    pub scope: Arc<str>,
    /// When it was issued.
    pub issued_at: Millis,
    /// When it ends.
    pub expires_at: Millis,
}

/// The tokens remembered.
pub struct TokenCache {
    tokens: quick_cache::sync::Cache<TokenHash, Remembered>,
    /// Texts that many tokens have in common, each held once: half of what a token took.
    texts: Mutex<HashSet<Arc<str>>>,
    generation: AtomicU64,
}

impl Default for TokenCache {
    fn default() -> Self {
        Self { tokens: quick_cache::sync::Cache::new(REMEMBERED), texts: Mutex::default(), generation: AtomicU64::new(0) }
    }
}

impl TokenCache {
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
        self.tokens.insert(hash, token);
        if self.generation() != generation {
            self.tokens.remove(&hash);
        }
    }

    /// The one copy of a text: a credential's UUID or a scope, which all tokens of a credential share.
    pub fn shared(&self, text: &str) -> Arc<str> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = texts.get(text) {
            return Arc::clone(known);
        }
        // Tokens keep the copies they have; sharing begins anew.
        if texts.len() >= MOST_TEXTS {
            texts.clear();
        }
        let new: Arc<str> = text.into();
        texts.insert(Arc::clone(&new));
        new
    }

    /// Forgets one.
    pub fn remove(&self, hash: &TokenHash) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.tokens.remove(hash);
    }

    /// Forgets all.
    pub fn forget(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.tokens.clear();
        self.texts.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }
}
