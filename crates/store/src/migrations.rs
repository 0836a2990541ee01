//! One set of migrations for both databases.

use crate::{DatabaseUrl, Store, StoreError};

/// One migration and whether this database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationState {
    pub number: u32,
    pub name: String,
    pub applied_at: Option<crate::Millis>,
}

/// Where this database stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStatus {
    pub migrations: Vec<MigrationState>,
    /// The database has a migration this binary does not know: it was written by a newer Grantor.
    pub newer: bool,
}

impl Store {
    /// Applies what is missing, under a lock, each with a checksum. Refuses a database of a newer Grantor.
    pub async fn migrate(&self, now: crate::Millis) -> Result<MigrationStatus, StoreError> { todo!() }
    pub async fn migration_status(&self) -> Result<MigrationStatus, StoreError> { todo!() }
}
