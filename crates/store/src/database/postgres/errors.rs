//! Tells "the database could not" from "this makes no sense".

use std::error::Error as _;

use deadpool_postgres::PoolError;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::{Refused, StoreError};

/// What a statement failed of. PostgreSQL's message names tables and columns; the detail, which may hold values, is left out.
pub(crate) fn failure(error: Error) -> StoreError {
    let Some(state) = error.code() else {
        // No answer of the database at all: a closed line, a time that ran out, or a value that does not fit its type.
        let reason = reason(&error);
        return if error.is_closed() || is_io(&error) {
            StoreError::Unavailable(reason)
        } else {
            StoreError::Corrupt(reason)
        };
    };
    if *state == SqlState::UNDEFINED_TABLE {
        return StoreError::Operator(
            "the database has no tables of Grantor yet: run `grantor migrate up`".into(),
        );
    }
    // A NUL character, which no text can hold: whoever asked sent it.
    if *state == SqlState::CHARACTER_NOT_IN_REPERTOIRE {
        return Refused::Conflict("a text must not hold a NUL character").into();
    }
    // By class: 08 connection, 25 transaction state (a standby is read-only), 40 rollback by a deadlock, 53 resources
    // (disk full, too many connections), 55 a lock not to be had, 57 shut down or cancelled, 58 the system, XX inside.
    // 0A is what a cached statement answers after a migration; a fresh connection heals it.
    let unavailable = ["08", "0A", "25", "40", "53", "55", "57", "58"]
        .iter()
        .any(|class| state.code().starts_with(class));
    let reason = format!("{} (SQLSTATE {})", reason(&error), state.code());
    if unavailable {
        StoreError::Unavailable(reason)
    } else {
        StoreError::Corrupt(reason)
    }
}

/// Why there is no connection. While running this is always an outage, whatever its cause.
pub(super) fn no_connection(error: PoolError) -> StoreError {
    StoreError::Unavailable(match error {
        PoolError::Timeout(_) => "no connection to PostgreSQL within the time allowed".into(),
        PoolError::Backend(error) => reason(&error),
        PoolError::Closed => "the database was closed".into(),
        PoolError::PostCreateHook(error) => match error {
            deadpool_postgres::HookError::Message(message) => message.into_owned(),
            deadpool_postgres::HookError::Backend(error) => reason(&error),
        },
        PoolError::NoRuntimeSpecified => "the pool has no runtime".into(),
    })
}

/// Whether the operator has to change something before a connection can work: a wrong password, user or database.
pub(super) fn is_configuration(error: &Error) -> bool {
    error.code().is_some_and(|state| {
        state.code().starts_with("28")
            || state.code().starts_with("3D")
            || *state == SqlState::INSUFFICIENT_PRIVILEGE
    })
}

pub(super) fn reason(error: &Error) -> String {
    if let Some(database) = error.as_db_error() {
        return database.message().to_owned();
    }
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

fn is_io(error: &Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<std::io::Error>() {
            return true;
        }
        source = cause.source();
    }
    // The driver tells a time that ran out while connecting by its text only.
    error.to_string().contains("timed out") || error.to_string().contains("timeout")
}
