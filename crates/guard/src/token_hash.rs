//! The name under which memory knows a token: a keyed hash, so that a memory dump holds no live token and nobody can
//! choose tokens that share a place.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use aws_lc_rs::rand::SystemRandom;

/// HMAC-SHA256 of a token.
pub type TokenHash = [u8; 32];

/// The key, drawn anew with every start and known to nobody: the one random number of this crate.
pub struct Hasher(Key);

impl Hasher {
    /// Draws the key.
    ///
    /// # Errors
    /// The operating system gives no random numbers.
    pub fn new() -> Result<Self, Unspecified> {
        Key::generate(HMAC_SHA256, &SystemRandom::new()).map(Self)
    }

    /// The hash of a token's text.
    pub fn of(&self, token: &str) -> TokenHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(hmac::sign(&self.0, token.as_bytes()).as_ref());
        hash
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_token_has_one_hash_and_another_process_another() {
        let (one, other) = (Hasher::new().unwrap(), Hasher::new().unwrap());
        assert_eq!(one.of("a"), one.of("a"));
        assert_ne!(one.of("a"), one.of("b"));
        assert_ne!(one.of("a"), other.of("a"));
    }
}
