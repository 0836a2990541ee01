//! Accounts: the customers. An account is one over all environments.

use crate::{AuditEvent, Millis, Store, StoreError};

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: String,
    pub name: String,
    pub created_at: Millis,
    pub suspended_at: Option<Millis>,
    /// Credentials over all environments.
    pub credentials: u64,
}

/// What suspending or ending stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    pub credentials: u64,
    /// Live opaque tokens.
    pub tokens: u64,
}

impl Store {
    /// By name, at most `limit` after the name given.
    pub async fn list_accounts(&self, after: Option<&str>, limit: u32) -> Result<Vec<Account>, StoreError> { todo!() }
    /// By id or by exact name.
    pub async fn find_account(&self, id_or_name: &str) -> Result<Option<Account>, StoreError> { todo!() }
    /// Stops every credential and token of the account, reversibly.
    pub async fn suspend_account(&self, id: &str, now: Millis, audit: AuditEvent) -> Result<Stopped, StoreError> { todo!() }
    /// Undoes a suspension: what was live before and has not expired is live again.
    pub async fn restore_account(&self, id: &str, now: Millis, audit: AuditEvent) -> Result<Stopped, StoreError> { todo!() }
    /// Every token issued at or before `now` to any credential of the account is dead.
    pub async fn revoke_tokens_of_account(&self, id: &str, now: Millis, audit: AuditEvent) -> Result<Stopped, StoreError> { todo!() }
}
