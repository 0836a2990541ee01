//! Proof key for code exchange (RFC 7636): whoever redeems a code is whoever asked for it.
//!
//! S256 alone: with `plain` the challenge in the browser's history is the secret (RFC 9700 §2.1.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// An S256 challenge: 43 characters of base64url, a SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeChallenge(String);

/// No S256 challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code_challenge is 43 characters of base64url, with code_challenge_method=S256")]
pub struct ChallengeMalformed;

impl CodeChallenge {
    /// Takes a challenge of method S256 (RFC 7636 §4.2).
    ///
    /// # Errors
    /// It is not the base64url of 32 bytes.
    pub fn s256(text: &str) -> Result<Self, ChallengeMalformed> {
        let decoded = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| ChallengeMalformed)?;
        if decoded.len() == 32 {
            Ok(Self(text.to_owned()))
        } else {
            Err(ChallengeMalformed)
        }
    }

    /// The challenge of a verifier (RFC 7636 §4.2), where we are the client.
    pub fn of(verifier: &str) -> Self {
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())))
    }

    /// The challenge as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the challenge was made from this verifier (RFC 7636 §4.6): 43 to 128 unreserved characters, nothing before or after.
    pub fn verify(&self, verifier: &str) -> bool {
        let well_formed = (43..=128).contains(&verifier.len())
            && verifier
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        well_formed && Self::of(verifier) == *self
    }
}
