//! Refresh tokens (RFC 6749 §6): which family, which generation of it, 32 bytes of secret, kept as a hash.
//!
//! A family is all that came out of one authorization by a person. Each exchange makes its next
//! generation, and one generation lives.

use store::FamilyId;

use super::cache::TokenHash;
use super::{opaque, text};
use crate::random::{self, NoRandomness};

const PREFIX: &str = "grr_";

/// A new refresh token.
pub struct Minted {
    /// Its text, known to nobody else after it is answered.
    pub text: String,
    /// What proves it.
    pub hash: TokenHash,
}

/// Makes the one of a generation.
///
/// # Errors
/// The operating system gives no random numbers.
pub fn mint(family: FamilyId, generation: i64) -> Result<Minted, NoRandomness> {
    let mut bytes = [0; 52];
    bytes[..16].copy_from_slice(&family.0);
    // A family refreshed four billion times would have been refreshed every second for 136 years.
    bytes[16..20].copy_from_slice(&u32::try_from(generation).unwrap_or(u32::MAX).to_be_bytes());
    bytes[20..].copy_from_slice(&random::bytes::<32>()?);
    let text = text::write(PREFIX, &bytes);
    let hash = opaque::hash(&text);
    Ok(Minted { text, hash })
}

/// Family and generation of a presented text; None when no refresh token of ours looks like that.
pub fn read(presented: &str) -> Option<(FamilyId, i64)> {
    let bytes = text::read::<52>(PREFIX, presented)?;
    let (family, rest) = bytes.split_first_chunk::<16>()?;
    let generation = u32::from_be_bytes(*rest.first_chunk::<4>()?);
    Some((FamilyId(*family), i64::from(generation)))
}
