//! Accounts: the customers, one over all environments.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use store::{Account, AuditEvent, Change, Millis, Standing, Stopped};
use utoipa::{IntoParams, ToSchema};

use super::body::Body;
use super::description::Conflict;
use super::operator::Operator;
use super::paging;
use super::parameters::{Named, Parameters};
use super::problem::Problem;
use super::scopes::{ReadAccounts, WriteAccounts};
use crate::clock::rfc3339;
use crate::platform::Platform;
use crate::text;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Part of a name, or a whole id.
    search: Option<String>,
    /// Where the page begins: from the header `Link` of the page before.
    cursor: Option<String>,
    /// Rows of a page at most; 100 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Whether anything is to happen.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Preview {
    /// True only says what would happen.
    #[serde(default)]
    dry_run: bool,
}

/// Why, for the audit trail.
#[derive(Deserialize, ToSchema)]
#[schema(as = Reason)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// At most 500 characters on one line.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// An account as it is answered.
#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub struct AccountView {
    id: String,
    name: String,
    credentials: u64,
    suspended: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    suspended_at: Option<String>,
}

/// What suspending, restoring or revoking touched.
#[derive(Serialize, ToSchema)]
#[schema(as = TouchedAccount)]
pub struct Touched {
    id: String,
    name: String,
    suspended: bool,
    /// Over all environments.
    credentials: u64,
    /// Opaque tokens that were live, or are again; null in a preview when they could not be counted in time.
    live_tokens: Option<u64>,
    /// Browsers in which the account's people were signed in, or are again.
    sessions: u64,
    /// In a preview: nothing was changed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dry_run: bool,
    /// In a preview: when any of the credentials was last used.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<String>,
}

/// Characters of a reason.
const LONGEST_REASON: usize = 500;

/// Lists accounts, by name.
#[utoipa::path(
    get, path = "/accounts", operation_id = "listAccounts", tag = "accounts",
    params(Listing),
    responses((status = 200, description = "A page", body = [AccountView])),
    security(("operator" = ["accounts:read"])),
)]
pub async fn list(
    State(platform): State<Arc<Platform>>,
    _: Operator<ReadAccounts>,
    Parameters(listing): Parameters<Listing>,
) -> Result<Response, Problem> {
    let limit = paging::limit(listing.limit)?;
    let after: Option<String> = paging::read_cursor(listing.cursor.as_deref())?;
    let search = listing.search.as_deref().unwrap_or_default();
    let mut found = platform
        .store
        .list_accounts(search, after.as_deref(), limit + 1)
        .await?;
    let next = paging::cut(&mut found, limit, |last| paging::write_cursor(&last.name))?;
    let rows: Vec<_> = found.into_iter().map(AccountView::of).collect();
    let limit = limit.to_string();
    let query = [
        ("search", listing.search.as_deref()),
        ("limit", Some(limit.as_str())),
    ];
    Ok(paging::page("accounts", &query, &rows, next))
}

/// Suspends an account.
///
/// Stops every credential and token of it and signs its people out, reversibly. With `dry_run=true` it only says what would stop.
#[utoipa::path(
    post, path = "/accounts/{account}/suspend", operation_id = "suspendAccount", tag = "accounts",
    params(("account" = String, Path, description = "Name or id"), Preview),
    request_body = Option<Why>,
    responses((status = 200, description = "What stopped", body = Touched), Conflict),
    security(("operator" = ["accounts:write"])),
)]
pub async fn suspend(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteAccounts>,
    Named(account): Named,
    Parameters(preview): Parameters<Preview>,
    Body(why): Body<Why>,
) -> Result<Json<Touched>, Problem> {
    let account = account_of(&platform, &account).await?;
    let now = operator.arrival.now;
    let audit = because(audit(operator.audit("account.suspended"), &account), why)?;
    if preview.dry_run {
        return standing(&platform, account, true, now).await.map(Json);
    }
    let store = &platform.store;
    let stopped = store.suspend_account(&account.id, now, audit).await?;
    platform.forget(&Change::Account(account.id.clone()));
    Ok(Json(Touched::of(account, true, stopped)))
}

/// Restores a suspended account.
///
/// What was live before and has not expired is live again. With `dry_run=true` it only says what would come back.
#[utoipa::path(
    post, path = "/accounts/{account}/restore", operation_id = "restoreAccount", tag = "accounts",
    params(("account" = String, Path, description = "Name or id"), Preview),
    request_body = Option<Why>,
    responses((status = 200, description = "What is live again", body = Touched), Conflict),
    security(("operator" = ["accounts:write"])),
)]
pub async fn restore(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteAccounts>,
    Named(account): Named,
    Parameters(preview): Parameters<Preview>,
    Body(why): Body<Why>,
) -> Result<Json<Touched>, Problem> {
    let account = account_of(&platform, &account).await?;
    let now = operator.arrival.now;
    let audit = because(audit(operator.audit("account.restored"), &account), why)?;
    if preview.dry_run {
        return standing(&platform, account, false, now).await.map(Json);
    }
    let store = &platform.store;
    let stopped = store.restore_account(&account.id, now, audit).await?;
    platform.forget(&Change::Account(account.id.clone()));
    Ok(Json(Touched::of(account, false, stopped)))
}

/// What a change would touch; `suspended` is how the account would stand after it. What it stands as already touches nothing.
async fn standing(
    platform: &Platform,
    account: Account,
    suspended: bool,
    now: Millis,
) -> Result<Touched, Problem> {
    super::credentials::bring_uses_up_to_date(platform).await;
    let standing = match account.suspended_at.is_some() == suspended {
        true => Standing {
            tokens: Some(0),
            ..Standing::default()
        },
        false => platform.store.standing_of_account(&account.id, now).await?,
    };
    Ok(Touched {
        id: account.id,
        name: account.name,
        suspended,
        credentials: standing.credentials,
        live_tokens: standing.tokens,
        sessions: standing.sessions,
        dry_run: true,
        last_used_at: standing.last_used_at.map(rfc3339),
    })
}

/// Fills an event with the reason that was given.
fn because(event: AuditEvent, why: Why) -> Result<AuditEvent, Problem> {
    let Some(reason) = why.reason else {
        return Ok(event);
    };
    text::required("reason", &reason, LONGEST_REASON)?;
    Ok(AuditEvent {
        details: serde_json::json!({ "reason": reason }).to_string(),
        ..event
    })
}

/// The account of a name or an id.
pub async fn account_of(platform: &Platform, name: &str) -> Result<Account, Problem> {
    let found = platform.store.find_account(name).await?;
    found.ok_or_else(|| Problem::not_found("There is no account with this name or id."))
}

/// Fills an event with the account it is about.
pub fn audit(event: AuditEvent, account: &Account) -> AuditEvent {
    AuditEvent {
        account_id: Some(account.id.clone()),
        subject: Some(account.id.clone()),
        ..event
    }
}

impl AccountView {
    fn of(account: Account) -> Self {
        Self {
            id: account.id,
            name: account.name,
            credentials: account.credentials,
            suspended: account.suspended_at.is_some(),
            created_at: rfc3339(account.created_at),
            suspended_at: account.suspended_at.map(rfc3339),
        }
    }
}

impl Touched {
    /// Of an account and what the store counted.
    pub fn of(account: Account, suspended: bool, stopped: Stopped) -> Self {
        Self {
            id: account.id,
            name: account.name,
            suspended,
            credentials: stopped.credentials,
            live_tokens: Some(stopped.tokens),
            sessions: stopped.sessions,
            dry_run: false,
            last_used_at: None,
        }
    }
}
