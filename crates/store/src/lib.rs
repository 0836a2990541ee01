//! What is remembered: every row Grantor keeps, and the only SQL in the project.
//!
//! A verb is one statement or one transaction, so what is atomic stands in its name. Verbs that
//! belong to an environment hang off [`Store::in_environment`], so that forgetting the environment
//! does not compile. Time and randomness come in as values; this crate reads neither.
//!
//! SQLite and PostgreSQL run the same SQL text; where they must part ways, [`database`] does it.

mod access_tokens;
mod accounts;
mod audit_events;
mod backup;
mod changes;
mod credentials;
mod database;
mod error;
mod master_keys;
mod migrations;
mod operator_tokens;
mod secrets;
mod signing_keys;

use std::sync::Arc;

pub use access_tokens::{AccessToken, NewAccessToken, TokenId};
pub use accounts::{Account, Stopped};
pub use audit_events::{Actor, AuditEvent, AuditFilter, ChainReport, StoredAuditEvent};
pub use changes::ChangeMark;
pub use credentials::{Client, Credential, NewCredential};
pub use database::DatabaseUrl;
pub use error::{Refused, StoreError};
pub use master_keys::{MasterKeyRow, MasterKeyUse};
pub use migrations::{MigrationState, MigrationStatus};
pub use operator_tokens::{NewOperatorToken, OperatorToken};
pub use secrets::{NewSecret, Secret, SecretScheme, SecretUse};
pub use signing_keys::{NewSigningKey, SigningKey};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

/// The name of an environment, as the configuration spells it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnvironmentName(Arc<str>);

impl EnvironmentName {
    /// Takes a name as the configuration spells it.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The database and every verb on it. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    database: database::Database,
}

/// The verbs of one environment.
#[derive(Clone, Copy)]
pub struct InEnvironment<'s> {
    store: &'s Store,
    environment: &'s EnvironmentName,
}

impl Store {
    /// Opens the database. SQLite is made when absent and migrated; PostgreSQL is only connected to.
    /// Says whether the database is new (no table of ours existed).
    /// `now` dates the migrations that SQLite gets.
    pub async fn open(url: &DatabaseUrl, now: Millis) -> Result<Self, StoreError> { todo!() }
    /// What weakens durability on this database (`fsync` or `synchronous_commit` off), as a sentence.
    pub fn durability_warning(&self) -> Option<String> { todo!() }
    /// True when this database held nothing of ours before it was opened.
    pub fn is_new(&self) -> bool { todo!() }
    /// One cheap round trip: does the database answer? (readiness)
    pub async fn ping(&self) -> Result<(), StoreError> { todo!() }
    /// Waits for queued writes, checkpoints, closes.
    pub async fn close(&self) { todo!() }
    /// The verbs of one environment.
    pub fn in_environment<'s>(&'s self, environment: &'s EnvironmentName) -> InEnvironment<'s> {
        InEnvironment { store: self, environment }
    }
}
