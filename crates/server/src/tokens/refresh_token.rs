//! Refresh tokens (RFC 6749 §6): which family, which generation of it, 32 bytes of secret, kept as a hash.
//!
//! A family is all that came out of one authorization by a person. Each exchange makes its next
//! generation, and one generation lives.

use store::{FamilyId, StoreError};

use super::cache::TokenHash;
use super::{imported, opaque, text};
use crate::context::Context;
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

/// Which refresh token a presented text would be.
pub struct Known {
    /// Its family.
    pub family: FamilyId,
    /// Its generation.
    pub generation: i64,
    /// What it is proven by: equal to the hash that is kept, or it is not that one.
    pub hash: TokenHash,
}

/// Reads a presented text: one of ours by its shape, or one of another server, which began a family when it came. None when it
/// can be neither.
///
/// # Errors
/// The database could not be asked.
pub async fn find(context: &Context, presented: &str) -> Result<Option<Known>, StoreError> {
    if let Some((family, generation)) = read(presented) {
        return Ok(Some(Known {
            family,
            generation,
            hash: opaque::hash(presented),
        }));
    }
    let issuer = &context.issuer;
    if !issuer.imported_until.may_live(context.now) {
        return Ok(None);
    }
    let store = context.platform.store.in_environment(issuer.name());
    let found = Box::pin(imported::find_refresh(store, issuer.name(), presented)).await?;
    Ok(found.map(|(family, hash)| Known {
        family,
        generation: 1,
        hash,
    }))
}

/// Family and generation of a presented text; None when no refresh token of ours looks like that.
pub fn read(presented: &str) -> Option<(FamilyId, i64)> {
    let bytes = text::read::<52>(PREFIX, presented)?;
    let (family, rest) = bytes.split_first_chunk::<16>()?;
    let generation = u32::from_be_bytes(*rest.first_chunk::<4>()?);
    Some((FamilyId(*family), i64::from(generation)))
}
