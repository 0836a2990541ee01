//! `GET /portal/credentials/{uuid}/requests`: the latest requests of a credential, or those that failed.

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::{Client, StoreError};

use super::{id_of, row};
use crate::context::Context;
use crate::pages::Requests;
use crate::portal::access::Manager;

/// Rows of a page.
const ROWS: u32 = 50;

/// What a browser asks for.
#[derive(Default)]
struct Asked {
    failures: bool,
    before: Option<String>,
}

/// `GET /portal/credentials/{uuid}/requests`
pub async fn show(
    context: Context,
    Path(uuid): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let path = format!("/portal/credentials/{uuid}/requests");
    let manager = match Manager::of_request(context, headers, &path).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    let client = match manager.credential(&uuid).await {
        Ok(client) => client,
        Err(response) => return response,
    };
    match page(&manager, client, read(query.as_deref())).await {
        Ok(page) => manager.visit.show(StatusCode::OK, &page),
        Err(error) => manager.visit.unavailable(&error),
    }
}

/// What makes no sense is left out.
fn read(query: Option<&str>) -> Asked {
    let mut asked = Asked::default();
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*name {
            "only" => asked.failures = value == "failures",
            "before" => asked.before = id_of(&value),
            _ => {}
        }
    }
    asked
}

async fn page(manager: &Manager, client: Client, asked: Asked) -> Result<Requests, StoreError> {
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let credential = client.credential;
    let before = asked.before.as_deref();
    let mut found = store
        .requests_of_credential(&credential.uuid, asked.failures, before, ROWS + 1)
        .await?;
    let more = found.len() > ROWS as usize;
    found.truncate(ROWS as usize);
    let next = found.last().filter(|_| more).map(|last| last.id.clone());
    let rows = found
        .into_iter()
        .map(|record| row::of(&manager.visit, record));
    Ok(Requests {
        shell: manager.shell("credentials"),
        uuid: credential.uuid,
        name: credential.name,
        rows: rows.collect(),
        failures: asked.failures,
        days: context.issuer.environment.request_records.days,
        is_later: asked.before.is_some(),
        next,
    })
}
