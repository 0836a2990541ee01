//! A new secret while the old one goes on for a while, so that programs can change over without a gap.

use secrecy::SecretString;
use store::{AuditEvent, Change, Credential, Millis};

use super::secret::{self, Wanted};
use super::{CredentialRefusal, Field};
use crate::platform::{Issuer, Platform};

/// Seconds for which the old secret stays good when the request does not say: a week.
pub const USUAL_OVERLAP: u64 = 7 * 24 * 60 * 60;
/// Seconds for which it may stay good at most: a year.
pub const LONGEST_OVERLAP: u64 = 366 * 24 * 60 * 60;

/// How to rotate.
#[derive(Debug, Default)]
pub struct Rotation {
    /// Seconds; 0 ends the old secret at once.
    pub overlap: Option<u64>,
    /// What is asked of the new secret.
    pub secret: Wanted,
    /// The id of the new secret, drawn before: the same id twice is one rotation.
    pub secret_id: Option<String>,
}

/// What came of it.
pub struct Rotated {
    /// The new secret's id.
    pub secret_id: String,
    /// The new secret, this once; none where whoever asked knows it.
    pub secret: Option<SecretString>,
    /// When it ends by itself.
    pub secret_expires_at: Option<Millis>,
    /// When every other secret has ended.
    pub others_expire_at: Millis,
}

/// Rotates.
///
/// # Errors
/// See [`CredentialRefusal`]; nothing was changed then.
pub async fn rotate(
    platform: &Platform,
    issuer: &Issuer,
    credential: &Credential,
    rotation: Rotation,
    now: Millis,
    audit: AuditEvent,
) -> Result<Rotated, CredentialRefusal> {
    let overlap = rotation.overlap.unwrap_or(USUAL_OVERLAP);
    if overlap > LONGEST_OVERLAP {
        return Err(CredentialRefusal::asked(
            Field::Secret,
            "credential-not-possible",
            "An old secret stays good for 366 days at most.",
        ));
    }
    if credential.public {
        return Err(CredentialRefusal::Conflict {
            key: "credential-not-possible",
            sentence: "This credential is a public client and has no secret.",
        });
    }
    let environment = &issuer.environment;
    let mut made = secret::make(
        platform,
        environment,
        &credential.uuid,
        rotation.secret,
        now,
    )
    .await?;
    if let Some(id) = rotation.secret_id {
        made.stored.id = id;
    }
    let others_expire_at = now + Millis::try_from(overlap).unwrap_or(0) * 1000;
    let secret_id = made.stored.id.clone();
    let secret_expires_at = made.stored.expires_at;
    let details = serde_json::json!({ "client_id": credential.client_id, "secret_id": secret_id, "overlap_seconds": overlap });
    let audit = AuditEvent {
        environment: Some(issuer.name().clone()),
        account_id: Some(credential.account_id.clone()),
        subject: Some(credential.uuid.clone()),
        details: details.to_string(),
        ..audit
    };
    let store = platform.store.in_environment(issuer.name());
    store
        .rotate_secret(&credential.uuid, made.stored, others_expire_at, now, audit)
        .await?;
    platform.forget(&Change::Credential(credential.uuid.clone()));
    Ok(Rotated {
        secret_id,
        secret: made.told,
        secret_expires_at,
        others_expire_at,
    })
}
