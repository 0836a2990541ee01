//! The secret of a new credential or a rotation: made here, or chosen by a person.

use secrecy::SecretString;
use store::{Millis, NewSecret};

use super::{CredentialRefusal, Field};
use crate::config::{Environment, SecretKind};
use crate::platform::Platform;
use crate::secrets::chosen::{HashingBusy, TooWeak};
use crate::secrets::generated::{self, Kind};
use crate::secrets::hash::hash_generated;
use crate::way_back::form;

/// What is stored, and what is told once.
pub struct Made {
    /// To be stored.
    pub stored: NewSecret,
    /// To be answered; None when whoever asked knows it already.
    pub told: Option<SecretString>,
}

/// Seconds for which a secret may be good at least: less is a token.
pub const SHORTEST_LIFETIME: u64 = 60 * 60;
/// Seconds for which a secret may be good at most, where it ends at all: ten years.
pub const LONGEST_LIFETIME: u64 = 3_660 * 24 * 60 * 60;

/// What is asked of a secret.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Where people choose secrets.
    pub chosen: Option<SecretString>,
    /// Seconds after which it ends by itself; none for never.
    pub lifetime: Option<u64>,
}

/// Makes or takes the secret of a credential, as its environment wants it.
///
/// # Errors
/// See [`CredentialRefusal`].
pub async fn make(
    platform: &Platform,
    environment: &Environment,
    uuid: &str,
    wanted: Wanted,
    now: Millis,
) -> Result<Made, CredentialRefusal> {
    let lifetime = wanted.lifetime;
    if lifetime.is_some_and(|seconds| !(SHORTEST_LIFETIME..=LONGEST_LIFETIME).contains(&seconds)) {
        return Err(CredentialRefusal::asked(
            Field::Secret,
            "credential-not-possible",
            "A secret that ends is good for an hour at least and ten years at most.",
        ));
    }
    let chosen = wanted.chosen.clone();
    let mut made = take(platform, environment.secrets, uuid, wanted.chosen, now).await?;
    if let (Some(server), Some(secret)) =
        (environment.way_back, made.told.as_ref().or(chosen.as_ref()))
    {
        let keys = platform.master_keys.load_full();
        let way = form::seal(server, keys.current(), uuid, secret).await;
        made.stored.way_back =
            Some(way.map_err(|error| CredentialRefusal::Internal(error.into()))?);
    }
    made.stored.expires_at =
        lifetime.map(|seconds| now + Millis::try_from(seconds).unwrap_or(0) * 1000);
    Ok(made)
}

async fn take(
    platform: &Platform,
    kind: SecretKind,
    uuid: &str,
    chosen: Option<SecretString>,
    now: Millis,
) -> Result<Made, CredentialRefusal> {
    let keys = platform.master_keys.load_full();
    match (kind, chosen) {
        (SecretKind::Generated, None) => {
            let secret = generated::generate(Kind::ClientSecret)?;
            Ok(Made {
                stored: hash_generated(&keys, uuid, &secret, now)?,
                told: Some(secret),
            })
        }
        (SecretKind::Generated, Some(_)) => Err(CredentialRefusal::asked(
            Field::Secret,
            "credential-not-possible",
            "Secrets of this environment are generated, so leave the secret (`--secret-stdin`) out.",
        )),
        (SecretKind::Chosen, None) => Err(CredentialRefusal::asked(
            Field::Secret,
            "secret-missing",
            "Secrets of this environment are chosen: send one as `secret` (`--secret-stdin`).",
        )),
        (SecretKind::Chosen, Some(secret)) => {
            let stored = platform
                .chosen_secrets
                .hash(&keys, uuid, &secret, now)
                .await
                .map_err(refusal)?;
            Ok(Made { stored, told: None })
        }
    }
}

fn refusal(error: anyhow::Error) -> CredentialRefusal {
    if let Some(weak) = error.downcast_ref::<TooWeak>() {
        let key = match weak {
            TooWeak::TooShort => "secret-too-short",
            TooWeak::TooLong => "secret-too-long",
            TooWeak::TooUniform => "secret-too-uniform",
            TooWeak::NotPrintableAscii => "secret-not-ascii",
        };
        let sentence = crate::text::sentence(&weak.to_string());
        return CredentialRefusal::asked(Field::Secret, key, sentence);
    }
    if error.is::<HashingBusy>() {
        return CredentialRefusal::Busy;
    }
    CredentialRefusal::Internal(error)
}
