//! `/portal/operations/keys`: the signing keys of this environment, their rotation and, for emergencies, their end.

mod timeline;

use axum::extract::{Path, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::{Millis, Refused, SigningKey, StoreError};

use crate::context::Context;
use crate::keys::ring::{KeyState, state};
use crate::keys::rotation::{self, RotationError};
use crate::pages::{KeyRow, Keys, Problem, RevokeKey, RotateKey, Told};
use crate::portal::access::{Manager, nothing_here};

const PATH: &str = "/portal/operations/keys";

/// `GET /portal/operations/keys`
pub async fn list(context: Context, headers: HeaderMap) -> Response {
    match Manager::of_staff(context, headers, PATH).await {
        Ok(manager) => page(&manager, None).await,
        Err(response) => response,
    }
}

/// `GET /portal/operations/keys/rotate`
pub async fn show_rotate(context: Context, headers: HeaderMap) -> Response {
    match Manager::of_staff(context, headers, PATH).await {
        Ok(manager) => ask_rotate(&manager, None).await,
        Err(response) => response,
    }
}

/// `POST /portal/operations/keys/rotate`: with its announcement; without one only on the command line.
pub async fn rotate(context: Context, request: Request) -> Response {
    let (manager, _) = match Manager::of_staff_form(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let context = &manager.visit.context;
    let audit = store::AuditEvent {
        account_id: None,
        ..manager.audit("signing_key.announced")
    };
    match rotation::rotate(&context.platform, &context.issuer, false, audit).await {
        Ok(_) => page(&manager, Some("done-key-announced")).await,
        Err(RotationError::Store(StoreError::Refused(Refused::Conflict(_)))) => {
            ask_rotate(&manager, Some(Problem::of("rotate-key-announced-already"))).await
        }
        Err(error) => manager.visit.unavailable(&error),
    }
}

/// `GET /portal/operations/keys/{kid}/revoke`
pub async fn show_revoke(
    context: Context,
    Path(kid): Path<String>,
    headers: HeaderMap,
) -> Response {
    let manager = match Manager::of_staff(context, headers, PATH).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    match key(&manager, &kid).await {
        Ok(key) => ask_revoke(&manager, &key, None),
        Err(response) => response,
    }
}

/// `POST /portal/operations/keys/{kid}/revoke`
pub async fn revoke(context: Context, Path(kid): Path<String>, request: Request) -> Response {
    let (manager, form) = match Manager::of_staff_form(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let key = match key(&manager, &kid).await {
        Ok(key) => key,
        Err(response) => return response,
    };
    let context = &manager.visit.context;
    if form.get("name").trim() != context.issuer.realm() {
        let problem = Some(Problem::of("revoke-key-wrong-name"));
        return ask_revoke(&manager, &key, problem);
    }
    let audit = store::AuditEvent {
        account_id: None,
        ..manager.audit("signing_key.revoked")
    };
    match rotation::revoke(&context.platform, &context.issuer, &key, audit).await {
        Ok(Some(_)) => page(&manager, Some("done-key-replaced")).await,
        Ok(None) => page(&manager, Some("done-key-revoked")).await,
        Err(error) => manager.visit.unavailable(&error),
    }
}

/// A key of this environment that is neither expired nor revoked.
async fn key(manager: &Manager, kid: &str) -> Result<SigningKey, Response> {
    let now = manager.visit.context.now;
    let keys = keys(manager)
        .await
        .map_err(|error| manager.visit.unavailable(&error))?;
    let ended = |key: &SigningKey| matches!(state(key, now), KeyState::Revoked | KeyState::Expired);
    keys.into_iter()
        .find(|key| key.id == kid && !ended(key))
        .ok_or_else(|| nothing_here(&manager.visit))
}

/// The newest first.
async fn keys(manager: &Manager) -> Result<Vec<SigningKey>, StoreError> {
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let mut keys = store.signing_keys(context.now).await?;
    keys.reverse();
    Ok(keys)
}

async fn page(manager: &Manager, done: Option<&'static str>) -> Response {
    let context = &manager.visit.context;
    let keys = match keys(manager).await {
        Ok(keys) => keys,
        Err(error) => return manager.visit.unavailable(&error),
    };
    let issuer = &context.issuer;
    let span = timeline::Span::of(&keys, context.now);
    let page = Keys {
        shell: manager.shell("keys"),
        now_at: span.place(context.now),
        rows: keys
            .into_iter()
            .map(|key| row(key, &span, context.now))
            .collect(),
        jwks_url: issuer.url(issuer.environment.paths.key_set()),
        done: done.map(|sentence| Told {
            sentence,
            number: 0,
        }),
    };
    manager.visit.show(StatusCode::OK, &page)
}

fn row(key: SigningKey, span: &timeline::Span, now: Millis) -> KeyRow {
    KeyRow {
        state: state(&key, now).as_str(),
        stretches: span.stretches(&key),
        kid: key.id,
        algorithm: key.algorithm,
        created_at: key.created_at,
        activates_at: key.activates_at,
        retires_at: key.retires_at,
        expires_at: key.expires_at,
        revoked_at: key.revoked_at,
        master_key: key.master_key_id,
    }
}

async fn ask_rotate(manager: &Manager, problem: Option<Problem>) -> Response {
    let context = &manager.visit.context;
    let environment = &context.issuer.environment;
    let keys = match keys(manager).await {
        Ok(keys) => keys,
        Err(error) => return manager.visit.unavailable(&error),
    };
    let algorithm = environment.signing_algorithm.as_str();
    let announced = keys
        .iter()
        .any(|key| key.algorithm == algorithm && state(key, context.now) == KeyState::Announced);
    let (activates_at, old_expire_at) = rotation::times(environment, context.now, false);
    let page = RotateKey {
        shell: manager.shell("keys"),
        algorithm,
        announcement: environment.key_announcement,
        activates_at,
        old_expire_at,
        announced,
        problem,
    };
    let status = match problem {
        Some(_) => StatusCode::CONFLICT,
        None => StatusCode::OK,
    };
    manager.visit.show(status, &page)
}

fn ask_revoke(manager: &Manager, key: &SigningKey, problem: Option<Problem>) -> Response {
    let status = match problem {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    let page = RevokeKey {
        shell: manager.shell("keys"),
        kid: key.id.clone(),
        signs: state(key, manager.visit.context.now) == KeyState::Signing,
        problem,
    };
    manager.visit.show(status, &page)
}
