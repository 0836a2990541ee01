//! The one thread that writes to SQLite.
//!
//! It drains a bounded channel: whatever waits there, up to [`GROUP`] jobs, becomes one transaction with one
//! `fsync`, and every caller is answered after that commit and never before. There is no timer:
//! while one group is being made durable, the next one gathers by itself.
//!
//! Appends (an access token, an audit row) are two prepared inserts. Every other verb runs in a savepoint, so
//! that one which is refused or panics takes nobody else down. If the commit fails, nothing is known
//! to be durable and every job of the group is told so.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use rusqlite::{ErrorCode, params};
use tokio::sync::{mpsc, oneshot};

use super::audit_chain::{self, INSERT_AUDIT_EVENT};
use super::checkpoints::Checkpoints;
use super::session::{Session, failure};
use super::{INSERT_ACCESS_TOKEN, lock};
use crate::database::Append;
use crate::{Refused, StoreError};

/// The most jobs in one commit.
const GROUP: usize = 1024;
/// Jobs that may wait; further callers wait to get into the queue.
pub(super) const QUEUE: usize = 4096;

/// Something to write.
pub(super) enum Job {
    Append {
        append: Box<Append>,
        outcome: Result<(), StoreError>,
        answer: oneshot::Sender<Result<(), StoreError>>,
    },
    Verb(Box<dyn Verb>),
    /// Write what waits, then end.
    Close(oneshot::Sender<()>),
}

/// A verb with whoever waits for its answer.
pub(super) trait Verb: Send {
    /// Runs it in the group's transaction. True when what it wrote is to be kept.
    fn run(&mut self, session: &Mutex<Session>) -> bool;
    /// Answers: with the verb's own outcome, or with why the group was not committed.
    fn answer(self: Box<Self>, committed: Result<(), &StoreError>);
}

/// Writes until every sender is gone or somebody asks to close.
pub(super) fn write(session: Session, checkpoints: Checkpoints, mut queue: mpsc::Receiver<Job>) {
    let session = Mutex::new(session);
    let mut group = Vec::with_capacity(GROUP);
    let mut closing = Vec::new();
    while queue.blocking_recv_many(&mut group, GROUP) > 0 {
        // Whoever is about to ask rides along: with few cores, the callers run only when this thread does not.
        std::thread::yield_now();
        while group.len() < GROUP
            && let Ok(job) = queue.try_recv()
        {
            group.push(job);
        }
        let committed = commit(&session, &mut group);
        for job in group.drain(..) {
            match job {
                Job::Append {
                    outcome, answer, ..
                } => {
                    // Nobody waiting is not an error: the caller may have hung up.
                    let _ = answer.send(committed.as_ref().map_err(again).copied().and(outcome));
                }
                Job::Verb(verb) => verb.answer(committed.as_ref().copied()),
                Job::Close(closed) => {
                    queue.close();
                    closing.push(closed);
                }
            }
        }
    }
    let session = session
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Err(error) = session.batch("pragma wal_checkpoint(truncate)") {
        tracing::debug!(%error, "the write-ahead log was left for the next start");
    }
    drop(session);
    checkpoints.join();
    for closed in closing {
        let _ = closed.send(());
    }
}

/// One group, one transaction, one `fsync`.
fn commit(session: &Mutex<Session>, group: &mut [Job]) -> Result<(), StoreError> {
    let written = begin(session)
        .and_then(|()| run(session, group))
        .and_then(|()| {
            let mut session = lock(session);
            session.mark_tail()?;
            session
                .connection
                .prepare_cached("commit")
                .and_then(|mut commit| commit.execute([]))
                .map_err(failure)
        });
    match written {
        Ok(_) => Ok(()),
        Err(error) => {
            tracing::error!(jobs = group.len(), %error, "a group of writes was not committed");
            let mut session = lock(session);
            session.tail = None;
            // Some failures end SQLite's transaction by themselves.
            if !session.connection.is_autocommit() {
                let _ = session.batch("rollback");
            }
            Err(StoreError::Unavailable(match error {
                StoreError::Unavailable(reason) | StoreError::Corrupt(reason) => reason,
                other => other.to_string(),
            }))
        }
    }
}

fn begin(session: &Mutex<Session>) -> Result<(), StoreError> {
    let mut session = lock(session);
    session.tail = None;
    // Immediate: the write lock is taken now, so that nothing read in this transaction can be outdated by another process.
    session
        .connection
        .prepare_cached("begin immediate")
        .and_then(|mut begin| begin.execute([]))
        .map_err(failure)?;
    Ok(())
}

/// Runs every job of the group. An error means that the whole group has failed.
fn run(session: &Mutex<Session>, group: &mut [Job]) -> Result<(), StoreError> {
    let mut rest = group;
    while let Some(first) = rest.first() {
        let appends = rest
            .iter()
            .take_while(|job| matches!(job, Job::Append { .. }))
            .count();
        let together = if matches!(first, Job::Append { .. }) {
            appends
        } else {
            1
        };
        let (now, later) = rest.split_at_mut(together);
        rest = later;
        match now {
            [Job::Verb(verb)] => savepoint(session, verb.as_mut())?,
            [Job::Close(_)] => {}
            jobs => append(&mut lock(session), jobs)?,
        }
    }
    Ok(())
}

/// The hot path: a run of appends with statements that are looked up once.
fn append(session: &mut Session, jobs: &mut [Job]) -> Result<(), StoreError> {
    let mut tail = session.tail()?.clone();
    let Session {
        connection,
        scratch,
        ..
    } = session;
    let mut tokens = connection
        .prepare_cached(INSERT_ACCESS_TOKEN)
        .map_err(failure)?;
    let mut events = connection
        .prepare_cached(INSERT_AUDIT_EVENT)
        .map_err(failure)?;
    for job in jobs {
        let Job::Append {
            append, outcome, ..
        } = job
        else {
            continue;
        };
        if let Some((environment, token)) = &append.token {
            let inserted = tokens.execute(params![
                token.id.0,
                environment.as_str(),
                token.secret_hash,
                token.credential_uuid,
                token.scope,
                token.issued_at,
                token.expires_at
            ]);
            match inserted {
                Ok(_) => {}
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                    *outcome = Err(Refused::Exists("token").into());
                    continue;
                }
                Err(error) => return Err(failure(error)),
            }
        }
        tail.follow(&append.audit, scratch);
        // Without its audit row nothing is kept: the whole group falls.
        audit_chain::insert(&mut events, &append.audit, &tail).map_err(failure)?;
    }
    drop((tokens, events));
    session.tail = Some(tail);
    Ok(())
}

fn savepoint(session: &Mutex<Session>, verb: &mut dyn Verb) -> Result<(), StoreError> {
    let tail = {
        let session = lock(session);
        session.batch("savepoint verb")?;
        session.tail.clone()
    };
    let keep = catch_unwind(AssertUnwindSafe(|| verb.run(session))).unwrap_or_else(|_| {
        tracing::error!("a verb of the store panicked; it was rolled back");
        false
    });
    let mut session = lock(session);
    if session.connection.is_autocommit() {
        return Err(StoreError::Unavailable(
            "the database gave a transaction up".into(),
        ));
    }
    if keep {
        return session.batch("release verb");
    }
    session.tail = tail;
    session.batch("rollback to verb; release verb")
}

/// The same reason once more, for the next caller.
pub(super) fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Unavailable(reason) => StoreError::Unavailable(reason.clone()),
        other => StoreError::Unavailable(other.to_string()),
    }
}
