//! `POST /admin/v1/credentials/{id}/rotate`: a new secret, the old one good for a while yet.
//!
//! Two secrets may live at once, so that an integrator changes over without a refused request.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Within, issuer_of, locate};
use crate::admin::body;
use crate::admin::description::Conflict;
use crate::admin::idempotency::{IdempotencyKey, Repeatable, Told};
use crate::admin::operator::Operator;
use crate::admin::parameters::{Named, Parameters};
use crate::admin::problem::Problem;
use crate::admin::scopes::WriteCredentials;
use crate::clock::rfc3339;
use crate::credentials::rotate;
use crate::credentials::secret::Wanted;
use crate::platform::Platform;

/// How to rotate.
#[derive(Deserialize, ToSchema)]
#[schema(as = SecretRotation)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// Seconds; 0 ends the old secret at once.
    #[schema(example = 86400)]
    overlap_seconds: Option<u64>,
    /// The new secret, where people choose them.
    #[serde(default, deserialize_with = "body::secret")]
    #[schema(value_type = Option<String>, format = Password, write_only)]
    secret: Option<SecretString>,
    /// Seconds after which the new secret ends by itself.
    secret_expires_in: Option<u64>,
}

/// The new secret, this once.
#[derive(Serialize, ToSchema)]
#[schema(as = RotatedSecret)]
pub struct Rotated {
    uuid: String,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    environment: String,
    secret_id: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    secret_expires_at: Option<String>,
    /// When every other secret of this credential has ended.
    #[schema(format = DateTime)]
    others_expire_at: String,
}

/// Gives a credential a new secret; the old one is good for a while yet.
///
/// The answer is the only one that ever holds the secret.
#[utoipa::path(
    post, path = "/credentials/{id}/rotate", operation_id = "rotateSecret", tag = "credentials",
    params(("id" = String, Path, description = "UUID or client id"), Within, IdempotencyKey),
    request_body = Option<Rotation>,
    responses((status = 200, description = "The new secret", body = Rotated), Conflict),
    security(("operator" = ["credentials:write"])),
)]
pub async fn rotate_secret(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteCredentials>,
    Named(id): Named,
    Parameters(within): Parameters<Within>,
    Repeatable { asked, once }: Repeatable<Rotation>,
) -> Result<Response, Problem> {
    let made =
        |platform, operator, secret_id| make(platform, operator, (id, within), asked, secret_id);
    once.answer(platform, operator, StatusCode::OK, made).await
}

impl Told for Rotated {
    const ONCE: &'static [&'static str] = &["client_secret"];
}

async fn make(
    platform: Arc<Platform>,
    operator: Operator<WriteCredentials>,
    (id, within): (String, Within),
    rotation: Rotation,
    secret_id: String,
) -> Result<Rotated, Problem> {
    let (environment, client) = locate(&platform, &id, within.environment.as_deref()).await?;
    let issuer = issuer_of(&platform, environment.as_str())?;
    let now = operator.arrival.now;
    let rotation = rotate::Rotation {
        overlap: rotation.overlap_seconds,
        secret: Wanted {
            chosen: rotation.secret,
            lifetime: rotation.secret_expires_in,
        },
        secret_id: Some(secret_id),
    };
    let credential = client.credential;
    let audit = operator.audit("credential.secret_rotated");
    let rotated = rotate::rotate(&platform, issuer, &credential, rotation, now, audit).await?;
    Ok(Rotated {
        uuid: credential.uuid,
        client_id: credential.client_id,
        client_secret: rotated
            .secret
            .map(|secret| secret.expose_secret().to_owned()),
        environment: environment.as_str().to_owned(),
        secret_id: rotated.secret_id,
        created_at: rfc3339(now),
        secret_expires_at: rotated.secret_expires_at.map(rfc3339),
        others_expire_at: rfc3339(rotated.others_expire_at),
    })
}
