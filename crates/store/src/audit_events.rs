//! The audit trail: one row per event, written in the transaction of the change it tells of.

use crate::{EnvironmentName, Millis, Store, StoreError};

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// An integrator's credential, by UUID.
    Credential(String),
    /// The command line on this machine.
    CommandLine,
    /// A named operator token.
    Operator(String),
    /// Grantor itself (first start, clean-up).
    System,
    /// Nobody who could prove who they are.
    Anonymous,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct AuditEvent {
    pub at: Millis,
    pub actor: Actor,
    pub environment: Option<EnvironmentName>,
    /// The account's id, where there is one.
    pub account_id: Option<String>,
    /// What: `token.issued`, `credential.created`, …
    pub event: &'static str,
    /// The UUID, key id, … it happened to.
    pub subject: Option<String>,
    pub remote_address: Option<String>,
    pub request_id: Option<String>,
    /// More, as a JSON object's text, without secrets; empty for none.
    pub details: String,
}

/// A row of the trail.
#[derive(Clone, Debug)]
pub struct StoredAuditEvent {
    pub sequence: i64,
    pub at: Millis,
    pub actor: String,
    pub environment: Option<String>,
    pub account_id: Option<String>,
    pub event: String,
    pub subject: Option<String>,
    pub remote_address: Option<String>,
    pub request_id: Option<String>,
    pub details: String,
}

/// Which rows.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub environment: Option<String>,
    pub account_id: Option<String>,
    pub subject: Option<String>,
    pub event: Option<String>,
    /// Only rows with a smaller sequence number (newest first paging).
    pub before: Option<i64>,
}

/// What checking the trail found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainReport {
    pub rows: u64,
    /// The first sequence number whose row was changed, or after which rows are missing.
    pub broken_at: Option<i64>,
}

impl Store {
    /// Writes an event that changes nothing else (a refusal worth keeping). Group commit.
    pub async fn record(&self, event: AuditEvent) -> Result<(), StoreError> { todo!() }
    /// Newest first.
    pub async fn list_audit_events(&self, filter: &AuditFilter, limit: u32) -> Result<Vec<StoredAuditEvent>, StoreError> { todo!() }
    /// Walks the hash chain (SQLite), or says that the service account may not change rows (PostgreSQL).
    pub async fn verify_audit_trail(&self) -> Result<ChainReport, StoreError> { todo!() }
}
