//! `/portal/operations/accounts/{id}/suspend` and `/restore`: one action and its undoing; the page before says what stops, or what comes back.

use axum::extract::{Path, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use oauth::dialect::AccessTokenFormat;
use store::{Account, AuditEvent, Change};

use super::accounts::{account, of};
use crate::context::Context;
use crate::pages::{Problem, SuspendAccount, Told};
use crate::portal::access::{Manager, back_to};
use crate::text;

/// Characters of a reason.
const LONGEST_REASON: usize = 500;

/// Which way.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Suspend,
    Restore,
}

/// `GET /portal/operations/accounts/{id}/suspend`
pub async fn show_suspend(
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    show(context, &id, headers, Way::Suspend).await
}

/// `GET /portal/operations/accounts/{id}/restore`
pub async fn show_restore(
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    show(context, &id, headers, Way::Restore).await
}

/// `POST /portal/operations/accounts/{id}/suspend`
pub async fn suspend(context: Context, Path(id): Path<String>, request: Request) -> Response {
    submit(context, &id, request, Way::Suspend).await
}

/// `POST /portal/operations/accounts/{id}/restore`
pub async fn restore(context: Context, Path(id): Path<String>, request: Request) -> Response {
    submit(context, &id, request, Way::Restore).await
}

async fn show(context: Context, id: &str, headers: HeaderMap, way: Way) -> Response {
    let path = back_to("/portal/operations/accounts", id, "");
    let manager = match Manager::of_staff(context, headers, &path).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    match account(&manager, id).await {
        Ok(account) => ask(&manager, account, way, String::new(), None).await,
        Err(response) => response,
    }
}

async fn submit(context: Context, id: &str, request: Request, way: Way) -> Response {
    let (manager, form) = match Manager::of_staff_form(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let found = match account(&manager, id).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let reason = form.get("reason").trim();
    if !reason.is_empty()
        && let Err(unfit) = text::required("reason", reason, LONGEST_REASON)
    {
        let problem = Some(Problem::of(unfit.key));
        return ask(&manager, found, way, reason.to_owned(), problem).await;
    }
    let event = match way {
        Way::Suspend => "account.suspended",
        Way::Restore => "account.restored",
    };
    let details = match reason {
        "" => String::new(),
        reason => serde_json::json!({ "reason": reason }).to_string(),
    };
    // An account is one over all environments, and so is what happens to it.
    let audit = AuditEvent {
        environment: None,
        account_id: Some(found.id.clone()),
        subject: Some(found.id.clone()),
        details,
        ..manager.audit(event)
    };
    let context = &manager.visit.context;
    let store = &context.platform.store;
    let (done, sentence) = match way {
        Way::Suspend => (
            store.suspend_account(&found.id, context.now, audit).await,
            "done-account-suspended",
        ),
        Way::Restore => (
            store.restore_account(&found.id, context.now, audit).await,
            "done-account-restored",
        ),
    };
    context.platform.forget(&Change::Account(found.id.clone()));
    let stopped = match done {
        Ok(stopped) => stopped,
        Err(error) => return manager.visit.unavailable(&error),
    };
    match account(&manager, id).await {
        Ok(account) => {
            let number = stopped.credentials;
            of(&manager, account, Some(Told { sentence, number })).await
        }
        Err(response) => response,
    }
}

async fn ask(
    manager: &Manager,
    account: Account,
    way: Way,
    reason: String,
    problem: Option<Problem>,
) -> Response {
    let context = &manager.visit.context;
    let platform = &context.platform;
    let read = async {
        // Whoever looks wants to know whether it is used now.
        platform.write_uses().await?;
        let store = &platform.store;
        store.standing_of_account(&account.id, context.now).await
    };
    let standing = match read.await {
        Ok(standing) => standing,
        Err(error) => return manager.visit.unavailable(&error),
    };
    let jwts = platform
        .issuers
        .iter()
        .any(|issuer| issuer.environment.access_token_format == AccessTokenFormat::Jwt);
    let status = match problem {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    let page = SuspendAccount {
        shell: manager.shell("accounts"),
        id: account.id,
        name: account.name,
        restores: way == Way::Restore,
        credentials: standing.credentials,
        live_tokens: standing.tokens,
        jwts,
        sessions: standing.sessions,
        last_used_at: standing.last_used_at,
        reason,
        problem,
    };
    manager.visit.show(status, &page)
}
