//! Passwords: the rules of NIST SP 800-63B (length and a list of known ones, nothing about composition), and their hashes.
//!
//! One normal form (NFC) when a password is set and when it is checked; Argon2id over an HMAC under the
//! master key, as with secrets that a person chose.

use store::{NewPassword, PasswordHash};
use unicode_normalization::UnicodeNormalization;

use super::breached;
use crate::platform::Platform;
use crate::secrets::chosen::{DECOY, HashingBusy, PasswordNotHashed};
use crate::secrets::master_key::MasterKey;

/// Fewest characters.
pub const SHORTEST: usize = 8;
/// Most bytes: more never reaches the hasher.
pub const LONGEST: usize = 1024;

/// Why a password may not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// By length.
    #[error("a password has at least {SHORTEST} characters")]
    TooShort,
    /// By length.
    #[error("a password has at most {LONGEST} bytes")]
    TooLong,
    /// Characters that not every keyboard and program sends alike.
    #[error("a password has no control characters")]
    ControlCharacter,
    /// Known to everybody who tries passwords out.
    #[error("this password is on every list of common passwords; choose another one")]
    Breached,
    /// Made of the name to sign in with.
    #[error("a password is not the username; choose another one")]
    LikeUsername,
    /// Changing means changing.
    #[error("the new password is the old one; choose another one")]
    Unchanged,
}

impl Unfit {
    /// Its name in the catalogue of sentences.
    pub fn message(self) -> &'static str {
        match self {
            Self::TooShort => "password-too-short",
            Self::TooLong => "password-too-long",
            Self::ControlCharacter => "password-control-character",
            Self::Breached => "password-breached",
            Self::LikeUsername => "password-like-username",
            Self::Unchanged => "password-unchanged",
        }
    }
}

/// Judges a password that its person chose.
///
/// # Errors
/// Why it may not be used.
pub fn judge(password: &str, username: &str) -> Result<(), Unfit> {
    judge_temporary(password)?;
    let normal = normal(password).to_lowercase();
    let username = username.to_lowercase();
    let before_at = username.split('@').next().unwrap_or_default();
    // The name with a digit or two around it is the name.
    let bare = normal.trim_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    if [username.as_str(), before_at]
        .iter()
        .any(|name| normal == *name || bare == *name)
    {
        return Err(Unfit::LikeUsername);
    }
    if breached::contains(&normal) {
        return Err(Unfit::Breached);
    }
    Ok(())
}

/// Judges a password that an operator set and its person must change: only what no password can be.
///
/// # Errors
/// Why it may not be used.
pub fn judge_temporary(password: &str) -> Result<(), Unfit> {
    if password.len() > LONGEST {
        return Err(Unfit::TooLong);
    }
    if password.chars().any(char::is_control) {
        return Err(Unfit::ControlCharacter);
    }
    if password.nfc().count() < SHORTEST {
        return Err(Unfit::TooShort);
    }
    Ok(())
}

/// A password as it may reach the hasher: one longer than any that can be set is nobody's, and no work.
pub fn bounded(password: &str) -> &str {
    if password.len() > LONGEST {
        ""
    } else {
        password
    }
}

/// Whether two texts are one password.
pub fn is_same(one: &str, other: &str) -> bool {
    normal(one) == normal(other)
}

/// Hashes under the current master key.
///
/// # Errors
/// Too many are hashed at once, or the machine fails.
pub async fn hash(
    platform: &Platform,
    person_id: &str,
    password: &str,
    must_change: bool,
) -> Result<NewPassword, PasswordNotHashed> {
    let masters = platform.master_keys.load_full();
    let key = masters.current();
    let peppered = pepper(key, person_id, password);
    Ok(NewPassword {
        hash: platform.chosen_secrets.hash_password(peppered).await?,
        master_key_id: key.id().to_owned(),
        must_change,
    })
}

/// Whether a password is the person's. Of nobody's password the same work is done (`person` is None).
///
/// # Errors
/// Too many are checked at once.
pub async fn verify(
    platform: &Platform,
    person: Option<(&str, &PasswordHash)>,
    password: &str,
) -> Result<bool, HashingBusy> {
    let masters = platform.master_keys.load_full();
    let (id, hash, key) = match person {
        Some((id, kept)) => match masters.find(&kept.master_key_id) {
            Some(key) => (id, kept.hash.clone(), key),
            // Under a key this process does not have: nobody's.
            None => (id, DECOY.as_bytes().to_vec(), masters.current()),
        },
        None => ("", DECOY.as_bytes().to_vec(), masters.current()),
    };
    let peppered = pepper(key, id, password);
    platform
        .chosen_secrets
        .verify_password(hash, peppered)
        .await
}

fn pepper(key: &MasterKey, person_id: &str, password: &str) -> [u8; 32] {
    key.hash_secret(&format!("person:{person_id}"), normal(password).as_bytes())
}

fn normal(password: &str) -> String {
    password.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s092_the_rules_are_length_and_the_list() {
        assert_eq!(judge("x", "anna"), Err(Unfit::TooShort));
        assert_eq!(judge("seven77", "anna"), Err(Unfit::TooShort));
        assert_eq!(
            judge(&"long enough ".repeat(100), "anna"),
            Err(Unfit::TooLong)
        );
        assert_eq!(
            judge("with a \0 inside", "anna"),
            Err(Unfit::ControlCharacter)
        );
        assert_eq!(judge("Password123", "anna"), Err(Unfit::Breached));
        assert_eq!(
            judge("annabelle1", "Annabelle@example.com"),
            Err(Unfit::LikeUsername)
        );
        assert_eq!(judge("tomato bicycle", "anna"), Ok(()));
        assert_eq!(judge("ein größeres Gedächtnis", "anna"), Ok(()));
        assert_eq!(judge_temporary("Password123"), Ok(()));
    }

    #[test]
    fn s092_composed_and_decomposed_spellings_are_one_password() {
        let key = MasterKey::new([7; 32]);
        assert_eq!(
            pepper(&key, "p", "se\u{301}same ouvre-toi"),
            pepper(&key, "p", "s\u{e9}same ouvre-toi")
        );
        let long = "a".repeat(72);
        assert_ne!(
            pepper(&key, "p", &format!("{long}1")),
            pepper(&key, "p", &format!("{long}2"))
        );
        assert_ne!(
            pepper(&key, "p", "secret words"),
            pepper(&key, "q", "secret words")
        );
    }
}
