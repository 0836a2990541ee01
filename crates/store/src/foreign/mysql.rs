//! MySQL and MariaDB.

use std::time::Duration;

use mysql_async::consts::ColumnType;
use mysql_async::prelude::Queryable;
use mysql_async::{Column, Conn, Error, Opts, OptsBuilder, Row, Value as Cell};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::{CONNECT, ForeignRow, garbled};
use crate::StoreError;

/// A whole table may take a while, but not for ever.
const READ: Duration = Duration::from_secs(600);
/// The character set that stands for bytes.
const BINARY: u16 = 63;

/// Connects, for reading alone.
///
/// # Errors
/// [`StoreError::Operator`] with what to do.
pub(super) async fn open(url: &str) -> Result<Conn, StoreError> {
    let unreadable = || {
        StoreError::Operator(
            "the source cannot be read: write mysql://USER:PASSWORD@HOST:PORT/DATABASE".into(),
        )
    };
    let url = match url.strip_prefix("mariadb:") {
        Some(rest) => format!("mysql:{rest}"),
        None => url.to_owned(),
    };
    let opts = Opts::from_url(&url).map_err(|_| unreadable())?;
    if opts.db_name().is_none() {
        return Err(unreadable());
    }
    let shown = format!("{}:{}", opts.ip_or_hostname(), opts.tcp_port());
    // The server does not choose another way in, and whatever it asks for of our files it does not get.
    let opts = OptsBuilder::from_opts(opts)
        .prefer_socket(false)
        .setup(vec!["set session transaction read only"]);
    let failed = |why: String| StoreError::Operator(format!("{shown} cannot be read: {why}"));
    match timeout(CONNECT, Conn::new(opts)).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(failed(reason(&error))),
        Err(_) => Err(failed("it does not answer".into())),
    }
}

/// The names of the database's tables.
pub(super) async fn tables(connection: &mut Conn) -> Result<Vec<ForeignRow>, StoreError> {
    let sql =
        "select table_name as name from information_schema.tables where table_schema = database()";
    query(connection, sql).await
}

/// Every row of one table, or where a column is named those in which it holds nothing, one by one.
pub(super) async fn each(
    connection: &mut Conn,
    table: &str,
    empty: Option<&str>,
    take: &mut (dyn FnMut(ForeignRow) + Send),
) -> Result<(), StoreError> {
    let quoted = |name: &str| format!("`{}`", name.replace('`', "``"));
    let only = empty.map(|column| format!(" where {} is null", quoted(column)));
    let sql = format!(
        "select * from {}{}",
        quoted(table),
        only.unwrap_or_default()
    );
    in_time(async {
        let mut rows = connection.query_iter(sql).await.map_err(failed)?;
        while let Some(row) = rows.next().await.map_err(failed)? {
            take(read(row)?);
        }
        Ok(())
    })
    .await
}

async fn query(connection: &mut Conn, sql: &str) -> Result<Vec<ForeignRow>, StoreError> {
    in_time(async {
        let rows: Vec<Row> = connection.query(sql).await.map_err(failed)?;
        rows.into_iter().map(read).collect()
    })
    .await
}

async fn in_time<T>(reading: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    timeout(READ, reading)
        .await
        .map_err(|_| StoreError::Operator("the source cannot be read: it does not answer".into()))?
}

fn failed(error: Error) -> StoreError {
    StoreError::Operator(format!("the source cannot be read: {}", reason(&error)))
}

fn read(row: Row) -> Result<ForeignRow, StoreError> {
    let columns = row.columns();
    let cells = row.unwrap_raw();
    let mut read = Map::new();
    for (column, cell) in columns.iter().zip(cells) {
        let value = match cell {
            Some(cell) => value(column, cell)?,
            None => Value::Null,
        };
        read.insert(column.name_str().into_owned(), value);
    }
    Ok(read)
}

/// What it says as text is text, numbers are numbers, and bytes mean nothing to an importer.
fn value(column: &Column, cell: Cell) -> Result<Value, StoreError> {
    let bytes = match cell {
        Cell::Bytes(bytes) => bytes,
        Cell::Int(number) => return Ok(number.into()),
        Cell::UInt(number) => return Ok(number.into()),
        _ => return Ok(Value::Null),
    };
    use ColumnType as Type;
    Ok(match column.column_type() {
        Type::MYSQL_TYPE_TINY
        | Type::MYSQL_TYPE_SHORT
        | Type::MYSQL_TYPE_LONG
        | Type::MYSQL_TYPE_LONGLONG
        | Type::MYSQL_TYPE_INT24
        | Type::MYSQL_TYPE_YEAR => {
            serde_json::from_slice(&bytes).map_err(|error| garbled(&error))?
        }
        // One bit is how some write yes and no.
        Type::MYSQL_TYPE_BIT => bytes
            .iter()
            .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte))
            .into(),
        Type::MYSQL_TYPE_STRING
        | Type::MYSQL_TYPE_VAR_STRING
        | Type::MYSQL_TYPE_VARCHAR
        | Type::MYSQL_TYPE_TINY_BLOB
        | Type::MYSQL_TYPE_BLOB
        | Type::MYSQL_TYPE_MEDIUM_BLOB
        | Type::MYSQL_TYPE_LONG_BLOB
            if column.character_set() == BINARY =>
        {
            Value::Null
        }
        _ => String::from_utf8_lossy(&bytes).into_owned().into(),
    })
}

/// What the server said, without the query.
fn reason(error: &Error) -> String {
    match error {
        Error::Server(said) => said.message.clone(),
        other => other.to_string(),
    }
}
