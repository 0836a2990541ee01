//! `/portal/credentials/{uuid}/disable` and `/enable`: switched off, a credential gets no tokens and its tokens are refused. The page before
//! says what stops.

use axum::extract::{Path, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use oauth::dialect::AccessTokenFormat;
use store::Client;

use super::row::last_use;
use super::show::{about, changed_to, of_form};
use crate::context::Context;
use crate::pages::DisableCredential;
use crate::portal::access::{Manager, back_to};

/// `GET /portal/credentials/{uuid}/disable`
pub async fn show(context: Context, Path(uuid): Path<String>, headers: HeaderMap) -> Response {
    let path = back_to("/portal/credentials", &uuid, "/disable");
    let manager = match Manager::of_request(context, headers, &path).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    match manager.credential(&uuid).await {
        Ok(client) => ask(&manager, client).await,
        Err(response) => response,
    }
}

/// `POST /portal/credentials/{uuid}/disable`
pub async fn disable(context: Context, Path(uuid): Path<String>, request: Request) -> Response {
    let (manager, _, client) = match of_form(context, &uuid, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let audit = about(&manager, &client, "credential.disabled");
    let changed = store
        .disable_credential(&client.credential.uuid, context.now, audit)
        .await;
    changed_to(&manager, client, changed, "done-credential-disabled").await
}

/// `POST /portal/credentials/{uuid}/enable`
pub async fn enable(context: Context, Path(uuid): Path<String>, request: Request) -> Response {
    let (manager, _, client) = match of_form(context, &uuid, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let audit = about(&manager, &client, "credential.enabled");
    let changed = store
        .enable_credential(&client.credential.uuid, context.now, audit)
        .await;
    changed_to(&manager, client, changed, "done-credential-enabled").await
}

async fn ask(manager: &Manager, client: Client) -> Response {
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let uuid = client.credential.uuid;
    let live_tokens = match store.preview_live_tokens(&uuid, context.now).await {
        Ok(live) => live,
        Err(error) => return manager.visit.unavailable(&error),
    };
    let (last_used_at, last_used_address) = last_use(&client.secrets);
    let page = DisableCredential {
        shell: manager.shell("credentials"),
        uuid,
        name: client.credential.name,
        live_tokens,
        jwts: context.issuer.environment.access_token_format == AccessTokenFormat::Jwt,
        last_used_at,
        last_used_address,
    };
    manager.visit.show(StatusCode::OK, &page)
}
