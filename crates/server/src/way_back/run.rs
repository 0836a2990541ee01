//! One export: told to the audit trail first, then read and written.

use serde::Serialize;
use store::{AuditEvent, Millis, StoreError};
use utoipa::ToSchema;

use super::journey::{Journey, NotGoing, Order};
use crate::clock::rfc3339;
use crate::config::OldServer;
use crate::platform::{Issuer, Platform};

/// What goes back.
#[derive(Serialize, ToSchema)]
#[schema(as = Export)]
pub struct Export {
    environment: String,
    format: &'static str,
    /// Credentials that the old server does not have.
    credentials_new: u64,
    /// Credentials that it has, and that got a new secret here.
    credentials_with_new_secret: u64,
    /// What its people load. It holds secrets, or hashes of them.
    text: String,
    /// What cannot go back.
    not_going: Vec<NotGoing>,
}

/// Writes what was made here since, in the old server's form.
///
/// # Errors
/// [`StoreError::Unavailable`]: what nobody would know of is not handed out.
pub async fn run(
    platform: &Platform,
    issuer: &Issuer,
    server: OldServer,
    since: Option<Millis>,
    audit: AuditEvent,
) -> Result<Export, StoreError> {
    let now = audit.at;
    let details = serde_json::json!({ "format": server.name(), "since": since.map(rfc3339) });
    let audit = AuditEvent {
        environment: Some(issuer.name().clone()),
        details: details.to_string(),
        ..audit
    };
    platform.store.record(audit).await?;
    let store = platform.store.in_environment(issuer.name());
    let returning = store.returning().await?;
    let keys = platform.master_keys.load_full();
    let order = Order {
        server,
        since,
        keys: &keys,
        now,
    };
    let mut journey = Journey::plan(&order, &returning);
    // As every database takes it: 2026-11-01 08:00:00, in UTC.
    let at = rfc3339(now).replace('T', " ");
    let at = at.get(..19).unwrap_or_default();
    let text = super::written(server, &mut journey, at);
    let there = journey.going.iter().filter(|going| going.is_there).count() as u64;
    Ok(Export {
        environment: issuer.name().as_str().to_owned(),
        format: server.name(),
        credentials_new: journey.going.len() as u64 - there,
        credentials_with_new_secret: there,
        text,
        not_going: journey.not_going,
    })
}
