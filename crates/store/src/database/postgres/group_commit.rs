//! Group commit on PostgreSQL: one task drains a bounded channel and writes what it finds in one statement.
//!
//! One statement is one transaction, one round trip and one flush for up to [`GROUP`] callers. More
//! connections make this slower, not faster: they take each other's place at the same flush. When the
//! statement fails every caller is told so; only when PostgreSQL itself says that it refused the rows,
//! and so that nothing was kept, are they written one by one to find the one at fault.

use deadpool_postgres::Pool;
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::types::ToSql;

use super::{PATIENCE, connection, failure, within};
use crate::audit_events::AuditColumns;
use crate::database::Append;
use crate::statements::statements;
use crate::{Refused, StoreError};

statements! {
    INSERT_GROUP = "with issued as ( \
          insert into access_tokens (id, environment, secret_hash, credential_uuid, scope, issued_at, expires_at) \
          select * from unnest(cast($1 as bytea[]), cast($2 as text[]), cast($3 as bytea[]), cast($4 as text[]), cast($5 as text[]), cast($6 as bigint[]), cast($7 as bigint[])) \
        ) \
        insert into audit_events (at, actor, environment, account_id, event, subject, remote_address, request_id, details) \
        select * from unnest(cast($8 as bigint[]), cast($9 as text[]), cast($10 as text[]), cast($11 as text[]), cast($12 as text[]), cast($13 as text[]), \
          cast($14 as text[]), cast($15 as text[]), cast($16 as text[]))";
}

/// The most rows in one commit.
const GROUP: usize = 1024;
/// Rows that may wait; further callers wait to get into the queue.
const QUEUE: usize = 4096;

pub(super) enum Job {
    Append {
        append: Box<Append>,
        answer: oneshot::Sender<Result<(), StoreError>>,
    },
    Close(oneshot::Sender<()>),
}

/// Starts the task; it ends when the last sender is gone or somebody closes.
pub(super) fn start(pool: Pool) -> mpsc::Sender<Job> {
    let (queue, jobs) = mpsc::channel(QUEUE);
    tokio::spawn(write(pool, jobs));
    queue
}

/// Queues rows and waits until they are durable.
pub(super) async fn append(
    queue: &mpsc::Sender<Job>,
    append: Box<Append>,
) -> Result<(), StoreError> {
    let (answer, answered) = oneshot::channel();
    let gone = || StoreError::Unavailable("the database was closed".into());
    within(PATIENCE, async {
        queue
            .send(Job::Append { append, answer })
            .await
            .map_err(|_| gone())
    })
    .await?;
    // A group that is under way when this one comes, then its own.
    within(PATIENCE * 2, async {
        answered.await.unwrap_or_else(|_| Err(gone()))
    })
    .await
}

/// Waits until everything queued so far is written; nothing can be queued afterwards.
pub(super) async fn close(queue: &mpsc::Sender<Job>) {
    let (closed, done) = oneshot::channel();
    if queue.send(Job::Close(closed)).await.is_ok() {
        let _ = done.await;
    }
}

async fn write(pool: Pool, mut jobs: mpsc::Receiver<Job>) {
    let mut drained = Vec::with_capacity(GROUP);
    let mut closing = Vec::new();
    while jobs.recv_many(&mut drained, GROUP).await > 0 {
        let mut group = Vec::with_capacity(drained.len());
        let mut answers = Vec::with_capacity(drained.len());
        for job in drained.drain(..) {
            match job {
                // Whoever stopped waiting was told that nothing is known; nothing is what shall be.
                Job::Append { answer, .. } if answer.is_closed() => {}
                Job::Append { append, answer } => {
                    group.push(append);
                    answers.push(answer);
                }
                Job::Close(closed) => {
                    jobs.close();
                    closing.push(closed);
                }
            }
        }
        if group.is_empty() {
            continue;
        }
        match insert(&pool, &group).await {
            Ok(()) => answers
                .into_iter()
                .for_each(|answer| drop(answer.send(Ok(())))),
            Err(Failed::RowsRefused) => {
                for (append, answer) in group.iter().zip(answers) {
                    let alone = insert(&pool, std::slice::from_ref(append)).await;
                    let _ = answer.send(alone.map_err(|failed| match failed {
                        Failed::RowsRefused => Refused::Exists("token").into(),
                        Failed::Unavailable(reason) => StoreError::Unavailable(reason),
                    }));
                }
            }
            Err(Failed::Unavailable(reason)) => {
                tracing::error!(
                    rows = group.len(),
                    reason,
                    "a group of writes was not committed"
                );
                answers.into_iter().for_each(|answer| {
                    drop(answer.send(Err(StoreError::Unavailable(reason.clone()))))
                });
            }
        }
    }
    for closed in closing {
        let _ = closed.send(());
    }
}

enum Failed {
    /// PostgreSQL refused a row (a token of that id exists): nothing of the group was kept.
    RowsRefused,
    Unavailable(String),
}

async fn insert(pool: &Pool, group: &[Box<Append>]) -> Result<(), Failed> {
    let unavailable = |error: StoreError| match error {
        StoreError::Unavailable(reason) => Failed::Unavailable(reason),
        other => Failed::Unavailable(other.to_string()),
    };
    let columns = Columns::of(group);
    let connection = connection(pool).await.map_err(unavailable)?;
    let client = connection.client().map_err(unavailable)?;
    let mut refused = false;
    let written = within(PATIENCE, async {
        let statement = client.prepare_cached(INSERT_GROUP).await.map_err(failure)?;
        client
            .execute(&statement, &columns.params())
            .await
            .map_err(|error| {
                // Class 23: an integrity constraint. Class 22: a value that cannot be stored.
                refused = error.code().is_some_and(|state| {
                    state.code().starts_with("23") || state.code().starts_with("22")
                });
                failure(error)
            })
    })
    .await;
    let written = connection.settle(written);
    if refused {
        return Err(Failed::RowsRefused);
    }
    written.map(drop).map_err(unavailable)
}

/// The group, turned from rows into columns.
#[derive(Default)]
struct Columns<'g> {
    ids: Vec<&'g [u8]>,
    environments: Vec<&'g str>,
    secret_hashes: Vec<&'g [u8]>,
    credentials: Vec<&'g str>,
    scopes: Vec<&'g str>,
    issued_at: Vec<i64>,
    expires_at: Vec<i64>,
    audit_at: Vec<i64>,
    audit_required: [Vec<&'g str>; 3],
    audit_optional: [Vec<Option<&'g str>>; 5],
}

impl<'g> Columns<'g> {
    fn of(group: &'g [Box<Append>]) -> Self {
        let mut columns = Self::default();
        for append in group {
            if let Some((environment, token)) = &append.token {
                columns.ids.push(&token.id.0);
                columns.environments.push(environment.as_str());
                columns.secret_hashes.push(&token.secret_hash);
                columns.credentials.push(&token.credential_uuid);
                columns.scopes.push(&token.scope);
                columns.issued_at.push(token.issued_at);
                columns.expires_at.push(token.expires_at);
            }
            columns.push(append.audit.borrowed());
        }
        columns
    }

    fn push(&mut self, audit: AuditColumns<'g>) {
        self.audit_at.push(audit.at);
        for (column, value) in
            self.audit_required
                .iter_mut()
                .zip([audit.actor, audit.event, audit.details])
        {
            column.push(value);
        }
        let optional = [
            audit.environment,
            audit.account_id,
            audit.subject,
            audit.remote_address,
            audit.request_id,
        ];
        for (column, value) in self.audit_optional.iter_mut().zip(optional) {
            column.push(value);
        }
    }

    fn params(&self) -> [&(dyn ToSql + Sync); 16] {
        let [actor, event, details] = &self.audit_required;
        let [environment, account_id, subject, remote_address, request_id] = &self.audit_optional;
        [
            &self.ids,
            &self.environments,
            &self.secret_hashes,
            &self.credentials,
            &self.scopes,
            &self.issued_at,
            &self.expires_at,
            &self.audit_at,
            actor,
            environment,
            account_id,
            event,
            subject,
            remote_address,
            request_id,
            details,
        ]
    }
}
