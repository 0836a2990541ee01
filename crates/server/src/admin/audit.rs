//! The audit trail: who did what, newest first, and whether anyone changed it since.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{AuditFilter, StoredAuditEvent};
use utoipa::{IntoParams, ToSchema};

use super::operator::Operator;
use super::paging;
use super::parameters::Parameters;
use super::problem::Problem;
use super::scopes::ReadAudit;
use crate::clock::rfc3339;
use crate::platform::Platform;

/// Which events.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Only of this environment.
    environment: Option<String>,
    /// Only of this account, by name or id.
    account: Option<String>,
    /// Only about this UUID, key id, …
    subject: Option<String>,
    /// Only of this kind, such as `credential.created`.
    event: Option<String>,
    /// Where the page begins: from the header `Link` of the page before.
    cursor: Option<String>,
    /// Rows of a page at most; 100 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// An event as it is answered.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEvent)]
pub struct EventView {
    sequence: i64,
    #[schema(format = DateTime)]
    at: String,
    /// Who did it: an operator token's name, a person's id, the command line.
    actor: String,
    event: String,
    environment: Option<String>,
    account_id: Option<String>,
    subject: Option<String>,
    remote_address: Option<String>,
    request_id: Option<String>,
    /// What differs from event to event.
    #[schema(value_type = Option<Object>)]
    details: Value,
}

/// What verifying found.
#[derive(Serialize, ToSchema)]
#[schema(as = VerifiedTrail)]
pub struct Verified {
    intact: bool,
    rows: u64,
    /// The first row that was changed, or after which rows are missing.
    broken_at: Option<i64>,
}

/// Lists events, newest first.
#[utoipa::path(
    get, path = "/audit", operation_id = "listAuditEvents", tag = "audit",
    params(Listing),
    responses((status = 200, description = "A page", body = [EventView])),
    security(("operator" = ["audit:read"])),
)]
pub async fn list(
    State(platform): State<Arc<Platform>>,
    _: Operator<ReadAudit>,
    Parameters(listing): Parameters<Listing>,
) -> Result<Response, Problem> {
    let limit = paging::limit(listing.limit)?;
    let account_id = match &listing.account {
        // An account may be gone while its trail stays; then only its id can be asked for.
        Some(name) => Some(
            platform
                .store
                .find_account(name)
                .await?
                .map_or_else(|| name.clone(), |account| account.id),
        ),
        None => None,
    };
    let filter = AuditFilter {
        environment: listing.environment.clone(),
        account_id,
        subject: listing.subject.clone(),
        event: listing.event.clone(),
        before: paging::read_cursor(listing.cursor.as_deref())?,
    };
    let mut found = platform.store.list_audit_events(&filter, limit + 1).await?;
    let next = paging::cut(&mut found, limit, |last| {
        paging::write_cursor(&last.sequence)
    })?;
    let rows: Vec<_> = found.into_iter().map(EventView::of).collect();
    let limit = limit.to_string();
    let query = [
        ("environment", listing.environment.as_deref()),
        ("account", listing.account.as_deref()),
        ("subject", listing.subject.as_deref()),
        ("event", listing.event.as_deref()),
        ("limit", Some(&*limit)),
    ];
    Ok(paging::page("audit", &query, &rows, next))
}

/// Verifies that no event was changed or removed.
#[utoipa::path(
    get, path = "/audit/verify", operation_id = "verifyAuditTrail", tag = "audit",
    responses((status = 200, description = "What was found", body = Verified)),
    security(("operator" = ["audit:read"])),
)]
pub async fn verify(
    State(platform): State<Arc<Platform>>,
    _: Operator<ReadAudit>,
) -> Result<Json<Verified>, Problem> {
    let report = platform.store.verify_audit_trail().await?;
    Ok(Json(Verified {
        intact: report.broken_at.is_none(),
        rows: report.rows,
        broken_at: report.broken_at,
    }))
}

impl EventView {
    fn of(event: StoredAuditEvent) -> Self {
        Self {
            sequence: event.sequence,
            at: rfc3339(event.at),
            actor: event.actor,
            event: event.event,
            environment: event.environment,
            account_id: event.account_id,
            subject: event.subject,
            remote_address: event.remote_address,
            request_id: event.request_id,
            // Written as JSON by us; anything else is shown as the text it is.
            details: match event.details.as_str() {
                "" => Value::Null,
                text => {
                    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
                }
            },
        }
    }
}
