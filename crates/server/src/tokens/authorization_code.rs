//! Authorization codes (RFC 6749 §4.1.2): 16 bytes of time-ordered id, 32 of secret, kept as a hash.

use store::{Millis, TokenId};

use super::cache::TokenHash;
use super::{opaque, text};
use crate::random::{self, NoRandomness};

const PREFIX: &str = "grc_";

/// A new code.
pub struct Code {
    /// Its text, known to nobody else after the redirect.
    pub text: String,
    /// What it is found by.
    pub id: TokenId,
    /// What proves it.
    pub hash: TokenHash,
}

/// Makes one.
///
/// # Errors
/// The operating system gives no random numbers.
pub fn mint(now: Millis) -> Result<Code, NoRandomness> {
    let bytes = random::ordered::<48>(now)?;
    let text = text::write(PREFIX, &bytes);
    let hash = opaque::hash(&text);
    Ok(Code {
        id: leading_id(&bytes),
        text,
        hash,
    })
}

/// The id of a presented text; None when no code of ours looks like that.
pub fn id_of(presented: &str) -> Option<TokenId> {
    text::read::<48>(PREFIX, presented).map(|bytes| leading_id(&bytes))
}

fn leading_id(bytes: &[u8; 48]) -> TokenId {
    let mut id = [0; 16];
    id.copy_from_slice(&bytes[..16]);
    TokenId(id)
}
