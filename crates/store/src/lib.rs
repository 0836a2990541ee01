//! What is remembered: every row Grantor keeps, and the only SQL in the project.
//!
//! A verb is one statement or one transaction, so what is atomic stands in its name. Verbs that
//! belong to an environment hang off [`Store::in_environment`], so that forgetting the environment
//! does not compile. Time and randomness come in as values; this crate reads neither.
//!
//! SQLite and PostgreSQL run the same SQL text; where they must part ways, [`database`] does it.

mod access_tokens;
mod accounts;
mod activity;
mod audit_events;
mod authorization_codes;
mod backup;
mod budgets;
mod changes;
mod consents;
mod credential_uses;
mod credentials;
mod database;
mod deliveries;
mod error;
mod foreign;
mod idempotency_keys;
mod imported_tokens;
mod imports;
mod incidents;
mod master_keys;
mod migrations;
mod operator_tokens;
mod outbox;
mod people;
mod refresh_tokens;
mod refreshes;
mod request_records;
mod search;
mod secrets;
mod sessions;
mod signing_keys;
mod spent;
mod statements;
mod status_counts;
mod tickets;
mod token_families;

use std::sync::Arc;

use database::Database;
use database::postgres::Postgres;
use database::sqlite::Sqlite;

pub use access_tokens::{AccessToken, NewAccessToken, TokenId};
pub use accounts::preview::Standing;
pub use accounts::search::FoundAccount;
pub use accounts::{Account, Stopped};
pub use activity::ActivityFilter;
pub use audit_events::{Actor, AuditEvent, AuditFilter, ChainReport, StoredAuditEvent};
pub use authorization_codes::{AuthorizationCode, NewAuthorizationCode, Redemption};
pub use budgets::Budget;
pub use changes::{Change, ChangeMark, Changes, News};
pub use consents::Consent;
pub use credential_uses::DayOfUse;
pub use credentials::creation::NewCredential;
pub use credentials::returning::{Returning, ReturningCredential, ReturningSecret};
pub use credentials::search::CredentialOrder;
pub use credentials::{Client, Credential};
pub use database::DatabaseUrl;
pub use deliveries::{Delivery, DeliveryFilter, DeliveryKind, DeliveryState};
pub use error::{Refused, StoreError};
pub use foreign::{ForeignDatabase, ForeignRow};
pub use idempotency_keys::{Claim, KeptAnswer, KeyedRequest};
pub use imported_tokens::{ImportedMark, ImportedRefresh, ImportedTokens};
pub use imports::known::{ImportKnown, KnownCredential, KnownPerson};
pub use imports::{ImportedClient, LaterSecrets, MarkedSecret, NewImport};
pub use incidents::{
    Incident, IncidentChange, IncidentFilter, IncidentKind, IncidentState, IncidentUpdate,
    NewIncident,
};
pub use master_keys::{MasterKeyRow, MasterKeyUse};
pub use migrations::{MigrationState, MigrationStatus};
pub use operator_tokens::{NewOperatorToken, OperatorToken};
pub use outbox::{MailTo, NEWCOMER, Subscription, Wanted};
pub use people::identities::Identity;
pub use people::members::MemberChange;
pub use people::passkeys::{CeremonyKind, Passkey};
pub use people::{
    NewPassword, NewPerson, PasswordHash, Person, PersonEnded, Role, Totp, UnknownRole,
};
pub use refresh_tokens::{Family, RefreshToken, Rotated, Rotation, RotationRule};
pub use refreshes::newcomers::Pace;
pub use refreshes::plan::{PersonChange, PersonalData, RefreshPlan};
pub use refreshes::reading::Preview;
pub use refreshes::staging::Prepared;
pub use refreshes::swap::Refreshed;
pub use refreshes::{Begun, NewRefresh, Refresh, RefreshOrder, RefreshOutcome, ScheduleKnown};
pub use request_records::{RecordKind, RequestRecord};
pub use secrets::expiry::ExpiringSecret;
pub use secrets::way_back::{SealedWayBack, WayBack};
pub use secrets::{NewSecret, Secret, SecretScheme, SecretUse};
pub use sessions::{NewSession, Session, SessionFacts, SessionStep};
pub use signing_keys::{NewSigningKey, SigningKey};
pub use spent::SpentKind;
#[doc(hidden)]
pub use statements::{statements_of_both, statements_of_postgres, statements_of_sqlite};
pub use status_counts::{StatusCount, StatusPeriod};
pub use tickets::{Inviter, NewTicket, Ticket, TicketKind};
pub use token_families::{FamilyId, NewFamily, NewRefreshToken, TokenFamily};

statements::statements! {
    SELECT_HOLDS_SOMETHING = "select mark from changes where exists (select 1 from master_keys) or exists (select 1 from credentials) \
        or exists (select 1 from signing_keys)";
}

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
    database: Database,
    is_new: bool,
    places: Arc<access_tokens::sweep::Places>,
}

/// The verbs of one environment.
#[derive(Clone, Copy)]
pub struct InEnvironment<'s> {
    store: &'s Store,
    environment: &'s EnvironmentName,
}

impl Store {
    /// Opens the database. SQLite is made when absent and migrated (`now` dates that); PostgreSQL is only connected to:
    /// whether it is migrated is told by [`Store::migration_status`].
    ///
    /// # Errors
    /// [`StoreError::Operator`] with what to do about a file that is damaged, cannot be written or belongs to something else, a newer
    /// database, a refused log-in or a standby; [`StoreError::Unavailable`] when PostgreSQL does not answer.
    pub async fn open(url: &DatabaseUrl, now: Millis) -> Result<Self, StoreError> {
        let database = match url {
            DatabaseUrl::Sqlite(path) => Database::Sqlite(Sqlite::open(path, now).await?),
            DatabaseUrl::Postgres(url) => Database::Postgres(Postgres::open(url).await?),
        };
        let tables = database.tables().await?;
        let ours = tables.iter().any(|table| table == "migrations");
        if let Database::Sqlite(_) = &database {
            if !ours && !tables.is_empty() {
                return Err(StoreError::Operator(format!(
                    "the file {url} holds something else: name another file in [storage] url"
                )));
            }
            migrations::migrate(&database, now).await?;
        }
        let is_new = !ours
            || database
                .query(SELECT_HOLDS_SOMETHING, &[])
                .await?
                .is_empty();
        Ok(Self {
            database,
            is_new,
            places: Arc::default(),
        })
    }

    /// True when this database held nothing that a master key protects before it was opened: it was just
    /// made, or a first start ended before it had registered its key.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// What weakens durability on this database (`fsync` or `synchronous_commit` off), as a sentence.
    pub fn durability_warning(&self) -> Option<String> {
        match &self.database {
            Database::Sqlite(_) => None,
            Database::Postgres(postgres) => postgres.durability_warning(),
        }
    }

    /// One cheap round trip: does the database answer, and has it our tables? (readiness)
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not answer; [`StoreError::Operator`] when it is not migrated.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.change_mark().await.map(drop)
    }

    /// Waits for queued writes, checkpoints, closes. Every later verb is [`StoreError::Unavailable`].
    pub async fn close(&self) {
        match &self.database {
            Database::Sqlite(sqlite) => sqlite.close().await,
            Database::Postgres(postgres) => postgres.close().await,
        }
    }

    /// The verbs of one environment.
    pub fn in_environment<'s>(&'s self, environment: &'s EnvironmentName) -> InEnvironment<'s> {
        InEnvironment {
            store: self,
            environment,
        }
    }
}
