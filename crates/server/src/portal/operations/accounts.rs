//! `/portal/operations/accounts`: every account, and one with its people, its credentials and its limits.

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use store::{Account, FoundAccount, StoreError};

use crate::context::Context;
use crate::pages::{AccountLimits, AccountRow, Accounts, ShownAccount, Told};
use crate::portal::access::{Manager, back_to, nothing_here};
use crate::portal::people;
use crate::random::canonical_uuid;

/// Rows of a page.
const ROWS: u32 = 25;
/// People that are shown with their account; the rest is a page of its own.
const PEOPLE: u32 = 10;
/// Characters of a search.
const LONGEST: usize = 200;

/// What a browser asks for.
#[derive(Default)]
struct Asked {
    q: String,
    after: Option<String>,
}

/// `GET /portal/operations/accounts`
pub async fn list(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let path = "/portal/operations/accounts";
    let manager = match Manager::of_staff(context, headers, path).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    match page(&manager, read(query.as_deref())).await {
        Ok(page) => manager.visit.show(StatusCode::OK, &page),
        Err(error) => manager.visit.unavailable(&error),
    }
}

/// `GET /portal/operations/accounts/{id}`
pub async fn show(context: Context, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let path = back_to("/portal/operations/accounts", &id, "");
    let manager = match Manager::of_staff(context, headers, &path).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    match account(&manager, &id).await {
        Ok(account) => of(&manager, account, None).await,
        Err(response) => response,
    }
}

/// The account of an id; a name is none.
pub async fn account(manager: &Manager, id: &str) -> Result<Account, Response> {
    let store = &manager.visit.context.platform.store;
    let Some(id) = canonical_uuid(id) else {
        return Err(nothing_here(&manager.visit));
    };
    let found = store
        .find_account(&id)
        .await
        .map_err(|error| manager.visit.unavailable(&error))?;
    found
        .filter(|account| account.id == id)
        .ok_or_else(|| nothing_here(&manager.visit))
}

/// An account's page, with what was just done.
pub async fn of(manager: &Manager, account: Account, done: Option<Told>) -> Response {
    match shown(manager, account, done).await {
        Ok(page) => manager.visit.show(StatusCode::OK, &page),
        Err(error) => manager.visit.unavailable(&error),
    }
}

async fn shown(
    manager: &Manager,
    account: Account,
    done: Option<Told>,
) -> Result<ShownAccount, StoreError> {
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let found = store
        .search_people(Some(&account.id), "", None, PEOPLE)
        .await?;
    let environment = &context.issuer.environment;
    Ok(ShownAccount {
        shell: manager.shell("accounts"),
        credentials_here: store.count_credentials(Some(&account.id)).await?,
        people: found
            .into_iter()
            .map(|person| people::row(manager, person))
            .collect(),
        limits: AccountLimits {
            token_requests_per_minute: environment.token_requests_per_minute,
            concurrent_requests: environment.concurrent_requests,
        },
        row: row(FoundAccount {
            people: store.count_people(Some(&account.id)).await?,
            account,
        }),
        done,
    })
}

/// What makes no sense is left out.
fn read(query: Option<&str>) -> Asked {
    let mut asked = Asked::default();
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*name {
            "q" => asked.q = value.trim().chars().take(LONGEST).collect(),
            "after" => {
                let bytes = URL_SAFE_NO_PAD.decode(&*value).ok();
                let name = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
                asked.after = name.filter(|name| !name.contains('\0'));
            }
            _ => {}
        }
    }
    asked
}

async fn page(manager: &Manager, asked: Asked) -> Result<Accounts, StoreError> {
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let mut found = store
        .search_accounts(&asked.q, asked.after.as_deref(), ROWS + 1)
        .await?;
    let more = found.len() > ROWS as usize;
    found.truncate(ROWS as usize);
    let last = found.last().filter(|_| more);
    let next = last.map(|last| URL_SAFE_NO_PAD.encode(&last.account.name));
    Ok(Accounts {
        shell: manager.shell("accounts"),
        total: context.platform.store.count_accounts().await?,
        q: asked.q,
        rows: found.into_iter().map(row).collect(),
        is_later: asked.after.is_some(),
        next,
    })
}

fn row(found: FoundAccount) -> AccountRow {
    let account = found.account;
    AccountRow {
        id: account.id,
        name: account.name,
        credentials: account.credentials,
        people: found.people,
        created_at: account.created_at,
        suspended_at: account.suspended_at,
    }
}
