//! The texts in which other servers keep the hash of a secret.
//!
//! A text that is not exactly what its scheme writes is refused: taken for the secret itself, it would let in whoever read the old
//! server's database.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::client::Obstacle;
use crate::secrets::imported::OldHash;
use crate::secrets::imported::work::{Bytes, Digest, Unfit, Variant, Work};

mod django;
mod modular;
mod spring;

pub use django::{django, is_django};
pub use modular::{argon2, aspnet, bcrypt, pbkdf2};
pub use spring::spring;

/// Base64 with or without its padding.
const STANDARD: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Bytes of a secret at most, as clients can send it.
const LONGEST_SECRET: usize = 256;

/// Why a text cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is nothing that this format writes.
    Garbled,
    /// A scheme that is not verified here.
    Scheme(String),
    /// Too dear, or of a wrong length.
    Unfit(Unfit),
    /// A secret that no client could send here.
    NotSendable,
}

impl Unreadable {
    /// For the report.
    pub fn obstacle(&self) -> Obstacle {
        const ANEW: &str =
            "Give it a new secret here after it came without this one, or there before.";
        match self {
            Self::Garbled => Obstacle::new(
                "Its secret is kept in a form that this format does not have.",
                "Look at that row in the old server; name the form (`--secrets`) if another is in use. It is never taken for the secret itself.",
            ),
            Self::Scheme(scheme) => Obstacle::new(
                format!("Its secret is hashed by {scheme}, which is not verified here."),
                ANEW,
            ),
            Self::Unfit(unfit) => Obstacle::new(format!("The hash of its secret {unfit}."), ANEW),
            Self::NotSendable => Obstacle::new(
                "Its secret is empty, longer than 256 bytes, or holds control characters.",
                ANEW,
            ),
        }
    }
}

/// What a reader of texts answers.
pub type Taken = Result<OldHash, Unreadable>;

/// A secret that was kept as it is.
pub fn plain(secret: &str) -> Taken {
    let sendable =
        (1..=LONGEST_SECRET).contains(&secret.len()) && !secret.chars().any(char::is_control);
    match sendable {
        true => judged(Work::Plain, secret.as_bytes().to_vec()),
        false => Err(Unreadable::NotSendable),
    }
}

/// SHA-256 or SHA-512 without a salt, in hex or base64 of either alphabet; the length says which.
pub fn digest(text: &str) -> Taken {
    let bytes = hex(text)
        .filter(|bytes| matches!(bytes.len(), 32 | 64))
        .or_else(|| base64(text))
        .ok_or(Unreadable::Garbled)?;
    let function = match bytes.len() {
        32 => Digest::Sha256,
        64 => Digest::Sha512,
        _ => return Err(Unreadable::Garbled),
    };
    judged(Work::Digest { function }, bytes)
}

/// Whatever says by itself what it is: bcrypt, PBKDF2, Argon2, with or without the `{name}` of Spring.
pub fn self_describing(text: &str) -> Taken {
    match text {
        _ if text.starts_with('{') => spring(text),
        _ if text.starts_with("$2") => bcrypt(text),
        _ if text.starts_with("$pbkdf2") => pbkdf2(text),
        _ if text.starts_with("$argon2") => argon2(text),
        _ if is_django(text) => django(text),
        _ => Err(Unreadable::Garbled),
    }
}

fn judged(work: Work, digest: Vec<u8>) -> Taken {
    work.judge(&digest).map_err(Unreadable::Unfit)?;
    Ok(OldHash {
        work,
        digest: Bytes(digest),
    })
}

/// Bytes in hex of either case.
pub fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    if text.is_empty() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = text.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| Some(digit(*pair.first()?)? * 16 + digit(*pair.get(1)?)?))
        .collect()
}

/// Bytes in base64 of either alphabet.
pub fn base64(text: &str) -> Option<Vec<u8>> {
    STANDARD
        .decode(text)
        .or_else(|_| URL_SAFE.decode(text))
        .ok()
}

#[cfg(test)]
mod tests;
