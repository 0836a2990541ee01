//! `/portal/credentials/{uuid}/rotate`: a new secret, while the old one goes on for as long as is chosen.

use axum::extract::{Path, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::{Client, Refused, StoreError};

use super::show::{about, of_form};
use super::{DAY, LIFETIMES, lifetime_of, made, whole};
use crate::config::SecretKind;
use crate::context::Context;
use crate::credentials::rotate::{self, Rotation};
use crate::credentials::secret::Wanted;
use crate::credentials::{CredentialRefusal, Field};
use crate::pages::RotateSecret;
use crate::people::once;
use crate::portal::access::{Manager, back_to};

/// Days that are offered; a week is the usual.
const OVERLAPS: [u64; 5] = [0, 1, 7, 30, 90];
const USUAL: u64 = 7;

/// `GET /portal/credentials/{uuid}/rotate`
pub async fn show(context: Context, Path(uuid): Path<String>, headers: HeaderMap) -> Response {
    let path = back_to("/portal/credentials", &uuid, "/rotate");
    let manager = match Manager::of_request(context, headers, &path).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    match manager.credential(&uuid).await {
        Ok(client) => ask(&manager, &client, USUAL, StatusCode::OK, |_| {}),
        Err(response) => response,
    }
}

/// `POST /portal/credentials/{uuid}/rotate`
pub async fn submit(context: Context, Path(uuid): Path<String>, request: Request) -> Response {
    let (manager, form, client) = match of_form(context, &uuid, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let context = &manager.visit.context;
    let purpose = purpose(&client);
    let Some(secret_id) = once::open(context, &manager.session, &purpose, form.get("once")) else {
        return manager.visit.too_old();
    };
    // A form older than the newest secret was sent before, or somebody else has rotated since: neither ends a secret.
    let newest = client.secrets.iter().map(|secret| secret.created_at).max();
    if newest >= once::drawn_at(&secret_id) {
        return already(&manager);
    }
    let days = form.get("overlap").parse().unwrap_or(USUAL);
    let days = OVERLAPS.into_iter().find(|offered| *offered == days);
    let days = days.unwrap_or(USUAL);
    let chosen = form.get("secret");
    let rotation = Rotation {
        overlap: Some(days * DAY),
        secret: Wanted {
            chosen: (!chosen.is_empty()).then(|| chosen.to_owned().into()),
            lifetime: lifetime_of(&form),
        },
        secret_id: Some(secret_id),
    };
    let audit = about(&manager, &client, "credential.secret_rotated");
    let (issuer, credential) = (&context.issuer, &client.credential);
    let platform = &context.platform;
    match rotate::rotate(platform, issuer, credential, rotation, context.now, audit).await {
        Ok(rotated) => {
            let secret = rotated.secret.as_ref();
            // Only the newest of the others goes on, and never longer than it would have.
            let newest = client.secrets.iter().max_by_key(|secret| secret.created_at);
            let others = newest
                .map(|old| {
                    let own = old.expires_at.unwrap_or(rotated.others_expire_at);
                    own.min(rotated.others_expire_at)
                })
                .filter(|ends| *ends > context.now);
            let mut page = made::page(&manager, credential, secret, rotated.secret_expires_at);
            page.others_expire_at = others;
            manager.visit.show(StatusCode::OK, &page)
        }
        Err(CredentialRefusal::Store(StoreError::Refused(Refused::Exists(_)))) => already(&manager),
        Err(refusal) => refuse(&manager, &client, days, refusal),
    }
}

/// The form was sent before.
fn already(manager: &Manager) -> Response {
    manager.visit.error(
        StatusCode::CONFLICT,
        "error-rotated-already-title",
        "error-made-already-advice",
    )
}

fn refuse(manager: &Manager, client: &Client, days: u64, refusal: CredentialRefusal) -> Response {
    let about_secret = matches!(
        refusal,
        CredentialRefusal::Asked {
            field: Field::Secret,
            ..
        }
    );
    let (status, problem) = match whole(manager, refusal) {
        Ok(told) => told,
        Err(response) => return *response,
    };
    ask(manager, client, days, status, |page| {
        if about_secret {
            page.secret_problem = Some(problem);
        } else {
            page.problem = Some(problem);
        }
    })
}

fn ask(
    manager: &Manager,
    client: &Client,
    overlap: u64,
    status: StatusCode,
    tell: impl FnOnce(&mut RotateSecret),
) -> Response {
    let context = &manager.visit.context;
    let once = match once::draw(context, &manager.session, &purpose(client)) {
        Ok(once) => once,
        Err(error) => return manager.visit.unavailable(&error),
    };
    let live = |expires_at: Option<i64>| expires_at.is_none_or(|at| at > context.now);
    let live = client
        .secrets
        .iter()
        .filter(|secret| live(secret.expires_at));
    let mut page = RotateSecret {
        shell: manager.shell("credentials"),
        uuid: client.credential.uuid.clone(),
        name: client.credential.name.clone(),
        once,
        third: live.count() > 1,
        overlaps: OVERLAPS.to_vec(),
        overlap,
        lifetimes: LIFETIMES.to_vec(),
        asks_secret: context.issuer.environment.secrets == SecretKind::Chosen,
        ..RotateSecret::default()
    };
    tell(&mut page);
    manager.visit.show(status, &page)
}

fn purpose(client: &Client) -> String {
    format!("secret of {}", client.credential.uuid)
}
