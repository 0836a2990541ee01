//! `/portal/credentials/{uuid}/delete`: says what will stop, wants the name typed, and ends everything at once.

use axum::extract::{Path, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::{Change, Client, StoreError};

use super::list;
use super::row::last_use;
use super::show::{about, of_form};
use crate::context::Context;
use crate::pages::{DeleteCredential, Problem};
use crate::portal::access::{Manager, back_to};

/// `GET /portal/credentials/{uuid}/delete`
pub async fn show(context: Context, Path(uuid): Path<String>, headers: HeaderMap) -> Response {
    let path = back_to("/portal/credentials", &uuid, "/delete");
    let manager = match Manager::of_request(context, headers, &path).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    match manager.credential(&uuid).await {
        Ok(client) => ask(&manager, client, None).await,
        Err(response) => response,
    }
}

/// `POST /portal/credentials/{uuid}/delete`
pub async fn submit(context: Context, Path(uuid): Path<String>, request: Request) -> Response {
    let (manager, form, client) = match of_form(context, &uuid, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    if form.get("name").trim() != client.credential.name {
        return ask(&manager, client, Some(Problem::of("delete-wrong-name"))).await;
    }
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let audit = about(&manager, &client, "credential.deleted");
    let deleted = store
        .delete_credential(&client.credential.uuid, context.now, audit)
        .await;
    let change = Change::Credential(client.credential.uuid.clone());
    context.platform.forget(&change);
    match deleted {
        // Pressed twice: it is gone, which is what was wanted.
        Ok(_) | Err(StoreError::Refused(_)) => {
            list::after(&manager, "done-credential-deleted").await
        }
        Err(error) => manager.visit.unavailable(&error),
    }
}

async fn ask(manager: &Manager, client: Client, problem: Option<Problem>) -> Response {
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let uuid = client.credential.uuid;
    let live_tokens = match store.count_live_tokens(&uuid, context.now).await {
        Ok(live) => live,
        Err(error) => return manager.visit.unavailable(&error),
    };
    let (last_used_at, last_used_address) = last_use(&client.secrets);
    let status = match problem {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    let page = DeleteCredential {
        shell: manager.shell("credentials"),
        uuid,
        name: client.credential.name,
        live_tokens,
        last_used_at,
        last_used_address,
        problem,
    };
    manager.visit.show(status, &page)
}
