//! `POST /admin/v1/credentials/{id}/rotate`: a new secret, the old one good for a while yet.
//!
//! Two secrets may live at once, so that an integrator changes over without a refused request.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::{AuditEvent, Millis};

use super::{Within, issuer_of, locate, secret};
use crate::admin::body::{self, Body};
use crate::admin::operator::Operator;
use crate::admin::parameters::Parameters;
use crate::admin::problem::Problem;
use crate::admin::scopes::WriteCredentials;
use crate::clock::rfc3339;
use crate::platform::Platform;

/// Seconds for which the old secret stays good when the request does not say: a week.
const USUAL_OVERLAP: u64 = 7 * 24 * 60 * 60;
/// Seconds for which it may stay good at most: a year.
const LONGEST_OVERLAP: u64 = 366 * 24 * 60 * 60;

/// How to rotate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// Seconds; 0 ends the old secret at once.
    overlap_seconds: Option<u64>,
    /// The new secret, where people choose them.
    #[serde(default, deserialize_with = "body::secret")]
    secret: Option<SecretString>,
}

/// The new secret, this once.
#[derive(Serialize)]
pub struct Rotated {
    uuid: String,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    environment: String,
    secret_id: String,
    created_at: String,
    /// When every other secret of this credential has ended.
    others_expire_at: String,
}

/// Rotates.
pub async fn rotate(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteCredentials>,
    Path(id): Path<String>,
    Parameters(within): Parameters<Within>,
    Body(rotation): Body<Rotation>,
) -> Result<Json<Rotated>, Problem> {
    let overlap = rotation.overlap_seconds.unwrap_or(USUAL_OVERLAP);
    if overlap > LONGEST_OVERLAP {
        return Err(Problem::bad_request(
            "An old secret stays good for 366 days at most.",
        ));
    }
    let (environment, client) = locate(&platform, &id, within.environment.as_deref()).await?;
    let credential = client.credential;
    if credential.public {
        return Err(Problem::conflict(
            "This credential is a public client and has no secret.",
        ));
    }
    let kind = issuer_of(&platform, environment.as_str())?
        .environment
        .secrets;
    let now = operator.arrival.now;
    let made = secret::make(&platform, kind, &credential.uuid, rotation.secret, now).await?;
    let others_expire_at = now + Millis::try_from(overlap).unwrap_or(0) * 1000;
    let secret_id = made.stored.id.clone();
    let details = serde_json::json!({ "client_id": credential.client_id, "secret_id": secret_id, "overlap_seconds": overlap });
    let audit = AuditEvent {
        environment: Some(environment.clone()),
        account_id: Some(credential.account_id),
        subject: Some(credential.uuid.clone()),
        details: details.to_string(),
        ..operator.audit("credential.secret_rotated")
    };
    let store = platform.store.in_environment(&environment);
    store
        .rotate_secret(&credential.uuid, made.stored, others_expire_at, now, audit)
        .await?;
    platform.forget();
    Ok(Json(Rotated {
        uuid: credential.uuid,
        client_id: credential.client_id,
        client_secret: made.told.map(|secret| secret.expose_secret().to_owned()),
        environment: environment.as_str().to_owned(),
        secret_id,
        created_at: rfc3339(now),
        others_expire_at: rfc3339(others_expire_at),
    }))
}
