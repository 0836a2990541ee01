//! `/portal/activity`: what people did in the account, filtered, and the same as a file.

mod actors;
mod export;
mod row;

pub use export::{csv, json_lines};

use axum::extract::RawQuery;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::{ActivityFilter, StoreError};

use super::access::Manager;
use crate::context::Context;
use crate::pages::Activity;

/// Rows of a page.
const ROWS: u32 = 50;
/// Characters of a filter.
const LONGEST: usize = 200;
/// Beginnings of events that can be chosen.
const KINDS: [&str; 6] = [
    "credential.",
    "person.",
    "session.",
    "consent.",
    "account.",
    "token",
];

/// What is looked at.
#[derive(Default)]
struct Asked {
    kind: &'static str,
    subject: String,
    before: Option<i64>,
}

/// `GET /portal/activity`
pub async fn show(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let manager = match Manager::of_request(context, headers, "/portal/activity").await {
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
            "kind" => {
                let known = KINDS.into_iter().find(|kind| *kind == value);
                asked.kind = known.unwrap_or_default();
            }
            "subject" => asked.subject = value.trim().chars().take(LONGEST).collect(),
            "before" => asked.before = value.parse().ok(),
            _ => {}
        }
    }
    asked
}

fn filter(manager: &Manager, asked: &Asked) -> ActivityFilter {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    ActivityFilter {
        account_id: manager.account_id().map(str::to_owned),
        subject: some(&asked.subject),
        kind: some(asked.kind),
        actor: None,
        before: asked.before,
    }
}

async fn page(manager: &Manager, asked: Asked) -> Result<Activity, StoreError> {
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let mut found = store.activity(filter(manager, &asked), ROWS + 1).await?;
    let more = found.len() > ROWS as usize;
    found.truncate(ROWS as usize);
    let next = found.last().filter(|_| more).map(|last| last.sequence);
    Ok(Activity {
        shell: manager.shell("activity"),
        rows: row::rows(manager, found).await?,
        kinds: KINDS.to_vec(),
        kind: asked.kind,
        subject: asked.subject,
        is_later: asked.before.is_some(),
        next,
    })
}
