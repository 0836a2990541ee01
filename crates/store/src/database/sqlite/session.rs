//! A connection to SQLite: parameters in, rows out, errors told apart.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode};

use super::audit_chain::AuditTail;
use crate::StoreError;
use crate::database::{Row, Value};

/// A connection with what its transaction knows of the audit trail's end.
pub(crate) struct Session {
    pub(super) connection: Connection,
    /// Read from the database when a transaction first needs it: another process may have written since.
    pub(super) tail: Option<AuditTail>,
    /// Where a row is written out before it is hashed; kept to be used again.
    pub(super) scratch: Vec<u8>,
}

impl Session {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection,
            tail: None,
            scratch: Vec::new(),
        }
    }

    /// Runs a writing statement; answers how many rows it touched.
    pub(crate) fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failure)?;
        let touched = statement
            .execute(rusqlite::params_from_iter(params))
            .map_err(failure)?;
        Ok(touched as u64)
    }

    /// Runs a statement that answers rows.
    pub(crate) fn query(&self, sql: &str, params: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let mut answered = Vec::new();
        self.for_each(sql, params, |row| {
            answered.push(Row::new(row));
            Ok(())
        })?;
        Ok(answered)
    }

    /// Runs a statement and hands over its rows one by one, so that a whole table needs no memory.
    pub(crate) fn for_each(
        &self,
        sql: &str,
        params: &[Value<'_>],
        mut take: impl FnMut(Vec<Value<'static>>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failure)?;
        let columns = statement.column_count();
        let mut rows = statement
            .query(rusqlite::params_from_iter(params))
            .map_err(failure)?;
        while let Some(row) = rows.next().map_err(failure)? {
            let mut values = Vec::with_capacity(columns);
            for column in 0..columns {
                values.push(value(row.get_ref(column).map_err(failure)?)?);
            }
            take(values)?;
        }
        Ok(())
    }

    /// Runs several statements without parameters.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.execute_batch(sql).map_err(failure)
    }
}

fn value(column: ValueRef<'_>) -> Result<Value<'static>, StoreError> {
    Ok(match column {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Integer(value),
        ValueRef::Real(_) => return Err(StoreError::Corrupt("a column holds a fraction".into())),
        ValueRef::Text(text) => {
            let text = str::from_utf8(text)
                .map_err(|_| StoreError::Corrupt("a column holds text that is not UTF-8".into()))?;
            Value::Text(text.to_owned().into())
        }
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec().into()),
    })
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

/// Tells "the database could not" from "this makes no sense". What SQLite says holds no values of rows.
pub(super) fn failure(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::OutOfMemory
            | ErrorCode::PermissionDenied
            | ErrorCode::OperationInterrupted
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::NoLargeFileSupport,
        ) => StoreError::Unavailable(error.to_string()),
        _ => StoreError::Corrupt(error.to_string()),
    }
}
