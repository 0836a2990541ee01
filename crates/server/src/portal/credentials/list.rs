//! `GET /portal/credentials`: every credential, or those that were searched for.

use axum::extract::RawQuery;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use store::{Client, CredentialOrder, Millis, StoreError};

use super::row::row;
use crate::context::Context;
use crate::pages::Credentials;
use crate::portal::access::Manager;
use crate::random::canonical_uuid;

/// Rows of a page.
const ROWS: u32 = 25;
/// Characters of a search.
const LONGEST: usize = 200;

/// How long before its end a secret is spoken of.
const WARNED_AHEAD: Millis = 30 * 24 * 60 * 60 * 1000;
/// Secrets that are named above the list.
const MOST_WARNINGS: u32 = 10;

/// What a browser asks for.
struct Asked {
    q: String,
    order: CredentialOrder,
    account: Option<String>,
    after: Option<(String, String)>,
}

/// `GET /portal/credentials`
pub async fn show(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let manager = match Manager::of_request(context, headers, "/portal/credentials").await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    match page(&manager, read(query.as_deref()), None).await {
        Ok(page) => manager.visit.show(StatusCode::OK, &page),
        Err(error) => manager.visit.unavailable(&error),
    }
}

/// The list with a word about what was just done.
pub async fn after(manager: &Manager, done: &'static str) -> Response {
    match page(manager, read(None), Some(done)).await {
        Ok(page) => manager.visit.show(StatusCode::OK, &page),
        Err(error) => manager.visit.unavailable(&error),
    }
}

/// What makes no sense is left out: an address that was cut short still shows the list.
fn read(query: Option<&str>) -> Asked {
    let mut asked = Asked {
        q: String::new(),
        order: CredentialOrder::Name,
        account: None,
        after: None,
    };
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*name {
            "q" => asked.q = value.trim().chars().take(LONGEST).collect(),
            "sort" if value == "newest" => asked.order = CredentialOrder::Newest,
            "account" => asked.account = canonical_uuid(&value),
            "after" => asked.after = cursor(&value),
            _ => {}
        }
    }
    asked
}

fn cursor(text: &str) -> Option<(String, String)> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let cursor: (String, String) = serde_json::from_slice(&bytes).ok()?;
    (!cursor.0.contains('\0') && !cursor.1.contains('\0')).then_some(cursor)
}

fn cursor_of(client: &Client) -> Option<String> {
    let key = (&client.credential.name, &client.credential.uuid);
    serde_json::to_vec(&key)
        .ok()
        .map(|text| URL_SAFE_NO_PAD.encode(text))
}

async fn page(
    manager: &Manager,
    asked: Asked,
    done: Option<&'static str>,
) -> Result<Credentials, StoreError> {
    let context = &manager.visit.context;
    // Whoever looks wants to know what is used now.
    context.platform.write_uses().await?;
    let store = context.platform.store.in_environment(context.issuer.name());
    let after = asked
        .after
        .as_ref()
        .map(|(name, uuid)| (name.as_str(), uuid.as_str()));
    // Only staff looks at other accounts than the own one.
    let of_all = manager.account_id().is_none();
    let chosen = asked.account.filter(|_| of_all);
    let named = match &chosen {
        Some(id) => context.platform.store.find_account(id).await?,
        None => None,
    };
    let account = manager.account_id().or(chosen.as_deref());
    let mut found = store
        .search_credentials(account, &asked.q, asked.order, after, ROWS + 1)
        .await?;
    let more = found.len() > ROWS as usize;
    found.truncate(ROWS as usize);
    let next = found.last().filter(|_| more).and_then(cursor_of);
    let mut rows = Vec::with_capacity(found.len());
    for client in found {
        rows.push(row(context, client).await?);
    }
    let now = context.now;
    let expiring = store
        .expiring_secrets_of(account, now, now + WARNED_AHEAD, MOST_WARNINGS)
        .await?;
    let expiring = expiring.into_iter().map(|secret| {
        (
            secret.credential_uuid,
            secret.credential_name,
            secret.expires_at,
        )
    });
    Ok(Credentials {
        expiring: expiring.collect(),
        shell: manager.shell("credentials"),
        total: store.count_credentials(account).await?,
        of_all,
        account: named.map(|account| (account.id, account.name)),
        versions: !context.platform.config.versions.is_empty(),
        q: asked.q,
        sort: match asked.order {
            CredentialOrder::Name => "name",
            CredentialOrder::Newest => "newest",
        },
        rows,
        is_later: asked.after.is_some(),
        next,
        done,
    })
}
