//! The one place where SQLite and PostgreSQL part ways.
//!
//! A verb is written once, against [`Transaction`]. On SQLite it is run to its end by the writer thread,
//! on PostgreSQL on a pooled connection. What is only ever added in great numbers (access tokens and
//! audit rows) goes through [`Database::append`] instead, which commits many callers' rows at once.
//!
//! The futures of the two drivers are kept in boxes of their own. They are thousands of bytes large, and a caller's future
//! would else be as large on its shortest way too: a request that finds its answer in memory would be moved and kept with
//! room for a transaction.

pub(crate) mod postgres;
pub(crate) mod sqlite;
mod url;
mod value;

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::time::{Duration, Instant};

pub use url::DatabaseUrl;
pub(crate) use value::{Row, Value, list_text, params};

use crate::audit_events::AuditRow;
use crate::outbox::{self, Outbox};
use crate::{AuditEvent, EnvironmentName, NewAccessToken, StoreError};
use postgres::Postgres;
use sqlite::{Session, Sqlite};

/// One of the two databases. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Database {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// Rows that are only added: an audit event, and the access token it tells of if it tells of one.
#[derive(Clone, Debug)]
pub(crate) struct Append {
    pub(crate) token: Option<(EnvironmentName, NewAccessToken)>,
    pub(crate) audit: AuditRow,
}

/// What a verb's body answers.
pub(crate) type Answer<'t, R> = Pin<Box<dyn Future<Output = Result<R, StoreError>> + Send + 't>>;

/// The transaction a verb runs in. Its operations end at once on SQLite and wait on PostgreSQL.
pub(crate) enum Transaction<'t> {
    Sqlite(&'t Mutex<Session>, &'t Outbox),
    Postgres(&'t deadpool_postgres::Transaction<'t>, &'t Outbox),
}

impl Database {
    /// Runs a verb's body in one transaction: committed if it ends well, rolled back if it does not.
    pub(crate) async fn transaction<R, V>(&self, verb: V) -> Result<R, StoreError>
    where
        R: Send + 'static,
        V: for<'t> FnOnce(&'t Transaction<'t>) -> Answer<'t, R> + Send + 'static,
    {
        match self {
            Self::Sqlite(sqlite) => Box::pin(sqlite.transaction(verb)).await,
            Self::Postgres(postgres) => Box::pin(postgres.transaction(verb)).await,
        }
    }

    /// The same without a time limit, for migrations and restoring.
    pub(crate) async fn long_transaction<R, V>(&self, verb: V) -> Result<R, StoreError>
    where
        R: Send + 'static,
        V: for<'t> FnOnce(&'t Transaction<'t>) -> Answer<'t, R> + Send + 'static,
    {
        match self {
            Self::Sqlite(sqlite) => Box::pin(sqlite.transaction(verb)).await,
            Self::Postgres(postgres) => Box::pin(postgres.long_transaction(verb)).await,
        }
    }

    /// Adds rows by group commit: answers after they are durable.
    pub(crate) async fn append(&self, append: Box<Append>) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.append(append).await,
            Self::Postgres(postgres) => Box::pin(postgres.append(append)).await,
        }
    }

    /// One short reading statement. On SQLite it runs on the calling thread: a lookup takes
    /// microseconds, less than handing it to another thread.
    pub(crate) async fn query(
        &self,
        sql: &str,
        params: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.query(sql, params),
            Self::Postgres(postgres) => Box::pin(postgres.query(sql, params)).await,
        }
    }

    /// One reading statement that may look at many rows; it never runs on the calling thread.
    pub(crate) async fn scan(
        &self,
        sql: &'static str,
        params: Vec<Value<'static>>,
    ) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => {
                Box::pin(sqlite.apart(move |session| session.query(sql, &params))).await
            }
            Self::Postgres(postgres) => Box::pin(postgres.scan(sql, params)).await,
        }
    }

    /// The same for something that is only told: given up, and none, when it takes longer than `patience`.
    pub(crate) async fn scan_within(
        &self,
        patience: Duration,
        sql: &'static str,
        params: Vec<Value<'static>>,
    ) -> Result<Option<Vec<Row>>, StoreError> {
        let begun = Instant::now();
        let read = match self {
            Self::Sqlite(sqlite) => {
                sqlite
                    .apart_within(patience, move |session| session.query(sql, &params))
                    .await
            }
            Self::Postgres(postgres) => postgres.scan_within(patience, sql, params).await,
        };
        match read {
            Err(StoreError::Unavailable(_)) if begun.elapsed() >= patience => Ok(None),
            read => read.map(Some),
        }
    }

    /// Who wants to hear of what.
    pub(crate) fn outbox(&self) -> &Outbox {
        match self {
            Self::Sqlite(sqlite) => sqlite.outbox(),
            Self::Postgres(postgres) => postgres.outbox(),
        }
    }

    /// The tables of the schema we are in, ours or not.
    pub(crate) async fn tables(&self) -> Result<Vec<String>, StoreError> {
        let mut rows = match self {
            Self::Sqlite(sqlite) => sqlite.query(sqlite::TABLES, &[])?,
            Self::Postgres(postgres) => postgres.query(postgres::TABLES, &[]).await?,
        };
        rows.iter_mut().map(Row::text).collect()
    }

    /// The database's own time, which only dates a backup.
    pub(crate) async fn clock(&self) -> Result<crate::Millis, StoreError> {
        let mut rows = match self {
            Self::Sqlite(sqlite) => sqlite.query(sqlite::CLOCK, &[])?,
            Self::Postgres(postgres) => postgres.query(postgres::CLOCK, &[]).await?,
        };
        rows.first_mut()
            .ok_or_else(|| StoreError::Corrupt("the database tells no time".into()))?
            .integer()
    }

    /// The half of a migration's text that this database understands, laid bare.
    pub(crate) fn uncover(&self, text: &str) -> String {
        let marker = match self {
            Self::Sqlite(_) => "/*sqlite:",
            Self::Postgres(_) => "/*postgres:",
        };
        let mut pieces = text.split(marker);
        let mut uncovered = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            // The comment's end goes with its beginning; a piece without an end is left to fail as SQL.
            uncovered.push_str(&piece.replacen("*/", "", 1));
        }
        uncovered
    }
}

impl Transaction<'_> {
    /// Runs a writing statement; answers how many rows it touched.
    pub(crate) async fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(session, _) => sqlite::lock(session).execute(sql, params),
            Self::Postgres(transaction, _) => postgres::execute(*transaction, sql, params).await,
        }
    }

    /// Runs a statement that answers rows.
    pub(crate) async fn query(
        &self,
        sql: &str,
        params: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite(session, _) => sqlite::lock(session).query(sql, params),
            Self::Postgres(transaction, _) => postgres::query(*transaction, sql, params).await,
        }
    }

    /// The first row, if there is one.
    pub(crate) async fn first(
        &self,
        sql: &str,
        params: &[Value<'_>],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }

    /// Runs several statements without parameters: a migration.
    pub(crate) async fn batch(&self, sql: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(session, _) => sqlite::lock(session).batch(sql),
            Self::Postgres(transaction, _) => postgres::batch(*transaction, sql).await,
        }
    }

    /// Who wants to hear of what happens in this transaction.
    pub(crate) fn outbox(&self) -> &Outbox {
        match self {
            Self::Sqlite(_, outbox) | Self::Postgres(_, outbox) => outbox,
        }
    }

    /// Writes an audit row in this transaction, and a delivery for each who wants to hear of it.
    pub(crate) async fn record(&self, audit: AuditEvent) -> Result<(), StoreError> {
        let row = AuditRow::from(audit);
        match self {
            Self::Sqlite(session, _) => sqlite::lock(session).record(&row)?,
            Self::Postgres(transaction, _) => {
                let params = row.params();
                postgres::execute(*transaction, postgres::INSERT_AUDIT_EVENT, &params).await?;
            }
        }
        outbox::announce(self, &row).await
    }

    /// Waits for whoever is migrating or restoring already; then nobody else can until this transaction ends.
    pub(crate) async fn lock_schema(&self) -> Result<(), StoreError> {
        match self {
            // The writer holds the database's one write lock already.
            Self::Sqlite(..) => Ok(()),
            Self::Postgres(transaction, _) => {
                postgres::query(*transaction, postgres::LOCK_SCHEMA, &[])
                    .await
                    .map(drop)
            }
        }
    }
}
