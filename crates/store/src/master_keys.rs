//! Which master keys this database was written under; never the keys themselves.

use crate::{AuditEvent, Millis, Store, StoreError};

/// A master key this database knows of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterKeyRow {
    /// The key's public name, derived from it.
    pub id: String,
    /// A value only the right key can make, to tell a wrong one at start.
    pub check: Vec<u8>,
    pub created_at: Millis,
    /// Set when nothing needs it any more and it was retired.
    pub retired_at: Option<Millis>,
}

/// What still needs a master key.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct MasterKeyUse {
    pub signing_keys: u64,
    pub secrets: u64,
    /// `(environment, client_id, credential name)` of credentials with a secret under it, at most 1,000.
    pub credentials: Vec<(String, String, String)>,
}

impl Store {
    /// All, the retired ones included.
    pub async fn master_keys(&self) -> Result<Vec<MasterKeyRow>, StoreError> { todo!() }
    /// Remembers a key by name. Does nothing when it is known.
    pub async fn register_master_key(&self, id: &str, check: &[u8], now: Millis, audit: AuditEvent) -> Result<(), StoreError> { todo!() }
    pub async fn master_key_use(&self, id: &str) -> Result<MasterKeyUse, StoreError> { todo!() }
    /// Retires a key. `Refused::Conflict` while something needs it: the check and the write are one transaction.
    pub async fn retire_master_key(&self, id: &str, now: Millis, audit: AuditEvent) -> Result<(), StoreError> { todo!() }
}
