//! SQLite: one writer thread, readers on the calling threads.
//!
//! Durability is `synchronous=FULL` in WAL mode: a commit has reached the disk before anybody is
//! answered. Another process (the command line beside `serve`) may write to the same file, so nothing is
//! remembered from one transaction to the next.

pub(crate) mod audit_chain;
mod checkpoints;
mod creation;
mod session;
#[cfg(test)]
mod tests;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{mpsc, oneshot};

use checkpoints::Checkpoints;
pub(crate) use creation::{new_private_file, publish, unpublished};
pub(crate) use session::Session;

use crate::database::{Answer, Append, Row, Transaction, Value};
use crate::outbox::Outbox;
use crate::statements::statements;
use crate::{DatabaseUrl, Millis, StoreError};
use writer::{Job, Verb};

statements! {
    pub(crate) TABLES = "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'";
    pub(crate) CLOCK = "select cast(unixepoch('subsec') * 1000 as integer)";
    pub(super) INSERT_ACCESS_TOKEN = "insert into access_tokens (id, environment, secret_hash, credential_uuid, scope, issued_at, expires_at) \
        values ($1, $2, $3, $4, $5, $6, $7)";
    /// What the mark was just moved for.
    pub(crate) WRITE_CHANGE = "insert into recent_changes (mark, stamp, kind, subject) select mark, random(), $1, $2 from changes where id = 1";
    /// What is too old to be asked for.
    pub(crate) REMOVE_CHANGES = "delete from recent_changes where mark <= (select mark from changes where id = 1) - 4000";
}

/// Idle reading connections that are kept; each holds a page cache of up to 2 MB.
const IDLE_READERS: usize = 4;
/// How often, a millisecond apart, a connection asks again for a lock that another process holds: five seconds.
const BUSY_ATTEMPTS: i32 = 5_000;
/// How long a caller waits for a place in the writer's queue.
const QUEUE_WAIT: Duration = Duration::from_secs(5);

/// A SQLite database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Sqlite(Arc<Inner>);

struct Inner {
    path: std::path::PathBuf,
    outbox: Outbox,
    queue: mpsc::Sender<Job>,
    /// None after closing.
    readers: Mutex<Option<Vec<Session>>>,
}

impl Sqlite {
    /// Opens a database; makes it, complete and migrated, when there is none.
    pub(crate) async fn open(path: &Path, now: Millis) -> Result<Self, StoreError> {
        if creation::is_missing(path)? {
            creation::create(path, now).await?;
        }
        Self::open_existing(path)
    }

    fn open_existing(path: &Path) -> Result<Self, StoreError> {
        let mut connection = connect_writer(path).map_err(|error| sentence(path, &error))?;
        let checkpoints = Checkpoints::start(path, &mut connection)?;
        let session = Session::new(connection);
        let (queue, jobs) = mpsc::channel(writer::QUEUE);
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || writer::write(session, checkpoints, jobs))
            .map_err(|error| {
                StoreError::Unavailable(format!("no thread for the database: {error}"))
            })?;
        Ok(Self(Arc::new(Inner {
            path: path.to_owned(),
            outbox: Outbox::default(),
            queue,
            readers: Mutex::new(Some(Vec::new())),
        })))
    }

    pub(crate) async fn transaction<R, V>(&self, verb: V) -> Result<R, StoreError>
    where
        R: Send + 'static,
        V: for<'t> FnOnce(&'t Transaction<'t>) -> Answer<'t, R> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.enqueue(Job::Verb(Box::new(Waiting {
            verb: Some(verb),
            outbox: self.0.outbox.clone(),
            outcome: None,
            answer,
        })))
        .await?;
        answered.await.unwrap_or_else(|_| Err(gone()))
    }

    pub(crate) async fn append(&self, append: Box<Append>) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        self.enqueue(Job::Append {
            append,
            outcome: Ok(()),
            answer,
        })
        .await?;
        answered.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Who wants to hear of what.
    pub(crate) fn outbox(&self) -> &Outbox {
        &self.0.outbox
    }

    async fn enqueue(&self, job: Job) -> Result<(), StoreError> {
        match self.0.queue.try_send(job) {
            Ok(()) => Ok(()),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(gone()),
            Err(mpsc::error::TrySendError::Full(job)) => {
                let sending = self.0.queue.send_timeout(job, QUEUE_WAIT);
                Box::pin(sending).await.map_err(|error| match error {
                    mpsc::error::SendTimeoutError::Timeout(_) => {
                        StoreError::Unavailable("too many writes are waiting".into())
                    }
                    mpsc::error::SendTimeoutError::Closed(_) => gone(),
                })
            }
        }
    }

    /// Reads on the calling thread.
    pub(crate) fn query(&self, sql: &str, params: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        self.read(|session| session.query(sql, params))
    }

    /// Reads on a thread of its own, for what may take long.
    pub(crate) async fn apart<R: Send + 'static>(
        &self,
        read: impl FnOnce(&Session) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let sqlite = self.clone();
        tokio::task::spawn_blocking(move || sqlite.read(read))
            .await
            .unwrap_or_else(|_| Err(StoreError::Unavailable("a read was given up".into())))
    }

    /// The same, interrupted when it takes longer than `patience`.
    pub(crate) async fn apart_within<R: Send + 'static>(
        &self,
        patience: Duration,
        read: impl FnOnce(&Session) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let (begins, begun) = tokio::sync::oneshot::channel();
        let mut reading = Box::pin(self.apart(move |session| {
            // Nobody listens any more when the reader was given up.
            let _ = begins.send(session.connection.get_interrupt_handle());
            read(session)
        }));
        if let Ok(read) = tokio::time::timeout(patience, &mut reading).await {
            return read;
        }
        if let Ok(handle) = begun.await {
            handle.interrupt();
        }
        reading.await
    }

    fn read<R>(
        &self,
        read: impl FnOnce(&Session) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        let idle = lock(&self.0.readers).as_mut().ok_or_else(gone)?.pop();
        let session = match idle {
            Some(session) => session,
            None => Session::new(connect_reader(&self.0.path).map_err(session::failure)?),
        };
        let answer = read(&session)?;
        // A connection whose statement failed is not kept: closing it ends whatever it was in.
        if let Some(readers) = lock(&self.0.readers).as_mut()
            && readers.len() < IDLE_READERS
        {
            readers.push(session);
        }
        Ok(answer)
    }

    /// Writes what waits, checkpoints and lets go of the file.
    pub(crate) async fn close(&self) {
        lock(&self.0.readers).take();
        let (closed, done) = oneshot::channel();
        if self.0.queue.send(Job::Close(closed)).await.is_ok() {
            let _ = done.await;
        }
    }
}

/// A verb's body with its caller's end of the line.
struct Waiting<R, V> {
    verb: Option<V>,
    outbox: Outbox,
    outcome: Option<Result<R, StoreError>>,
    answer: oneshot::Sender<Result<R, StoreError>>,
}

impl<R, V> Verb for Waiting<R, V>
where
    R: Send,
    V: for<'t> FnOnce(&'t Transaction<'t>) -> Answer<'t, R> + Send,
{
    fn run(&mut self, session: &Mutex<Session>) -> bool {
        let Some(verb) = self.verb.take() else {
            return false;
        };
        let transaction = Transaction::Sqlite(session, &self.outbox);
        // Every operation of a transaction ends at once on SQLite, so one poll is the whole verb.
        let outcome = verb(&transaction).now_or_never();
        let outcome = outcome.unwrap_or_else(|| {
            Err(StoreError::Corrupt(
                "a verb waited for something that is not the database".into(),
            ))
        });
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, committed: Result<(), &StoreError>) {
        let outcome = match committed {
            Ok(()) => self.outcome.unwrap_or_else(|| {
                Err(StoreError::Corrupt(
                    "a verb panicked and was rolled back".into(),
                ))
            }),
            Err(error) => Err(writer::again(error)),
        };
        let _ = self.answer.send(outcome);
    }
}

fn connect_writer(path: &Path) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_handler(Some(wait_a_little))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // FULL: the log is synced before a commit is answered. Its file is cut back to 16 MB after a burst.
    connection.execute_batch(
        "pragma synchronous = full; pragma foreign_keys = on; \
         pragma journal_size_limit = 16777216; pragma cache_size = -8000; pragma temp_store = memory; pragma trusted_schema = off",
    )?;
    connection.set_prepared_statement_cache_capacity(64);
    keep_plans(&connection)?;
    if connection.is_readonly("main")? {
        return Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_READONLY),
            None,
        ));
    }
    Ok(connection)
}

fn connect_reader(path: &Path) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_handler(Some(wait_a_little))?;
    connection.set_prepared_statement_cache_capacity(32);
    keep_plans(&connection)?;
    Ok(connection)
}

/// Without this SQLite looks at bound values to choose a plan, and parses a cached statement anew each
/// time one changes: 30 µs instead of 5 for every read of a client or a token.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map(|_| ())
}

/// SQLite's own handler sleeps up to 100 ms between attempts and starves beside a busy writer; this one asks every millisecond.
fn wait_a_little(attempts: i32) -> bool {
    std::thread::sleep(Duration::from_millis(1));
    attempts < BUSY_ATTEMPTS
}

fn gone() -> StoreError {
    StoreError::Unavailable("the database was closed".into())
}

/// What opening failed of, for the operator.
fn sentence(path: &Path, error: &rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode;
    let url = DatabaseUrl::Sqlite(path.to_owned());
    StoreError::Operator(match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => format!(
            "the database {url} is damaged or is not a SQLite database: restore a backup into a new file, or name another file in [storage] url"
        ),
        Some(ErrorCode::ReadOnly) => format!(
            "the database {url} cannot be written: give the user that runs this command the right to write the file and its folder"
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!(
                "the database {url} is locked by another process: end it, or wait until it is done"
            )
        }
        _ => format!(
            "the database {url} cannot be opened ({error}): check that its folder exists and can be written"
        ),
    })
}

/// A lock whose holder panicked is still a lock: the transaction it guards was rolled back.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
