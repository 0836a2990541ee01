//! Accounts: the customers, one over all environments.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use store::{Account, AuditEvent, Stopped};
use utoipa::{IntoParams, ToSchema};

use super::description::Conflict;
use super::operator::Operator;
use super::paging;
use super::parameters::{Named, Parameters};
use super::problem::Problem;
use super::scopes::{ReadAccounts, WriteAccounts};
use crate::clock::rfc3339;
use crate::platform::Platform;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Where the page begins: from the header `Link` of the page before.
    cursor: Option<String>,
    /// Rows of a page at most; 100 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
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
    /// Opaque tokens that were live, or are again.
    live_tokens: u64,
    /// Browsers in which the account's people were signed in, or are again.
    sessions: u64,
}

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
    let mut found = platform
        .store
        .list_accounts(after.as_deref(), limit + 1)
        .await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = match found.last() {
        Some(last) if more => Some(paging::write_cursor(&last.name)?),
        _ => None,
    };
    let rows: Vec<_> = found.into_iter().map(AccountView::of).collect();
    Ok(paging::page(
        "accounts",
        &[("limit", Some(&limit.to_string()))],
        &rows,
        next,
    ))
}

/// Suspends an account.
///
/// Stops every credential and token of it and signs its people out, reversibly.
#[utoipa::path(
    post, path = "/accounts/{account}/suspend", operation_id = "suspendAccount", tag = "accounts",
    params(("account" = String, Path, description = "Name or id")),
    responses((status = 200, description = "What stopped", body = Touched), Conflict),
    security(("operator" = ["accounts:write"])),
)]
pub async fn suspend(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteAccounts>,
    Named(account): Named,
) -> Result<Json<Touched>, Problem> {
    let account = account_of(&platform, &account).await?;
    let audit = audit(operator.audit("account.suspended"), &account);
    let stopped = platform
        .store
        .suspend_account(&account.id, operator.arrival.now, audit)
        .await?;
    platform.forget();
    Ok(Json(Touched::of(account, true, stopped)))
}

/// Restores a suspended account.
///
/// What was live before and has not expired is live again.
#[utoipa::path(
    post, path = "/accounts/{account}/restore", operation_id = "restoreAccount", tag = "accounts",
    params(("account" = String, Path, description = "Name or id")),
    responses((status = 200, description = "What is live again", body = Touched), Conflict),
    security(("operator" = ["accounts:write"])),
)]
pub async fn restore(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteAccounts>,
    Named(account): Named,
) -> Result<Json<Touched>, Problem> {
    let account = account_of(&platform, &account).await?;
    let audit = audit(operator.audit("account.restored"), &account);
    let stopped = platform
        .store
        .restore_account(&account.id, operator.arrival.now, audit)
        .await?;
    platform.forget();
    Ok(Json(Touched::of(account, false, stopped)))
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
            live_tokens: stopped.tokens,
            sessions: stopped.sessions,
        }
    }
}
