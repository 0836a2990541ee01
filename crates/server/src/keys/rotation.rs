//! The life of signing keys: the first one, its successors, and the end of one that leaked.
//!
//! A successor is announced before it signs, for as long as anyone may cache our JWK set, and the
//! old key stays published until the last token it signed is dead. Only an emergency skips that:
//! then resource servers that cached the set refuse tokens until they fetch it again.

use oauth::dialect::SigningAlgorithm;
use store::{AuditEvent, Change, Millis, NewSigningKey, SigningKey, StoreError};

use super::ring::{KeyState, belongs_to, state};
use super::signing_key::{self, KeyRejected, SigningPair};
use crate::config::Environment;
use crate::platform::{Issuer, Platform};
use crate::random::{self, NoRandomness};

/// How long, in milliseconds, a key stays published after the last token it signed has expired: for clocks that differ.
const GRACE: Millis = 60_000;

/// Why there is no new key.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// The rows, or the database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// The key could not be made.
    #[error(transparent)]
    Key(#[from] KeyRejected),
    /// The ring could not be read back.
    #[error("{0}")]
    Reload(String),
}

/// A rotation as it was announced.
#[derive(Debug)]
pub struct Announced {
    /// The successor's `kid`.
    pub kid: String,
    /// From when on it signs.
    pub activates_at: Millis,
    /// Until when the old key is published.
    pub old_expire_at: Millis,
}

/// Makes the environment's first key of its algorithm, if there is none, and reads the ring.
///
/// Also when the configuration changed the algorithm. Two nodes that start at once make one key: the
/// store keeps the first, and both read back what was kept.
pub async fn ensure_first_key(
    platform: &Platform,
    issuer: &Issuer,
    now: Millis,
) -> Result<(), RotationError> {
    let algorithm = issuer.environment.signing_algorithm;
    let store = platform.store.in_environment(issuer.name());
    let live = |key: &SigningKey| {
        key.algorithm == algorithm.as_str() && state(key, now) == KeyState::Signing
    };
    if !store.signing_keys(now).await?.iter().any(live) {
        let key = new_key(platform, issuer, now, now).await?;
        let audit = AuditEvent {
            at: now,
            actor: store::Actor::System,
            environment: Some(issuer.name().clone()),
            account_id: None,
            event: "signing_key.created",
            subject: Some(key.id.clone()),
            remote_address: None,
            request_id: None,
            details: serde_json::json!({ "algorithm": key.algorithm }).to_string(),
        };
        store.create_first_signing_key(key, audit).await?;
    }
    reload(platform, issuer, now).await
}

/// Announces a successor; with `at_once` it signs from now on.
pub async fn rotate(
    platform: &Platform,
    issuer: &Issuer,
    at_once: bool,
    audit: AuditEvent,
) -> Result<Announced, RotationError> {
    let now = audit.at;
    // Without a key that signs, nothing would until the successor does.
    ensure_first_key(platform, issuer, now).await?;
    let (activates_at, old_expire_at) = times(&issuer.environment, now, at_once);
    let key = new_key(platform, issuer, activates_at, now).await?;
    let kid = key.id.clone();
    let details = serde_json::json!({ "algorithm": key.algorithm, "activates_at": crate::clock::rfc3339(activates_at) });
    let audit = AuditEvent {
        environment: Some(issuer.name().clone()),
        subject: Some(kid.clone()),
        details: details.to_string(),
        ..audit
    };
    platform
        .store
        .in_environment(issuer.name())
        .announce_signing_key(key, old_expire_at, now, audit)
        .await?;
    reload(platform, issuer, now).await?;
    Ok(Announced {
        kid,
        activates_at,
        old_expire_at,
    })
}

/// From when a successor that is announced now signs, and until when the keys so far stay published.
pub fn times(environment: &Environment, now: Millis, at_once: bool) -> (Millis, Millis) {
    let announcement = if at_once {
        0
    } else {
        milliseconds(environment.key_announcement)
    };
    let activates_at = now.saturating_add(announcement);
    let lifetime = milliseconds(environment.access_token_lifetime);
    let old_expire_at = activates_at.saturating_add(lifetime).saturating_add(GRACE);
    (activates_at, old_expire_at)
}

/// Ends a key that leaked: unpublished at once, and every token it signed refused here. A
/// replacement signs from now on if the key was the one that signed; its `kid` is answered.
pub async fn revoke(
    platform: &Platform,
    issuer: &Issuer,
    key: &SigningKey,
    audit: AuditEvent,
) -> Result<Option<String>, RotationError> {
    let now = audit.at;
    let replacement = match state(key, now) {
        KeyState::Signing => Some(new_key(platform, issuer, now, now).await?),
        _ => None,
    };
    let kid = replacement.as_ref().map(|key| key.id.clone());
    let audit = AuditEvent {
        environment: Some(issuer.name().clone()),
        subject: Some(key.id.clone()),
        details: serde_json::json!({ "algorithm": key.algorithm, "replacement": kid }).to_string(),
        ..audit
    };
    platform
        .store
        .in_environment(issuer.name())
        .revoke_signing_key(&key.id, replacement, now, audit)
        .await?;
    reload(platform, issuer, now).await?;
    // Tokens that the key signed were perhaps judged live a moment ago.
    platform.forget(&Change::Environment(issuer.name().clone()));
    Ok(kid)
}

/// A new key of the environment's algorithm, wrapped under the current master key.
async fn new_key(
    platform: &Platform,
    issuer: &Issuer,
    activates_at: Millis,
    now: Millis,
) -> Result<NewSigningKey, RotationError> {
    let algorithm = issuer.environment.signing_algorithm;
    let id = random::uuid(now)?;
    // An RSA key takes a good part of a second to find; requests are answered meanwhile.
    let (pkcs8, public_jwk) = {
        let id = id.clone();
        let made = tokio::task::spawn_blocking(move || make(algorithm, &id)).await;
        made.map_err(|_| KeyRejected)??
    };
    let keys = platform.master_keys.load_full();
    let wrapped_private_key = keys
        .current()
        .wrap(&belongs_to(issuer.realm(), &id), &pkcs8)
        .ok_or(KeyRejected)?;
    Ok(NewSigningKey {
        id,
        algorithm: algorithm.as_str().to_owned(),
        public_jwk,
        wrapped_private_key,
        master_key_id: keys.current().id().to_owned(),
        created_at: now,
        activates_at,
    })
}

fn make(
    algorithm: SigningAlgorithm,
    id: &str,
) -> Result<(zeroize::Zeroizing<Vec<u8>>, String), KeyRejected> {
    let pkcs8 = signing_key::generate(algorithm)?;
    let public_jwk = SigningPair::parse(algorithm, &pkcs8)?
        .public_jwk(id)
        .to_string();
    Ok((pkcs8, public_jwk))
}

async fn reload(platform: &Platform, issuer: &Issuer, now: Millis) -> Result<(), RotationError> {
    platform
        .reload_keys(issuer, now)
        .await
        .map_err(|error| match error.downcast::<StoreError>() {
            Ok(error) => RotationError::Store(error),
            Err(error) => RotationError::Reload(error.to_string()),
        })
}

fn milliseconds(seconds: u64) -> Millis {
    Millis::try_from(seconds)
        .unwrap_or(Millis::MAX / 4000)
        .saturating_mul(1000)
}
