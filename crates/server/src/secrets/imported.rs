//! Secrets that came from another server under its hash: checked as that server did, until their first use.
//!
//! What is kept is not the old server's hash but an HMAC of it under the master key, beside all that its making needs (the
//! scheme, its cost, its salt): a stolen database alone cannot be searched, however poor the old hash was, and nothing in
//! it is anything the old server ever stored. The dear schemes go through the bounded places of chosen secrets.

pub mod work;

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::{Millis, NewSecret, SecretScheme};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::chosen::{ChosenSecrets, HashingBusy, PasswordNotHashed};
use super::hash::hash_generated;
use super::master_key::{MasterKey, MasterKeys};
use crate::config::SecretKind;
use crate::random::{self, NoRandomness};
use work::{Bytes, Work};

/// Bytes from which on a secret is taken for one that a program drew: 128 bits in hex. A shorter one could be guessed by
/// whoever has the database and the master key, so it gets the hash of chosen secrets.
const DRAWN: usize = 32;
/// Different characters that such a secret has at least.
const VARIED: usize = 10;

/// A secret as another server held it: how its hash was made, and the hash. On its way from a reader to the database.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldHash {
    /// How.
    #[serde(flatten)]
    pub work: Work,
    /// What came out; of [`Work::Plain`] the secret itself. In the database an HMAC of it.
    pub digest: Bytes,
}

impl fmt::Debug for OldHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OldHash({:?}, …)", self.work)
    }
}

impl OldHash {
    /// The form in which it is kept.
    ///
    /// # Errors
    /// The operating system has no random numbers.
    pub fn keep(
        &self,
        key: &MasterKey,
        credential: &str,
        expires_at: Option<Millis>,
        now: Millis,
    ) -> Result<NewSecret, NoRandomness> {
        let kept = Self {
            work: self.work.clone(),
            digest: Bytes(key.hash_secret(credential, &self.digest.0).to_vec()),
        };
        Ok(NewSecret {
            id: random::uuid(now)?,
            scheme: SecretScheme::Imported,
            // Numbers and texts always serialize; an empty hash is refused by the store.
            hash: serde_json::to_vec(&kept).unwrap_or_default(),
            master_key_id: key.id().to_owned(),
            hint: String::new(),
            created_at: now,
            expires_at,
            way_back: None,
        })
    }

    /// A name by which the same secret of the same client is known again in a later run; says nothing without the master key.
    pub fn mark(&self, key: &MasterKey, environment: &str, client_id: &str) -> String {
        // JSON keeps the parts apart, whatever stands in them.
        let whole = serde_json::to_vec(&(environment, client_id, self)).unwrap_or_default();
        let made = key.hash_secret("imports", digest(&SHA256, &whole).as_ref());
        format!("{}:{}", key.id(), work::base64(&made))
    }
}

/// Whether a presented secret has that hash.
///
/// # Errors
/// All places are taken.
pub async fn is_secret(
    chosen: &ChosenSecrets,
    key: &MasterKey,
    credential: &str,
    stored: &[u8],
    presented: &str,
) -> Result<bool, HashingBusy> {
    let Ok(kept) = serde_json::from_slice::<OldHash>(stored) else {
        tracing::error!(credential, "an imported secret cannot be read");
        return Ok(false);
    };
    let right = |digest: Option<Zeroizing<Vec<u8>>>| {
        digest.is_some_and(|digest| {
            let made = key.hash_secret(credential, &digest);
            made.ct_eq(&kept.digest.0).into()
        })
    };
    if !kept.work.is_dear() {
        return Ok(right(kept.work.of(presented.as_bytes())));
    }
    let name = key.hash_secret(credential, presented.as_bytes());
    let secret = Zeroizing::new(presented.as_bytes().to_vec());
    let work = kept.work.clone();
    chosen
        .prove(stored, name, move || work.of(&secret), right)
        .await
}

/// The hash of ours that takes the old one's place, now that the secret is known for a moment.
///
/// # Errors
/// All places are taken, or the operating system has no random numbers; the old hash stays then.
pub async fn renewed(
    keys: &MasterKeys,
    chosen: &ChosenSecrets,
    kind: SecretKind,
    credential: &str,
    secret: &SecretString,
    now: Millis,
) -> Result<NewSecret, PasswordNotHashed> {
    if kind == SecretKind::Generated && was_drawn(secret.expose_secret()) {
        return Ok(hash_generated(keys, credential, secret, now)?);
    }
    let key = keys.current();
    let peppered = key.hash_secret(credential, secret.expose_secret().as_bytes());
    Ok(NewSecret {
        id: random::uuid(now)?,
        scheme: SecretScheme::Argon2id,
        hash: chosen.hash_password(peppered).await?,
        master_key_id: key.id().to_owned(),
        hint: String::new(),
        created_at: now,
        expires_at: None,
        way_back: None,
    })
}

fn was_drawn(secret: &str) -> bool {
    let mut seen: Vec<u8> = secret.bytes().collect();
    seen.sort_unstable();
    seen.dedup();
    secret.len() >= DRAWN && seen.len() >= VARIED
}

#[cfg(test)]
mod tests;
