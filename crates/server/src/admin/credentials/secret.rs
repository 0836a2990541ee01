//! The secret of a new credential or a rotation: made here, or chosen by a person.

use secrecy::SecretString;
use store::{Millis, NewSecret};

use crate::admin::problem::Problem;
use crate::config::SecretKind;
use crate::platform::Platform;
use crate::secrets::chosen::{HashingBusy, TooWeak};
use crate::secrets::generated::{self, Kind};
use crate::secrets::hash::hash_generated;

/// What is stored, and what is told once.
pub struct Made {
    /// To be stored.
    pub stored: NewSecret,
    /// To be answered; None when whoever asked knows it already.
    pub told: Option<SecretString>,
}

/// Makes or takes the secret of a credential, as its environment wants it.
pub async fn make(
    platform: &Platform,
    kind: SecretKind,
    uuid: &str,
    chosen: Option<SecretString>,
    now: Millis,
) -> Result<Made, Problem> {
    let keys = platform.master_keys.load_full();
    match (kind, chosen) {
        (SecretKind::Generated, None) => {
            let secret = generated::generate(Kind::ClientSecret)?;
            Ok(Made {
                stored: hash_generated(&keys, uuid, &secret, now)?,
                told: Some(secret),
            })
        }
        (SecretKind::Generated, Some(_)) => Err(Problem::bad_request(
            "Secrets of this environment are generated, so leave the secret (`--secret-stdin`) out.",
        )),
        (SecretKind::Chosen, None) => Err(Problem::bad_request(
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

fn refusal(error: anyhow::Error) -> Problem {
    if let Some(weak) = error.downcast_ref::<TooWeak>() {
        return Problem::bad_request(crate::admin::text::sentence(&weak.to_string()));
    }
    if error.is::<HashingBusy>() {
        return Problem::unavailable(
            "Too many chosen secrets are being hashed at once; ask again in a moment.",
        );
    }
    Problem::internal(&error)
}
