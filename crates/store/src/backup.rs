//! Backup and restore, on both databases, without stopping `serve` (backup).

use crate::{DatabaseUrl, Store, StoreError};
use std::path::Path;

impl Store {
    /// Writes a consistent copy of the whole database to a new file (refuses an existing one), mode 0600.
    /// One portable format for both databases, so a backup of SQLite can be restored into PostgreSQL.
    pub async fn backup(&self, file: &Path) -> Result<u64, StoreError> {
        todo!()
    }
    /// Fills an EMPTY database from a backup, in one transaction; refuses one that holds rows. Answers the number of rows.
    pub async fn restore(url: &DatabaseUrl, file: &Path) -> Result<u64, StoreError> {
        todo!()
    }
}
