//! The master key: the one secret that is not in the database.
//!
//! From it come the keys that hash client secrets, wrap signing keys and let the command line in.
//! Two may live at once: the first of the list makes new hashes, the others only read old ones
//! until nothing needs them (`grantor keys rekey`). Every stored hash and every wrapped key names
//! the master key it was made with.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::hmac;

use super::generated::{self, Kind};
use crate::random::{self, NoRandomness};

/// A master key with the keys derived from it. Its `Debug` shows the name only.
pub struct MasterKey {
    id: String,
    bytes: zeroize::Zeroizing<[u8; 32]>,
    secrets: hmac::Key,
    operators: hmac::Key,
    forms: hmac::Key,
    wrapping: RandomizedNonceKey,
    check: [u8; 32],
}

/// The keys in use: the first makes, all of them read.
#[derive(Debug)]
pub struct MasterKeys {
    keys: Vec<MasterKey>,
}

/// Why a text is not a list of master keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// Nothing in it.
    #[error("it is empty")]
    Empty,
    /// Not ours, or damaged.
    #[error("line {0} is not a master key (a key starts with `grm_` and ends with a checksum)")]
    Broken(usize),
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MasterKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl MasterKey {
    /// Takes 32 bytes and derives what follows from them (HKDF, RFC 5869).
    pub fn new(bytes: [u8; 32]) -> Self {
        let bytes = zeroize::Zeroizing::new(bytes);
        let derived = |purpose: &[u8]| derive(&bytes, purpose);
        let mut id = String::from("mk_");
        for byte in &derived(b"grantor/master-key/name")[..6] {
            id.push_str(&format!("{byte:02x}"));
        }
        let wrapping = RandomizedNonceKey::new(&AES_256_GCM, &derived(b"grantor/master-key/wrap"));
        #[allow(clippy::expect_used)] // 32 bytes always make an AES-256 key, whatever the input
        let wrapping = wrapping.expect("32 bytes are an AES-256 key");
        Self {
            id,
            secrets: hmac::Key::new(hmac::HMAC_SHA256, &derived(b"grantor/master-key/secrets")),
            operators: hmac::Key::new(hmac::HMAC_SHA256, &derived(b"grantor/master-key/operators")),
            forms: hmac::Key::new(hmac::HMAC_SHA256, &derived(b"grantor/master-key/forms")),
            wrapping,
            check: derived(b"grantor/master-key/check"),
            bytes,
        }
    }

    /// A new one.
    pub fn generate() -> Result<Self, NoRandomness> {
        Ok(Self::new(random::bytes::<32>()?))
    }

    /// The key's public name, safe to store and print.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A value only this key makes, stored to tell a wrong key at start.
    pub fn check(&self) -> &[u8; 32] {
        &self.check
    }

    /// The line it stands as in its file.
    pub fn to_line(&self) -> String {
        generated::write(Kind::MasterKey, &self.bytes)
    }

    /// Keyed hash of a client secret, bound to its credential so that a row cannot be moved.
    pub fn hash_secret(&self, credential: &str, secret: &[u8]) -> [u8; 32] {
        keyed(&self.secrets, &[credential.as_bytes(), secret])
    }

    /// Seal of a short-lived token that the command line makes for itself.
    pub fn seal_operator(&self, claim: &[u8]) -> [u8; 32] {
        keyed(&self.operators, &[claim])
    }

    /// Seal of a form, bound to the browser that was given it.
    pub fn seal_form(&self, browser: &[u8]) -> [u8; 32] {
        keyed(&self.forms, &[browser])
    }

    /// Encrypts (AES-256-GCM), bound to what it belongs to.
    pub fn wrap(&self, belongs_to: &str, plain: &[u8]) -> Option<Vec<u8>> {
        let mut sealed = plain.to_vec();
        let nonce = self
            .wrapping
            .seal_in_place_append_tag(Aad::from(belongs_to.as_bytes()), &mut sealed)
            .ok()?;
        let mut wrapped = nonce.as_ref().to_vec();
        wrapped.append(&mut sealed);
        Some(wrapped)
    }

    /// Decrypts; None when the key is another, the bytes were changed, or they belong to something else.
    pub fn unwrap(&self, belongs_to: &str, wrapped: &[u8]) -> Option<zeroize::Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = wrapped.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut plain = zeroize::Zeroizing::new(sealed.to_vec());
        let length = self
            .wrapping
            .open_in_place(nonce, Aad::from(belongs_to.as_bytes()), &mut plain)
            .ok()?
            .len();
        plain.truncate(length);
        Some(plain)
    }
}

impl MasterKeys {
    /// Reads a list, one key a line (or separated by commas, as an environment variable holds it). `#` starts a comment.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let mut keys = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default();
            for key in line.split(',').map(str::trim).filter(|key| !key.is_empty()) {
                let bytes = generated::read(Kind::MasterKey, key)
                    .ok_or(MasterKeyError::Broken(number + 1))?;
                keys.push(MasterKey::new(bytes));
            }
        }
        if keys.is_empty() {
            Err(MasterKeyError::Empty)
        } else {
            Ok(Self { keys })
        }
    }

    /// A list of one.
    pub fn single(key: MasterKey) -> Self {
        Self { keys: vec![key] }
    }

    /// The list with a new key in front.
    pub fn with_new(&self, key: MasterKey) -> Self {
        let old = self.keys.iter().map(|old| MasterKey::new(*old.bytes));
        Self {
            keys: std::iter::once(key).chain(old).collect(),
        }
    }

    /// The list with only its first key.
    pub fn without_old(&self) -> Self {
        Self::single(MasterKey::new(*self.current().bytes))
    }

    /// The key that makes new hashes.
    #[allow(clippy::indexing_slicing)]
    pub fn current(&self) -> &MasterKey {
        &self.keys[0] // never empty: every constructor puts one in
    }

    /// By name, to read what it made.
    pub fn find(&self, id: &str) -> Option<&MasterKey> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// All, the current one first.
    pub fn iter(&self) -> impl Iterator<Item = &MasterKey> {
        self.keys.iter()
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        let mut text = String::from(
            "# Grantor's master key. Whoever reads it can forge every secret; without it the database is of no use.\n",
        );
        for (place, key) in self.keys.iter().enumerate() {
            if place == 1 {
                text.push_str("# Retiring: only read, until `grantor keys rekey --finish`.\n");
            }
            text.push_str(&key.to_line());
            text.push('\n');
        }
        text
    }
}

fn derive(bytes: &[u8; 32], purpose: &[u8]) -> [u8; 32] {
    struct Length;
    impl aws_lc_rs::hkdf::KeyType for Length {
        fn len(&self) -> usize {
            32
        }
    }
    let mut derived = [0; 32];
    let filled = Salt::new(HKDF_SHA256, b"grantor")
        .extract(bytes)
        .expand(&[purpose], Length)
        .and_then(|okm| okm.fill(&mut derived));
    #[allow(clippy::expect_used)]
    // 32 bytes are within HKDF's bound of 255 blocks, whatever the input
    filled.expect("HKDF gives 32 bytes");
    derived
}

fn keyed(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut tag = [0; 32];
    tag.copy_from_slice(context.sign().as_ref());
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_key_wraps_only_that_key_unwraps_and_only_for_its_owner() {
        let (one, two) = (MasterKey::new([1; 32]), MasterKey::new([2; 32]));
        let wrapped = one.wrap("production/k1", b"private").unwrap_or_default();
        assert_eq!(
            one.unwrap("production/k1", &wrapped)
                .as_deref()
                .map(Vec::as_slice),
            Some(&b"private"[..])
        );
        assert!(one.unwrap("rc/k1", &wrapped).is_none());
        assert!(two.unwrap("production/k1", &wrapped).is_none());
        assert!(one.unwrap("production/k1", b"short").is_none());
    }

    #[test]
    fn a_file_reads_back_with_the_new_key_first() {
        let keys = MasterKeys::single(MasterKey::new([1; 32])).with_new(MasterKey::new([2; 32]));
        let read = MasterKeys::parse(&keys.to_text())
            .map(|keys| keys.iter().map(|k| k.id().to_owned()).collect::<Vec<_>>());
        assert_eq!(
            read,
            Ok(vec![MasterKey::new([2; 32]).id, MasterKey::new([1; 32]).id])
        );
        assert!(!format!("{keys:?}").contains("grm_"));
    }

    #[test]
    fn a_hash_is_bound_to_its_credential() {
        let key = MasterKey::new([1; 32]);
        assert_ne!(key.hash_secret("a", b"bc"), key.hash_secret("ab", b"c"));
    }
}
