//! Secrets that a person chose: Argon2id, off the async threads, behind a bound, remembered once proven.
//!
//! The hash is made over an HMAC of the secret under the master key (a pepper), so that a stolen
//! database alone cannot be searched. A proven secret is remembered as an HMAC under a key that is
//! born and dies with the process; a hundred requests with the same secret cost one Argon2id.

use std::sync::Arc;

use argon2::password_hash::PasswordHasher;
use argon2::{Algorithm, Argon2, Params, PasswordVerifier, Version};
use aws_lc_rs::hmac;
use secrecy::{ExposeSecret, SecretString};
use store::{Millis, NewSecret, SecretScheme};
use tokio::sync::{Mutex, Semaphore};

use super::master_key::MasterKeys;
use crate::memory;
use crate::random::{self, NoRandomness};

/// A hash of nobody's secret, of the same cost as every other.
pub const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Z3JhbnRvci1kZWNveS1zYWx0$0f3l4RkqIY5JXxFJYIYOKpHqPZ4nCMYdCTtxUQUyLvg";

/// Shortest secret a person may choose. With no second factor behind it, longer than NIST's eight for passwords.
pub const SHORTEST: usize = 12;
/// Longest, as clients can send it (256 bytes at the token endpoint).
pub const LONGEST: usize = 256;
/// So many requests may wait for the hasher before more are told to come back.
const WAITING: usize = 64;
/// How many proven secrets are remembered.
const REMEMBERED: usize = 10_000;

/// All hashing places are taken: 503, not a word about the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many chosen secrets are being checked at once")]
pub struct HashingBusy;

/// Why a password could not be hashed: never its own fault.
#[derive(Debug, thiserror::Error)]
pub enum PasswordNotHashed {
    /// All places are taken.
    #[error(transparent)]
    Busy(#[from] HashingBusy),
    /// The operating system.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// The hasher itself.
    #[error("the password could not be hashed: {0}")]
    Hasher(String),
}

/// Why a chosen secret is not good enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooWeak {
    /// By length.
    #[error("a chosen secret has at least {SHORTEST} characters")]
    TooShort,
    /// By length, in bytes.
    #[error("a chosen secret has at most {LONGEST} bytes")]
    TooLong,
    /// By variety.
    #[error("a chosen secret has at least five different characters")]
    TooUniform,
    /// Bytes that clients cannot send alike (RFC 6749 appendix A.2).
    #[error(
        "a chosen secret has only printable ASCII characters, since client libraries disagree about how to send others"
    )]
    NotPrintableAscii,
}

/// Checks and remembers chosen secrets.
pub struct ChosenSecrets {
    places: Arc<Semaphore>,
    waiting: Semaphore,
    proven: quick_cache::sync::Cache<[u8; 32], ()>,
    memory_key: hmac::Key,
    /// One check at a time per secret: the second of two equal requests finds the first one's answer.
    flights: [Mutex<()>; 32],
}

impl ChosenSecrets {
    /// `places`: how many hashes may run at once (cores).
    pub fn new(places: usize) -> Result<Self, NoRandomness> {
        Ok(Self {
            places: Arc::new(Semaphore::new(places.max(1))),
            waiting: Semaphore::new(WAITING),
            proven: memory::bounded(REMEMBERED),
            memory_key: hmac::Key::new(hmac::HMAC_SHA256, &random::bytes::<32>()?),
            flights: std::array::from_fn(|_| Mutex::new(())),
        })
    }

    /// Whether the peppered secret has that hash.
    pub async fn verify(&self, hash: &[u8], peppered: [u8; 32]) -> Result<bool, HashingBusy> {
        let stored = hash.to_vec();
        let work = move || is_hash_of(&stored, &peppered);
        self.prove(hash, peppered, work, |right| right).await
    }

    /// Whether work of any kind proves the peppered secret: done in a place, once at a time for each secret, and not again for
    /// one that was right. `judge` says whether what came out of the work is right.
    pub async fn prove<T: Send + 'static>(
        &self,
        hash: &[u8],
        peppered: [u8; 32],
        work: impl FnOnce() -> T + Send + 'static,
        judge: impl FnOnce(T) -> bool,
    ) -> Result<bool, HashingBusy> {
        let name = self.memory_name(hash, &peppered);
        if self.proven.get(&name).is_some() {
            return Ok(true);
        }
        let _waiting = self.waiting.try_acquire().map_err(|_| HashingBusy)?;
        let _flight = self.flights[usize::from(name[0]) % self.flights.len()]
            .lock()
            .await;
        if self.proven.get(&name).is_some() {
            return Ok(true);
        }
        let right = judge(self.hashing(work).await?);
        if right {
            self.proven.insert(name, ());
        }
        Ok(right)
    }

    /// Judges and hashes a secret that a person chose.
    pub async fn hash(
        &self,
        keys: &MasterKeys,
        credential: &str,
        secret: &SecretString,
        now: Millis,
    ) -> anyhow::Result<NewSecret> {
        judge(secret.expose_secret())?;
        let peppered = keys
            .current()
            .hash_secret(credential, secret.expose_secret().as_bytes());
        let salt = random::bytes::<16>()?;
        let hash = self
            .hashing(move || {
                argon2id()
                    .hash_password_with_salt(&peppered, &salt)
                    .map(|h| h.to_string())
            })
            .await?;
        Ok(NewSecret {
            id: random::uuid(now)?,
            scheme: SecretScheme::Argon2id,
            hash: hash
                .map_err(|error| anyhow::anyhow!("the secret could not be hashed: {error}"))?
                .into_bytes(),
            master_key_id: keys.current().id().to_owned(),
            hint: String::new(), // four characters of a chosen secret would be four too many
            created_at: now,
            expires_at: None,
            way_back: None,
        })
    }

    /// Hashes a peppered password. Waits for a place; when too many wait already, says so.
    ///
    /// # Errors
    /// All places are taken.
    pub async fn hash_password(&self, peppered: [u8; 32]) -> Result<Vec<u8>, PasswordNotHashed> {
        let _waiting = self.waiting.try_acquire().map_err(|_| HashingBusy)?;
        let salt = random::bytes::<16>()?;
        let hash = self
            .hashing(move || {
                argon2id()
                    .hash_password_with_salt(&peppered, &salt)
                    .map(|h| h.to_string())
            })
            .await?;
        hash.map(String::into_bytes)
            .map_err(|error| PasswordNotHashed::Hasher(error.to_string()))
    }

    /// Whether a peppered password has that hash. Unlike a secret of a program it is not remembered: a person signs in
    /// seldom, and who signs in is to be asked each time.
    ///
    /// # Errors
    /// All places are taken.
    pub async fn verify_password(
        &self,
        hash: Vec<u8>,
        peppered: [u8; 32],
    ) -> Result<bool, HashingBusy> {
        let _waiting = self.waiting.try_acquire().map_err(|_| HashingBusy)?;
        self.hashing(move || is_hash_of(&hash, &peppered)).await
    }

    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashingBusy> {
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(|_| HashingBusy)?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        })
        .await
        .map_err(|_| HashingBusy)
    }

    fn memory_name(&self, hash: &[u8], peppered: &[u8; 32]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.memory_key);
        context.update(peppered);
        context.update(hash);
        let mut name = [0; 32];
        name.copy_from_slice(context.sign().as_ref());
        name
    }
}

/// Whether a chosen secret may be used.
pub fn judge(secret: &str) -> Result<(), TooWeak> {
    if !secret.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
        return Err(TooWeak::NotPrintableAscii);
    }
    if secret.len() < SHORTEST {
        return Err(TooWeak::TooShort);
    }
    if secret.len() > LONGEST {
        return Err(TooWeak::TooLong);
    }
    let mut seen: Vec<u8> = secret.bytes().collect();
    seen.sort_unstable();
    seen.dedup();
    if seen.len() < 5 {
        Err(TooWeak::TooUniform)
    } else {
        Ok(())
    }
}

/// 19 MiB and two passes: OWASP's first choice for Argon2id.
fn argon2id() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

fn is_hash_of(hash: &[u8], peppered: &[u8; 32]) -> bool {
    let Ok(text) = std::str::from_utf8(hash) else {
        return false;
    };
    let Ok(parsed) = argon2::PasswordHash::new(text) else {
        return false;
    };
    argon2id().verify_password(peppered, &parsed).is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn a_chosen_secret_is_proven_once_and_a_wrong_one_never() {
        let keys = MasterKeys::single(crate::secrets::master_key::MasterKey::new([1; 32]));
        let chosen = ChosenSecrets::new(1).unwrap();
        let stored = chosen
            .hash(&keys, "c", &SecretString::from("correct-horse-9"), 1)
            .await
            .unwrap();
        let right = keys.current().hash_secret("c", b"correct-horse-9");
        let wrong = keys.current().hash_secret("c", b"correct-horse-8");
        assert!(chosen.verify(&stored.hash, right).await.unwrap());
        assert_eq!(chosen.proven.len(), 1);
        assert!(chosen.verify(&stored.hash, right).await.unwrap());
        assert!(!chosen.verify(&stored.hash, wrong).await.unwrap());
        assert!(!chosen.verify(DECOY.as_bytes(), right).await.unwrap());
        assert_eq!(chosen.proven.len(), 1);
    }

    #[test]
    fn the_decoy_costs_what_a_real_hash_costs() {
        let parsed = argon2::PasswordHash::new(DECOY).unwrap();
        let params = Params::try_from(&parsed).unwrap();
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (19 * 1024, 2, 1)
        );
        assert_eq!(params.m_cost(), Params::default().m_cost());
    }

    #[test]
    fn weak_choices_are_named() {
        assert_eq!(judge("short"), Err(TooWeak::TooShort));
        assert_eq!(judge("aaaaaaaaaaaaaaaa"), Err(TooWeak::TooUniform));
        assert_eq!(judge("pässwörter-lang"), Err(TooWeak::NotPrintableAscii));
        assert_eq!(judge(&"abcdefg".repeat(40)), Err(TooWeak::TooLong));
        assert_eq!(judge("correct-horse-9"), Ok(()));
    }
}
