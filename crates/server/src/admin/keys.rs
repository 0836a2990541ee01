//! Signing keys as operators see them; the master key's own page is [`rekey`].

pub mod rekey;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use store::{Millis, SigningKey};
use utoipa::{IntoParams, ToSchema};

use super::body::Body;
use super::credentials::{Within, environments, issuer_of};
use super::description::Conflict;
use super::operator::Operator;
use super::paging;
use super::parameters::{Named, Parameters};
use super::problem::Problem;
use super::scopes::{ReadKeys, WriteKeys};
use crate::clock::rfc3339;
use crate::keys::ring::{KeyState, state};
use crate::keys::rotation;
use crate::platform::{Issuer, Platform};

/// A signing key without its private half.
#[derive(Serialize, ToSchema)]
#[schema(as = SigningKey)]
pub struct KeyView {
    kid: String,
    environment: String,
    algorithm: String,
    state: &'static str,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    activates_at: String,
    #[schema(format = DateTime)]
    retires_at: Option<String>,
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
    master_key: String,
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Only of this environment.
    environment: Option<String>,
    /// Where the page begins: from the header `Link` of the page before.
    cursor: Option<String>,
    /// Rows of a page at most; 100 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// What to rotate, and how.
#[derive(Deserialize, ToSchema)]
#[schema(as = KeyRotation)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// The environment's name; may be left out where there is one.
    environment: Option<String>,
    /// Without announcement; for emergencies.
    #[serde(default)]
    now: bool,
}

/// What was announced.
#[derive(Serialize, ToSchema)]
#[schema(as = AnnouncedKey)]
pub struct Rotated {
    environment: String,
    kid: String,
    #[schema(format = DateTime)]
    activates_at: String,
    /// Until when the keys that signed so far stay published.
    #[schema(format = DateTime)]
    old_keys_expire_at: String,
}

/// What was revoked.
#[derive(Serialize, ToSchema)]
#[schema(as = RevokedKey)]
pub struct Revoked {
    environment: String,
    kid: String,
    revoked: bool,
    /// The key that signs from now on, if the revoked one signed.
    replacement: Option<String>,
}

/// Lists signing keys, environment by environment, oldest first, without their private halves.
#[utoipa::path(
    get, path = "/keys", operation_id = "listKeys", tag = "keys",
    params(Listing),
    responses((status = 200, description = "A page", body = [KeyView])),
    security(("operator" = ["keys:read"])),
)]
pub async fn list(
    State(platform): State<Arc<Platform>>,
    operator: Operator<ReadKeys>,
    Parameters(listing): Parameters<Listing>,
) -> Result<Response, Problem> {
    let environment = listing.environment.as_deref();
    let now = operator.arrival.now;
    let mut rows = Vec::new();
    for issuer in environments(&platform, environment)? {
        let keys = platform
            .store
            .in_environment(issuer.name())
            .signing_keys(now)
            .await?;
        rows.extend(keys.into_iter().map(|key| {
            let place = (issuer.realm().to_owned(), key.created_at, key.id.clone());
            (place, KeyView::of(issuer, key, now))
        }));
    }
    let query = [("environment", environment)];
    let cursor = listing.cursor.as_deref();
    paging::part("keys", &query, rows, cursor, listing.limit)
}

/// Announces a new signing key.
///
/// It takes over when everyone has seen it, or at once in an emergency.
#[utoipa::path(
    post, path = "/keys/rotate", operation_id = "rotateKey", tag = "keys",
    request_body = Option<Rotation>,
    responses((status = 200, description = "What was announced", body = Rotated), Conflict),
    security(("operator" = ["keys:write"])),
)]
pub async fn rotate(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteKeys>,
    Body(asked): Body<Rotation>,
) -> Result<Json<Rotated>, Problem> {
    let issuer = match (&asked.environment, platform.issuers.as_slice()) {
        (Some(name), _) => issuer_of(&platform, name)?,
        (None, [only]) => only,
        (None, _) => {
            return Err(Problem::bad_request(
                "Name the environment (`--environment E`) whose key is to be rotated.",
            ));
        }
    };
    let announced = rotation::rotate(
        &platform,
        issuer,
        asked.now,
        operator.audit("signing_key.announced"),
    )
    .await?;
    Ok(Json(Rotated {
        environment: issuer.realm().to_owned(),
        kid: announced.kid,
        activates_at: rfc3339(announced.activates_at),
        old_keys_expire_at: rfc3339(announced.old_expire_at),
    }))
}

/// Revokes a signing key, and with it every token that it signed.
#[utoipa::path(
    post, path = "/keys/{kid}/revoke", operation_id = "revokeKey", tag = "keys",
    params(("kid" = String, Path, description = "The key's id, as the list shows it"), Within),
    responses((status = 200, description = "What was revoked", body = Revoked), Conflict),
    security(("operator" = ["keys:write"])),
)]
pub async fn revoke(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteKeys>,
    Named(kid): Named,
    Parameters(within): Parameters<Within>,
) -> Result<Json<Revoked>, Problem> {
    let now = operator.arrival.now;
    let (issuer, key) = find(&platform, &kid, within.environment.as_deref(), now).await?;
    if matches!(state(&key, now), KeyState::Revoked | KeyState::Expired) {
        return Err(Problem::conflict(
            "This key is revoked or expired already; nobody honours what it signed.",
        ));
    }
    let replacement = rotation::revoke(
        &platform,
        issuer,
        &key,
        operator.audit("signing_key.revoked"),
    )
    .await?;
    Ok(Json(Revoked {
        environment: issuer.realm().to_owned(),
        kid,
        revoked: true,
        replacement,
    }))
}

async fn find<'p>(
    platform: &'p Platform,
    kid: &str,
    environment: Option<&str>,
    now: Millis,
) -> Result<(&'p Arc<Issuer>, SigningKey), Problem> {
    for issuer in environments(platform, environment)? {
        let keys = platform
            .store
            .in_environment(issuer.name())
            .signing_keys(now)
            .await?;
        if let Some(key) = keys.into_iter().find(|key| key.id == kid) {
            return Ok((issuer, key));
        }
    }
    Err(Problem::not_found(
        "There is no signing key with this kid; `grantor keys list` shows them.",
    ))
}

impl KeyView {
    fn of(issuer: &Issuer, key: SigningKey, now: Millis) -> Self {
        Self {
            state: state(&key, now).as_str(),
            kid: key.id,
            environment: issuer.realm().to_owned(),
            algorithm: key.algorithm,
            created_at: rfc3339(key.created_at),
            activates_at: rfc3339(key.activates_at),
            retires_at: key.retires_at.map(rfc3339),
            expires_at: key.expires_at.map(rfc3339),
            revoked_at: key.revoked_at.map(rfc3339),
            master_key: key.master_key_id,
        }
    }
}
