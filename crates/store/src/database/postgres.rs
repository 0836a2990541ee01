//! PostgreSQL: a small pool of connections, and one task that commits appended rows in groups.
//!
//! Every verb has an answer within a few seconds, also when the database hangs: the server is told to give
//! statements up, and in case it does not even hear that, this side stops waiting. Whatever was under
//! way then is unknown and is answered as unavailable; it is never tried again from here.

mod errors;
pub(crate) mod group_commit;
mod notices;
mod opening;
mod value;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{GenericClient, Object, Pool};
use tokio::sync::{Notify, mpsc};
use tokio::task::AbortHandle;

use crate::audit_events::ChainReport;
use crate::database::{Answer, Append, Row, Transaction, Value};
use crate::outbox::Outbox;
use crate::statements::statements;
use crate::{Millis, StoreError};
pub(crate) use errors::failure;
use group_commit::Job;
pub(crate) use value::{borrowed, values};

statements! {
    pub(crate) TABLES = "select cast(tablename as text) from pg_catalog.pg_tables where schemaname = current_schema()";
    pub(crate) CLOCK = "select cast(extract(epoch from now()) * 1000 as bigint)";
    /// Number without meaning; every Grantor asks for the same one.
    pub(crate) LOCK_SCHEMA = "select cast(pg_advisory_xact_lock(7214386150) as text)";
    pub(crate) INSERT_AUDIT_EVENT = "insert into audit_events (at, actor, environment, account_id, event, subject, remote_address, request_id, details) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Moves the change mark, writes down what for, removes what is too old to be asked for, and says so to everyone who listens,
    /// as soon as the transaction is committed. A few marks are removed at a time: not where an older Grantor left gaps.
    pub(crate) MOVE_MARK_AND_TELL = "with moved as (update changes set mark = mark + 1 where id = 1 returning mark), \
        told as (insert into recent_changes (mark, stamp, kind, subject) \
            select mark, cast(random() * 9007199254740992 as bigint), cast($1 as text), cast($2 as text) from moved), \
        gone as (delete from recent_changes where mark > (select mark from moved) - 4100 and mark <= (select mark from moved) - 4000) \
        select cast(pg_notify('grantor_changes', '') as text)";
    pub(crate) IS_STANDBY = "select pg_is_in_recovery()";
    COUNT_AUDIT_EVENTS = "select count(*) from audit_events";
    IS_TRAIL_PROTECTED = "select exists (select 1 from pg_trigger where tgrelid = cast('audit_events' as regclass) \
        and tgname = 'audit_events_are_final' and tgenabled in ('O', 'A')) \
        and ((select rolsuper from pg_roles where rolname = current_user) or not has_table_privilege('audit_events', 'update, delete, truncate'))";
    RESTART_SEQUENCE = "select setval(pg_get_serial_sequence('audit_events', 'sequence'), greatest((select max(sequence) from audit_events), 1))";
}

/// Connections for verbs and reads; appends have one of their own beside them.
const CONNECTIONS: usize = 4;
/// How long a verb may take before nobody waits for it any more.
const PATIENCE: Duration = Duration::from_secs(2);
/// The same for a read that may look at many rows.
const SCAN_PATIENCE: Duration = Duration::from_secs(30);
/// Several statements at once, which cannot be prepared.
const SNAPSHOT: &str = "begin isolation level repeatable read read only; \
    set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0";

/// A PostgreSQL database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Postgres(Arc<Inner>);

struct Inner {
    config: tokio_postgres::Config,
    pool: Pool,
    appends: Pool,
    queue: mpsc::Sender<Job>,
    outbox: Outbox,
    durability_warning: Option<String>,
}

impl Postgres {
    pub(crate) async fn transaction<R, V>(&self, verb: V) -> Result<R, StoreError>
    where
        R: Send + 'static,
        V: for<'t> FnOnce(&'t Transaction<'t>) -> Answer<'t, R> + Send + 'static,
    {
        let mut connection = connection(&self.0.pool).await?;
        let outcome = within(
            PATIENCE,
            in_transaction(&mut connection, &self.0.outbox, "", verb),
        )
        .await;
        connection.settle(outcome)
    }

    pub(crate) async fn long_transaction<R, V>(&self, verb: V) -> Result<R, StoreError>
    where
        R: Send + 'static,
        V: for<'t> FnOnce(&'t Transaction<'t>) -> Answer<'t, R> + Send + 'static,
    {
        let mut connection = connection(&self.0.pool).await?;
        let outcome = in_transaction(
            &mut connection,
            &self.0.outbox,
            "set local statement_timeout = 0; set local lock_timeout = 0; set local idle_in_transaction_session_timeout = 0",
            verb,
        )
        .await;
        connection.settle(outcome)
    }

    pub(crate) async fn append(&self, append: Box<Append>) -> Result<(), StoreError> {
        group_commit::append(&self.0.queue, append).await
    }

    pub(crate) async fn query(
        &self,
        sql: &str,
        params: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        let connection = connection(&self.0.pool).await?;
        let outcome = within(PATIENCE, query(connection.client()?, sql, params)).await;
        connection.settle(outcome)
    }

    /// A read that may look at many rows: it has more time than a lookup.
    pub(crate) async fn scan(
        &self,
        sql: &'static str,
        params: Vec<Value<'static>>,
    ) -> Result<Vec<Row>, StoreError> {
        self.scan_within(SCAN_PATIENCE, sql, params).await
    }

    /// The same with a time of the caller's choice.
    pub(crate) async fn scan_within(
        &self,
        patience: Duration,
        sql: &'static str,
        params: Vec<Value<'static>>,
    ) -> Result<Vec<Row>, StoreError> {
        let mut connection = connection(&self.0.pool).await?;
        let settings = format!("set local statement_timeout = {}", milliseconds(patience));
        let scanning = in_transaction(
            &mut connection,
            &self.0.outbox,
            &settings,
            move |tx: &Transaction<'_>| Box::pin(async move { tx.query(sql, &params).await }),
        );
        let outcome = within(patience + PATIENCE, scanning).await;
        connection.settle(outcome)
    }

    /// A connection in a read-only transaction that sees one moment of the database, for a backup. It is closed when it is dropped.
    pub(crate) async fn snapshot(&self) -> Result<Connection, StoreError> {
        let connection = connection(&self.0.pool).await?;
        batch(connection.client()?, SNAPSHOT).await?;
        Ok(connection)
    }

    /// Whether the trail is still closed to changes, and how long it is.
    pub(crate) async fn verify_audit_trail(&self) -> Result<ChainReport, StoreError> {
        let protected = self
            .query(IS_TRAIL_PROTECTED, &[])
            .await?
            .first_mut()
            .map(Row::flag)
            .transpose()?;
        if protected != Some(true) {
            return Err(StoreError::Operator(
                "the audit trail is not protected any more: its trigger is missing or disabled, or this role may change its rows; restore the trigger and revoke UPDATE, DELETE and TRUNCATE on audit_events".into(),
            ));
        }
        let rows = self
            .query(COUNT_AUDIT_EVENTS, &[])
            .await?
            .first_mut()
            .map(Row::count)
            .transpose()?;
        Ok(ChainReport {
            rows: rows.unwrap_or_default(),
            broken_at: None,
        })
    }

    /// Listens until it is told to stop; `word` is told of every change.
    pub(crate) fn listen(&self, word: Arc<Notify>) -> AbortHandle {
        tokio::spawn(notices::listen(self.0.config.clone(), word)).abort_handle()
    }

    /// Who wants to hear of what.
    pub(crate) fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }

    pub(crate) fn durability_warning(&self) -> Option<String> {
        self.0.durability_warning.clone()
    }

    /// Writes what waits and ends every connection.
    pub(crate) async fn close(&self) {
        group_commit::close(&self.0.queue).await;
        self.0.pool.close();
        self.0.appends.close();
    }
}

/// Restored rows brought their own numbers; the next one goes on after them.
pub(crate) async fn restart_sequence(
    transaction: &deadpool_postgres::Transaction<'_>,
) -> Result<(), StoreError> {
    query(transaction, RESTART_SEQUENCE, &[]).await.map(drop)
}

async fn in_transaction<R, V>(
    connection: &mut Connection,
    outbox: &Outbox,
    settings: &str,
    verb: V,
) -> Result<R, StoreError>
where
    R: Send + 'static,
    V: for<'t> FnOnce(&'t Transaction<'t>) -> Answer<'t, R> + Send + 'static,
{
    let transaction = connection
        .client_mut()?
        .transaction()
        .await
        .map_err(failure)?;
    if !settings.is_empty() {
        batch(&transaction, settings).await?;
    }
    let outcome = verb(&Transaction::Postgres(&transaction, outbox)).await;
    match outcome {
        Ok(answer) => transaction.commit().await.map_err(failure).map(|()| answer),
        Err(error) => {
            transaction.rollback().await.map_err(failure)?;
            Err(error)
        }
    }
}

/// Waits no longer than `patience`.
async fn within<R>(
    patience: Duration,
    work: impl Future<Output = Result<R, StoreError>>,
) -> Result<R, StoreError> {
    tokio::time::timeout(patience, work)
        .await
        .unwrap_or_else(|_| {
            Err(StoreError::Unavailable(format!(
                "PostgreSQL did not answer within {} seconds",
                patience.as_secs()
            )))
        })
}

/// A connection that goes back to the pool only if it was heard to work: dropped half way (by a caller that
/// hung up) or after a failure it is closed, so that no later verb inherits a dead line or an open transaction.
pub(crate) struct Connection {
    object: Option<Object>,
}

async fn connection(pool: &Pool) -> Result<Connection, StoreError> {
    let object = within(PATIENCE, async {
        pool.get().await.map_err(errors::no_connection)
    })
    .await?;
    Ok(Connection {
        object: Some(object),
    })
}

impl Connection {
    pub(crate) fn client(&self) -> Result<&Object, StoreError> {
        self.object
            .as_ref()
            .ok_or_else(|| StoreError::Unavailable("the connection was closed".into()))
    }

    fn client_mut(&mut self) -> Result<&mut Object, StoreError> {
        self.object
            .as_mut()
            .ok_or_else(|| StoreError::Unavailable("the connection was closed".into()))
    }

    /// Keeps the connection for the next one unless the database failed on it.
    fn settle<R>(mut self, outcome: Result<R, StoreError>) -> Result<R, StoreError> {
        if !matches!(outcome, Err(StoreError::Unavailable(_))) {
            drop(self.object.take());
        } else if let Some(pool) = self.object.as_ref().and_then(Object::pool) {
            // The idle ones are most likely as dead; they are made anew when they are needed.
            pool.retain(|_, _| false);
        }
        outcome
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            drop(Object::take(object));
        }
    }
}

pub(crate) async fn execute(
    client: &impl GenericClient,
    sql: &str,
    params: &[Value<'_>],
) -> Result<u64, StoreError> {
    let statement = client.prepare_cached(sql).await.map_err(failure)?;
    client
        .execute(&statement, &borrowed(params))
        .await
        .map_err(failure)
}

pub(crate) async fn query(
    client: &impl GenericClient,
    sql: &str,
    params: &[Value<'_>],
) -> Result<Vec<Row>, StoreError> {
    let statement = client.prepare_cached(sql).await.map_err(failure)?;
    let rows = client
        .query(&statement, &borrowed(params))
        .await
        .map_err(failure)?;
    rows.iter().map(value::row).collect()
}

pub(crate) async fn batch(client: &impl GenericClient, sql: &str) -> Result<(), StoreError> {
    client.batch_execute(sql).await.map_err(failure)
}

/// Milliseconds for a setting's text.
fn milliseconds(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}
