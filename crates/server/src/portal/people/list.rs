//! `GET /portal/people`: everyone of the account, or those who were searched for.

use axum::extract::RawQuery;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use store::StoreError;

use super::row;
use crate::context::Context;
use crate::pages::People;
use crate::people::username;
use crate::portal::access::Manager;
use crate::random::canonical_uuid;

/// Rows of a page.
const ROWS: u32 = 25;
/// Characters of a search.
const LONGEST: usize = 200;

/// What a browser asks for.
#[derive(Default)]
struct Asked {
    q: String,
    account: Option<String>,
    after: Option<String>,
}

/// `GET /portal/people`
pub async fn show(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let manager = match Manager::of_request(context, headers, "/portal/people").await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    match page(&manager, read(query.as_deref())).await {
        Ok(page) => manager.visit.show(StatusCode::OK, &page),
        Err(error) => manager.visit.unavailable(&error),
    }
}

/// What makes no sense is left out.
fn read(query: Option<&str>) -> Asked {
    let mut asked = Asked::default();
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*name {
            "q" => asked.q = value.trim().chars().take(LONGEST).collect(),
            "account" => asked.account = canonical_uuid(&value),
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

async fn page(manager: &Manager, asked: Asked) -> Result<People, StoreError> {
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    // Only staff looks at other accounts than the own one.
    let of_all = manager.account_id().is_none();
    let chosen = asked.account.filter(|_| of_all);
    let account = match &chosen {
        Some(id) => context.platform.store.find_account(id).await?,
        None => None,
    };
    let account_id = manager.account_id().or(chosen.as_deref());
    // Names are found in the form in which all spellings meet.
    let text = username::canonical(&asked.q).unwrap_or_default();
    let mut found = store
        .search_people(account_id, &text, asked.after.as_deref(), ROWS + 1)
        .await?;
    let more = found.len() > ROWS as usize;
    found.truncate(ROWS as usize);
    let next = found.last().filter(|_| more).map(|last| {
        let canonical = username::canonical(&last.username).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(canonical)
    });
    Ok(People {
        shell: manager.shell("people"),
        total: store.count_people(account_id).await?,
        of_all,
        account: account.map(|account| (account.id, account.name)),
        q: asked.q,
        rows: found.into_iter().map(|one| row(manager, one)).collect(),
        is_later: asked.after.is_some(),
        next,
    })
}
