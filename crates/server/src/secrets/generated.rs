//! How generated secrets look: `grs_` + 43 characters (256 bits) + 6 characters of checksum.
//!
//! The prefix says whose it is and the checksum lets a leak scanner tell a real one from a
//! look-alike without asking us. Only `[A-Za-z0-9_-]`, because client libraries disagree about how
//! anything else stands in a Basic header.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;

use crate::random::{self, NoRandomness};

/// What a text is for; its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A client secret.
    ClientSecret,
    /// A bearer token for the management API.
    OperatorToken,
    /// The master key in its file.
    MasterKey,
}

impl Kind {
    /// The four characters a scanner looks for.
    pub const fn prefix(self) -> &'static str {
        match self {
            Kind::ClientSecret => "grs_",
            Kind::OperatorToken => "gro_",
            Kind::MasterKey => "grm_",
        }
    }
}

/// A new secret of 256 random bits.
pub fn generate(kind: Kind) -> Result<SecretString, NoRandomness> {
    Ok(SecretString::from(write(kind, &random::bytes::<32>()?)))
}

/// The text of 32 bytes.
pub fn write(kind: Kind, bytes: &[u8; 32]) -> String {
    let mut text = String::with_capacity(4 + 43 + 6);
    text.push_str(kind.prefix());
    URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
    let checksum = checksum(&text);
    text.push_str(&checksum);
    text
}

/// The 32 bytes back; None when the prefix, the length or the checksum is wrong.
pub fn read(kind: Kind, text: &str) -> Option<[u8; 32]> {
    let body = text.get(..text.len().checked_sub(6)?)?;
    let encoded = body.strip_prefix(kind.prefix())?;
    if text.get(body.len()..)? != checksum(body) {
        return None;
    }
    URL_SAFE_NO_PAD.decode(encoded).ok()?.try_into().ok()
}

/// CRC-32 of the text before it, as six base-62 digits.
pub fn checksum(text: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    digits.iter().map(|&digit| char::from(digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_reads_back_and_one_changed_character_does_not() {
        let text = write(Kind::ClientSecret, &[7; 32]);
        assert_eq!(text.len(), 53);
        assert_eq!(read(Kind::ClientSecret, &text), Some([7; 32]));
        assert_eq!(read(Kind::OperatorToken, &text), None);
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'a' { b'b' } else { b'a' };
            let changed = String::from_utf8(changed).unwrap_or_default();
            assert_eq!(read(Kind::ClientSecret, &changed), None, "{at}");
        }
    }

    #[test]
    fn a_text_that_is_cut_or_foreign_is_refused_without_a_panic() {
        for text in ["", "grs_", "é", "grs_é…………", "xxxxxxxxxxxx"] {
            assert_eq!(read(Kind::ClientSecret, text), None);
        }
    }
}
