//! Opaque access tokens: how each look is made, and what a presented text can be.
//!
//! | look | text | found by |
//! |---|---|---|
//! | `opaque` | `gra_`, 64 base64url characters (16 bytes of id, 32 of secret), 6 of checksum | its id |
//! | `opaque-hex64` | 64 lower-case hex digits (16 bytes of id, 16 of secret) | its id |
//! | `opaque-base64url` | 128 base64url characters (16 bytes of id, 80 of secret) | its id |
//! | `opaque-hex32` | 32 lower-case hex digits, all secret | half of its SHA-256 |
//!
//! An id is time-ordered, so that rows are appended and found in the part of the tree that is warm;
//! its last eight bytes are random too, so every look holds at least 128 unpredictable bits, and
//! every look but `opaque-hex32`, which has no room, at least 192. Only the SHA-256 of the text is kept.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth::dialect::AccessTokenFormat;
use store::{Millis, TokenId};

use super::cache::TokenHash;
use super::text;
use crate::random::{self, NoRandomness};

/// What a leak scanner looks for.
pub const PREFIX: &str = "gra_";

/// A new token: its text, and what is remembered of it.
pub struct Opaque {
    /// The text, known to nobody else after it is answered.
    pub text: String,
    /// What it is found by.
    pub id: TokenId,
    /// What proves it.
    pub hash: TokenHash,
}

/// Makes a token of a look. JWTs are made elsewhere; asking for one gives the default look.
pub fn mint(look: AccessTokenFormat, now: Millis) -> Result<Opaque, NoRandomness> {
    let mut text = String::with_capacity(128);
    let id = match look {
        AccessTokenFormat::OpaqueHex32 => {
            text.push_str(&hex(&random::bytes::<16>()?));
            None
        }
        AccessTokenFormat::OpaqueHex64 => {
            let bytes = random::ordered::<32>(now)?;
            text.push_str(&hex(&bytes));
            leading_id(&bytes)
        }
        AccessTokenFormat::OpaqueBase64url => {
            let bytes = random::ordered::<96>(now)?;
            URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
            leading_id(&bytes)
        }
        AccessTokenFormat::Opaque | AccessTokenFormat::Jwt => {
            let bytes = random::ordered::<48>(now)?;
            text = text::write(PREFIX, &bytes);
            leading_id(&bytes)
        }
    };
    let hash = hash(&text);
    let id = id.unwrap_or_else(|| id_of_hash(&hash));
    Ok(Opaque { text, id, hash })
}

/// The id of a presented text, by its shape; None when no token of ours looks like that.
///
/// Every shape is read in every environment, so that changing `access_token_format` ends no live token.
pub fn id_of(text: &str, hash: &TokenHash) -> Option<TokenId> {
    if text.starts_with(PREFIX) {
        return leading_id(&text::read::<48>(PREFIX, text)?);
    }
    match text.len() {
        32 if is_hex(text) => Some(id_of_hash(hash)),
        64 if is_hex(text) => leading_id(&unhex(text)?),
        128 => leading_id(&URL_SAFE_NO_PAD.decode(text).ok()?),
        _ => None,
    }
}

/// SHA-256 of a token's text.
pub fn hash(text: &str) -> TokenHash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    hash
}

fn id_of_hash(hash: &TokenHash) -> TokenId {
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    TokenId(id)
}

fn leading_id(bytes: &[u8]) -> Option<TokenId> {
    Some(TokenId(*bytes.first_chunk::<16>()?))
}

fn is_hex(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// The bytes of lower-case hex.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks_exact(2);
    if !digits.remainder().is_empty() {
        return None;
    }
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const LOOKS: [AccessTokenFormat; 4] = [
        AccessTokenFormat::Opaque,
        AccessTokenFormat::OpaqueHex64,
        AccessTokenFormat::OpaqueHex32,
        AccessTokenFormat::OpaqueBase64url,
    ];

    #[test]
    fn each_look_is_found_again_by_its_text() {
        for look in LOOKS {
            let token = mint(look, 1_790_000_000_000).unwrap();
            assert_eq!(
                id_of(&token.text, &hash(&token.text)),
                Some(token.id),
                "{look:?}"
            );
            assert!(
                token
                    .text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            );
        }
    }

    #[test]
    fn s084_a_hundred_thousand_tokens_are_all_different_and_ordered_by_time() {
        let mut ids = std::collections::HashSet::new();
        let mut last = [0; 8];
        for at in 0..100_000_i64 {
            let token = mint(AccessTokenFormat::Opaque, 1_790_000_000_000 + at).unwrap();
            let head: [u8; 8] = *token.id.0.first_chunk().unwrap();
            assert!(head[..6] > last[..6]);
            last = head;
            assert!(ids.insert(token.text));
        }
    }

    #[test]
    fn texts_that_are_no_tokens_have_no_id() {
        for text in [
            "",
            "gra_",
            "gra_é",
            &"g".repeat(64),
            &"A".repeat(64),
            &"é".repeat(64),
            &"=".repeat(128),
            &"0".repeat(33),
        ] {
            assert_eq!(id_of(text, &hash(text)), None, "{text}");
        }
    }
}
