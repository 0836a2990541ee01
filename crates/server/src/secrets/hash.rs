//! Checking a presented secret against the stored hashes of one client.
//!
//! The time this takes must not tell an unknown client from a wrong secret, nor how much of a
//! secret was right: every comparison is constant-time, and a client that does not exist is checked
//! against a decoy of the environment's kind.

use secrecy::{ExposeSecret, SecretString};
use store::{Millis, NewSecret, Secret, SecretScheme};
use subtle::ConstantTimeEq;

use super::chosen::{self, ChosenSecrets, HashingBusy};
use super::imported;
use super::master_key::MasterKeys;
use crate::config::SecretKind;
use crate::random::{self, NoRandomness};

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It is that secret's; `stale` when the hash should be made anew, of our kind and under the current key.
    Right {
        /// Which of the client's secrets.
        secret_id: String,
        /// The hash names an older master key, or is another server's.
        stale: bool,
    },
    /// Right once, but its time is over.
    Expired,
    /// None of them.
    Wrong,
    /// None of those that could be checked; another names a master key that this process does not have.
    MasterKeyMissing,
}

/// The stored form of a generated secret.
pub fn hash_generated(
    keys: &MasterKeys,
    credential: &str,
    secret: &SecretString,
    now: Millis,
) -> Result<NewSecret, NoRandomness> {
    let text = secret.expose_secret();
    let key = keys.current();
    Ok(NewSecret {
        id: random::uuid(now)?,
        scheme: SecretScheme::HmacSha256,
        hash: key.hash_secret(credential, text.as_bytes()).to_vec(),
        master_key_id: key.id().to_owned(),
        hint: text
            .get(text.len().saturating_sub(4)..)
            .unwrap_or_default()
            .to_owned(),
        created_at: now,
        expires_at: None,
        way_back: None,
    })
}

/// Checks one presented secret against all stored ones of a credential.
///
/// Errors only when the machine is too busy to check a chosen secret, which is no fault of the client's.
pub async fn check(
    keys: &MasterKeys,
    chosen: &ChosenSecrets,
    credential: &str,
    stored: &[Secret],
    presented: &str,
    now: Millis,
) -> Result<Checked, HashingBusy> {
    let mut outcome = Checked::Wrong;
    let mut unchecked = None;
    for secret in stored {
        let alive = secret.expires_at.is_none_or(|end| now < end);
        if alive && keys.find(&secret.master_key_id).is_none() {
            unchecked = Some(&secret.master_key_id);
            continue;
        }
        if !matches(keys, chosen, credential, secret, presented).await? {
            continue;
        }
        if alive {
            let stale = secret.master_key_id != keys.current().id()
                || secret.scheme == SecretScheme::Imported;
            outcome = Checked::Right {
                secret_id: secret.id.clone(),
                stale,
            };
        } else if outcome == Checked::Wrong {
            outcome = Checked::Expired;
        }
    }
    if let Some(master_key) = unchecked
        && outcome == Checked::Wrong
    {
        tracing::error!(
            credential,
            master_key,
            "a client secret was hashed under a master key that this process does not have: add the key to its file and restart"
        );
        return Ok(Checked::MasterKeyMissing);
    }
    Ok(outcome)
}

async fn matches(
    keys: &MasterKeys,
    chosen: &ChosenSecrets,
    credential: &str,
    secret: &Secret,
    presented: &str,
) -> Result<bool, HashingBusy> {
    let Some(key) = keys.find(&secret.master_key_id) else {
        return Ok(false);
    };
    match secret.scheme {
        SecretScheme::HmacSha256 => {
            let made = key.hash_secret(credential, presented.as_bytes());
            Ok(made.ct_eq(&secret.hash).into())
        }
        SecretScheme::Argon2id => {
            let peppered = key.hash_secret(credential, presented.as_bytes());
            chosen.verify(&secret.hash, peppered).await
        }
        SecretScheme::Imported => {
            imported::is_secret(chosen, key, credential, &secret.hash, presented).await
        }
    }
}

/// Does the work of checking a secret of a client that does not exist.
pub async fn check_decoy(
    keys: &MasterKeys,
    chosen: &ChosenSecrets,
    kind: SecretKind,
    presented: &str,
) -> Result<(), HashingBusy> {
    const NOBODY: &str = "00000000-0000-0000-0000-000000000000";
    let made = keys.current().hash_secret(NOBODY, presented.as_bytes());
    match kind {
        SecretKind::Generated => {
            let same: bool = made.ct_eq(&[0; 32]).into();
            std::hint::black_box(same);
        }
        SecretKind::Chosen => {
            chosen.verify(chosen::DECOY.as_bytes(), made).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::secrets::master_key::MasterKey;

    fn stored(keys: &MasterKeys, secret: &str, expires_at: Option<Millis>) -> Secret {
        let new = hash_generated(keys, "c", &SecretString::from(secret), 1).unwrap();
        Secret {
            id: new.id,
            scheme: new.scheme,
            hash: new.hash,
            master_key_id: new.master_key_id,
            hint: new.hint,
            created_at: 1,
            expires_at,
            last_used_at: None,
            last_used_address: None,
        }
    }

    #[tokio::test]
    async fn s051_s052_two_live_secrets_an_expired_one_an_empty_one_and_an_old_key() {
        let old = MasterKeys::single(MasterKey::new([1; 32]));
        let both = old.with_new(MasterKey::new([2; 32]));
        let chosen = ChosenSecrets::new(1).unwrap();
        let secrets = [
            stored(&old, "first", Some(10)),
            stored(&both, "second", None),
        ];
        let check = async |presented: &str, now| {
            super::check(&both, &chosen, "c", &secrets, presented, now)
                .await
                .unwrap()
        };
        assert!(matches!(
            check("first", 9).await,
            Checked::Right { stale: true, .. }
        ));
        assert_eq!(check("first", 10).await, Checked::Expired);
        assert!(matches!(
            check("second", 10).await,
            Checked::Right { stale: false, .. }
        ));
        assert_eq!(check("", 1).await, Checked::Wrong);
        assert_eq!(
            super::check(&both, &chosen, "c", &[], "", 1).await.unwrap(),
            Checked::Wrong
        );
        assert_eq!(
            super::check(&old, &chosen, "c", &secrets, "second", 1)
                .await
                .unwrap(),
            Checked::MasterKeyMissing,
            "what cannot be checked is not called wrong"
        );
    }
}
