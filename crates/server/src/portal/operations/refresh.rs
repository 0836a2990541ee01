//! `/portal/operations/environments/refresh`: what overwriting this environment with another one's data would change, and doing it.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::{AuditEvent, Preview, Refreshed};

use super::environments::line;
use crate::context::Context;
use crate::pages::{Problem, RefreshChange, RefreshEnvironment, RefreshNumbers};
use crate::portal::access::{Manager, nothing_here};
use crate::refresh::newcomers::lets_addresses_cross;
use crate::refresh::{self, Reading, RefreshRefusal};

const PATH: &str = "/portal/operations/environments/refresh";
/// Changes that the page names one by one.
const NAMED: usize = 50;

/// `GET /portal/operations/environments/refresh`
pub async fn show(context: Context, headers: HeaderMap) -> Response {
    match Manager::of_staff(context, headers, PATH).await {
        Ok(manager) => ask(&manager, None).await,
        Err(response) => response,
    }
}

/// `POST /portal/operations/environments/refresh`
pub async fn submit(context: Context, request: Request) -> Response {
    let (manager, form) = match Manager::of_staff_form(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let context = &manager.visit.context;
    if form.get("name").trim() != context.issuer.realm() {
        return ask(&manager, Some(Problem::of("revoke-key-wrong-name"))).await;
    }
    let audit = AuditEvent {
        account_id: None,
        ..manager.audit("environment.refreshed")
    };
    match refresh::run(&context.platform, &context.issuer, None, audit).await {
        Ok((reading, done)) => {
            page(&manager, &reading, numbers(done), |page| page.done = true).await
        }
        Err(RefreshRefusal::UnderWay | RefreshRefusal::Done) => {
            ask(&manager, Some(Problem::of("refresh-under-way"))).await
        }
        Err(refusal) => refuse(&manager, refusal),
    }
}

async fn ask(manager: &Manager, problem: Option<Problem>) -> Response {
    let context = &manager.visit.context;
    match refresh::preview(&context.platform, &context.issuer, context.now).await {
        Ok((reading, preview)) => {
            let counts = numbers(preview.counts());
            let (changes, more) = changes(preview);
            page(manager, &reading, counts, |page| {
                page.changes = changes;
                page.more = more;
                page.problem = problem;
            })
            .await
        }
        Err(refusal) => refuse(manager, refusal),
    }
}

/// An environment that is refreshed from nowhere has no such page.
fn refuse(manager: &Manager, refusal: RefreshRefusal) -> Response {
    match refusal {
        RefreshRefusal::NotConfigured => nothing_here(&manager.visit),
        other => manager.visit.unavailable(&other),
    }
}

async fn page(
    manager: &Manager,
    reading: &Reading,
    numbers: RefreshNumbers,
    tell: impl FnOnce(&mut RefreshEnvironment),
) -> Response {
    let context = &manager.visit.context;
    let line = match line(context, &context.issuer).await {
        Ok(line) => line.unwrap_or_default(),
        Err(error) => return manager.visit.unavailable(&error),
    };
    let mut page = RefreshEnvironment {
        shell: manager.shell("environments"),
        line,
        data_until: reading.data_until,
        personal_data: refresh::personal_fields(&reading.order),
        invites: context.platform.mailer.is_some()
            && lets_addresses_cross(&context.issuer.environment),
        numbers,
        ..RefreshEnvironment::default()
    };
    tell(&mut page);
    let status = match page.problem {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    manager.visit.show(status, &page)
}

fn numbers(done: Refreshed) -> RefreshNumbers {
    RefreshNumbers {
        accounts: done.accounts,
        accounts_arrived: done.accounts_arrived,
        accounts_left: done.accounts_left,
        people_arrived: done.people_arrived,
        people_changed: done.people_changed,
        people_left: done.people_left,
        people_kept: done.people_kept,
        switched_off: done.switched_off,
        switched_on: done.switched_on,
    }
}

/// The first changes, those that stop something before the others, and how many more there are.
fn changes(preview: Preview) -> (Vec<RefreshChange>, u64) {
    let people = preview.people;
    let off = preview.switched_off.into_iter();
    let on = preview.switched_on.into_iter();
    let leaving = people.leaving.into_iter();
    let mut all = off
        .map(|of| ("credential-off", of))
        .chain(on.map(|of| ("credential-on", of)))
        .chain(leaving.map(|(_, of)| ("person-leaves", of)))
        .chain(
            people
                .changed
                .into_iter()
                .map(|one| ("person-changes", one.username)),
        )
        .chain(
            people
                .arriving
                .into_iter()
                .map(|one| ("person-arrives", one.username)),
        );
    let first = all
        .by_ref()
        .take(NAMED)
        .map(|(change, of)| RefreshChange { change, of })
        .collect();
    (first, all.count() as u64)
}
