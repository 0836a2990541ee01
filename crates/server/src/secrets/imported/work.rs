//! How other servers make the hash of a secret, and how much of that work we do for a stranger.

use std::num::NonZeroU32;

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::digest::{self, digest};
use aws_lc_rs::pbkdf2;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

/// Bytes of which bcrypt looks at no more.
const BCRYPT_LOOKS_AT: usize = 72;
/// Rounds of PBKDF2 at most: some half a second.
const MOST_ITERATIONS: u32 = 2_000_000;
/// The dearest bcrypt: 2^14 rounds, about a second.
const DEAREST_BCRYPT: u32 = 14;
/// Memory of one check at most, in KiB: 128 MiB, times the places.
const MOST_MEMORY: u64 = 128 * 1024;
/// Passes of Argon2 at most.
const MOST_PASSES: u32 = 10;
/// Lanes of Argon2 and of scrypt at most.
const MOST_LANES: u32 = 16;
/// Rounds of a digest at most.
const MOST_ROUNDS: u32 = 100_000;
/// Bytes of a salt or of a digest at most.
const LONGEST: usize = 256;
/// Bytes of a derived key at least: fewer could be met by chance.
const SHORTEST_KEY: usize = 16;

/// Bytes, as base64 in JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

/// A digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Digest {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// A variant of Argon2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// Argon2d.
    Argon2d,
    /// Argon2i.
    Argon2i,
    /// Argon2id.
    Argon2id,
}

/// A scheme with its parameters and its salt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "scheme", rename_all = "kebab-case")]
pub enum Work {
    /// None: the old server kept the secret itself.
    Plain,
    /// One digest, no salt.
    Digest {
        /// Which.
        function: Digest,
    },
    /// A digest of the secret with the salt behind it.
    SaltBehind {
        /// Which.
        function: Digest,
        /// The salt.
        salt: Bytes,
    },
    /// SHA-256 of salt and secret, and of that, and so on.
    SaltBefore {
        /// How often.
        rounds: u32,
        /// The salt.
        salt: Bytes,
    },
    /// PBKDF2 (RFC 8018 §5.2).
    Pbkdf2 {
        /// Of HMAC with this digest.
        function: Digest,
        /// How often.
        iterations: u32,
        /// The salt.
        salt: Bytes,
        /// Bytes of the derived key.
        length: usize,
    },
    /// bcrypt, of the first 72 bytes.
    Bcrypt {
        /// 2^cost rounds.
        cost: u32,
        /// 16 bytes.
        salt: Bytes,
    },
    /// scrypt (RFC 7914).
    Scrypt {
        /// The logarithm of N.
        log_n: u8,
        /// Block size.
        r: u32,
        /// Parallelism.
        p: u32,
        /// The salt.
        salt: Bytes,
        /// Bytes of the derived key.
        length: usize,
    },
    /// Argon2 (RFC 9106).
    Argon2 {
        /// Which.
        variant: Variant,
        /// 16 or 19.
        version: u32,
        /// KiB.
        memory: u32,
        /// How often over it.
        passes: u32,
        /// Lanes.
        lanes: u32,
        /// The salt.
        salt: Bytes,
        /// Bytes of the derived key.
        length: usize,
    },
}

/// Why a hash cannot come: a sentence's middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A check would cost more than is done for a stranger.
    #[error("costs more to check than Grantor does for a stranger")]
    TooDear,
    /// Too short or too long to be what it says.
    #[error("is not of a length that its scheme has")]
    Length,
}

impl Work {
    /// Whether a check takes long enough to need a place of its own.
    pub fn is_dear(&self) -> bool {
        match self {
            Self::Plain | Self::Digest { .. } | Self::SaltBehind { .. } => false,
            Self::SaltBefore { rounds, .. } => *rounds > 2_000,
            Self::Pbkdf2 { .. }
            | Self::Bcrypt { .. }
            | Self::Scrypt { .. }
            | Self::Argon2 { .. } => true,
        }
    }

    /// Judges the parameters, and the digest that came with them.
    ///
    /// # Errors
    /// See [`Unfit`].
    pub fn judge(&self, digest: &[u8]) -> Result<(), Unfit> {
        let (salt, expected) = match self {
            Self::Plain => (None, digest.len().clamp(1, LONGEST)),
            Self::Digest { function } => (None, function.length()),
            Self::SaltBehind { function, salt } => (Some(salt), function.length()),
            Self::SaltBefore { salt, .. } => (Some(salt), Digest::Sha256.length()),
            Self::Bcrypt { salt, .. } => (Some(salt), 23),
            Self::Pbkdf2 { salt, length, .. }
            | Self::Scrypt { salt, length, .. }
            | Self::Argon2 { salt, length, .. } => {
                (Some(salt), (*length).clamp(SHORTEST_KEY, LONGEST))
            }
        };
        let salt_fits = salt.is_none_or(|salt| match self {
            Self::Bcrypt { .. } => salt.0.len() == 16,
            _ => (1..=LONGEST).contains(&salt.0.len()),
        });
        if digest.len() != expected || !salt_fits {
            return Err(Unfit::Length);
        }
        match self.is_within_bounds() {
            true => Ok(()),
            false => Err(Unfit::TooDear),
        }
    }

    fn is_within_bounds(&self) -> bool {
        match *self {
            Self::Plain | Self::Digest { .. } | Self::SaltBehind { .. } => true,
            Self::SaltBefore { rounds, .. } => (1..=MOST_ROUNDS).contains(&rounds),
            Self::Pbkdf2 { iterations, .. } => (1..=MOST_ITERATIONS).contains(&iterations),
            Self::Bcrypt { cost, .. } => (4..=DEAREST_BCRYPT).contains(&cost),
            Self::Scrypt { log_n, r, p, .. } => {
                let kib = 1_u64
                    .checked_shl(log_n.into())
                    .and_then(|n| n.checked_mul(r.into()))
                    .map(|blocks| blocks.div_ceil(8));
                log_n > 0
                    && r > 0
                    && (1..=MOST_LANES).contains(&p)
                    && kib
                        .and_then(|kib| kib.checked_mul(p.into()))
                        .is_some_and(|kib| kib <= MOST_MEMORY)
            }
            Self::Argon2 {
                version,
                memory,
                passes,
                lanes,
                ..
            } => {
                matches!(version, 16 | 19)
                    && u64::from(memory) <= MOST_MEMORY
                    && (1..=MOST_PASSES).contains(&passes)
                    && (1..=MOST_LANES).contains(&lanes)
            }
        }
    }

    /// Does the work; none where it cannot be done, which no secret then passes.
    pub fn of(&self, secret: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        // Rows are judged before they come; a row that somebody wrote into the database is judged again.
        if !self.is_within_bounds() {
            return None;
        }
        match self {
            Self::Plain => Some(Zeroizing::new(secret.to_vec())),
            Self::Digest { function } => Some(function.of(&[secret])),
            Self::SaltBehind { function, salt } => Some(function.of(&[secret, &salt.0])),
            Self::SaltBefore { rounds, salt } => {
                let mut made = Digest::Sha256.of(&[&salt.0, secret]);
                for _ in 1..*rounds {
                    made = Digest::Sha256.of(&[&made]);
                }
                Some(made)
            }
            Self::Pbkdf2 {
                function,
                iterations,
                salt,
                length,
            } => {
                let mut made = key_of(*length)?;
                let iterations = NonZeroU32::new(*iterations)?;
                pbkdf2::derive(function.pbkdf2(), iterations, &salt.0, secret, &mut made);
                Some(made)
            }
            Self::Bcrypt { cost, salt } => bcrypt(*cost, &salt.0, secret),
            Self::Scrypt {
                log_n,
                r,
                p,
                salt,
                length,
            } => {
                let mut made = key_of(*length)?;
                let params = scrypt::Params::new(*log_n, *r, *p).ok()?;
                scrypt::scrypt(secret, &salt.0, &params, &mut made).ok()?;
                Some(made)
            }
            Self::Argon2 {
                variant,
                version,
                memory,
                passes,
                lanes,
                salt,
                length,
            } => {
                let mut made = key_of(*length)?;
                let params = Params::new(*memory, *passes, *lanes, Some(*length)).ok()?;
                let version = Version::try_from(*version).ok()?;
                Argon2::new(variant.algorithm(), version, params)
                    .hash_password_into(secret, &salt.0, &mut made)
                    .ok()?;
                Some(made)
            }
        }
    }
}

/// Room for a derived key of a length that was judged.
fn key_of(length: usize) -> Option<Zeroizing<Vec<u8>>> {
    (SHORTEST_KEY..=LONGEST)
        .contains(&length)
        .then(|| Zeroizing::new(vec![0; length]))
}

/// As everywhere: with a zero byte behind the secret, of 72 bytes at most. A zero within it would end it early.
fn bcrypt(cost: u32, salt: &[u8], secret: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if secret.contains(&0) {
        return None;
    }
    let mut key = Zeroizing::new(secret.to_vec());
    key.push(0);
    key.truncate(BCRYPT_LOOKS_AT);
    let made = Zeroizing::new(bcrypt::bcrypt(cost, salt.try_into().ok()?, &key));
    made.get(..23).map(|made| Zeroizing::new(made.to_vec()))
}

impl Digest {
    /// Bytes that come out.
    pub fn length(self) -> usize {
        self.algorithm().output_len()
    }

    fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha512 => &digest::SHA512,
        }
    }

    fn pbkdf2(self) -> pbkdf2::Algorithm {
        match self {
            Self::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Self::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Self::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        }
    }

    fn of(self, pieces: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        let whole = Zeroizing::new(pieces.concat());
        Zeroizing::new(digest(self.algorithm(), &whole).as_ref().to_vec())
    }
}

impl Variant {
    fn algorithm(self) -> Algorithm {
        match self {
            Self::Argon2d => Algorithm::Argon2d,
            Self::Argon2i => Algorithm::Argon2i,
            Self::Argon2id => Algorithm::Argon2id,
        }
    }
}

/// Base64 as it stands in JSON.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        // Not a word of what it was: it may be a secret.
        let bytes = STANDARD.decode(text.as_bytes());
        bytes.map(Self).map_err(|_| de::Error::custom("not base64"))
    }
}
