//! Another server's database, read as it stands: whole tables, each row a JSON object of its columns.
//!
//! Nothing is written there, and nothing is known here of what the tables mean; an importer asks for them by name. The
//! connection refuses to write, so that a mistake of ours cannot hurt the server that still serves.

mod mysql;

use std::path::PathBuf;
use std::pin::pin;
use std::str::FromStr as _;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use tokio_postgres::NoTls;
use tokio_postgres::config::SslMode;

use crate::{DatabaseUrl, StoreError};

/// A row: its columns by name.
pub type ForeignRow = Map<String, Value>;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(5);

/// An open database of somebody else's.
pub enum ForeignDatabase {
    /// A file.
    Sqlite(PathBuf),
    /// A connection that only reads.
    Postgres(tokio_postgres::Client),
    /// The same; it does one thing at a time.
    Mysql(Mutex<mysql_async::Conn>),
}

impl ForeignDatabase {
    /// Opens `sqlite:FILE`, `postgres://…`, `mysql://…` or `mariadb://…`, for reading alone.
    ///
    /// # Errors
    /// [`StoreError::Operator`] with what to do, [`StoreError::Unavailable`] when nobody answers.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("mysql:") || url.starts_with("mariadb:") {
            return Ok(Self::Mysql(Mutex::new(mysql::open(url).await?)));
        }
        match url.strip_prefix("sqlite:") {
            Some(file) => {
                let file = PathBuf::from(file.trim_start_matches("//"));
                let database = Self::Sqlite(file);
                // A file that is none is told at once.
                database.tables().await.map(|_| database)
            }
            None => postgres(url).await.map(Self::Postgres),
        }
    }

    /// The names of its tables, as they are spelled there.
    ///
    /// # Errors
    /// As for [`ForeignDatabase::open`].
    pub async fn tables(&self) -> Result<Vec<String>, StoreError> {
        let rows = match self {
            Self::Sqlite(file) => read_sqlite(
                file,
                "select name from sqlite_master where type in ('table', 'view')",
            )?,
            Self::Postgres(client) => {
                let sql = "select row_to_json(t)::text from (select table_name as name from information_schema.tables \
                    where table_schema = any (current_schemas(false))) t";
                read_postgres(client, sql).await?
            }
            Self::Mysql(connection) => mysql::tables(&mut *connection.lock().await).await?,
        };
        let name = |mut row: ForeignRow| match row.remove("name") {
            Some(Value::String(name)) => Some(name),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(name).collect())
    }

    /// Every row of one table.
    ///
    /// # Errors
    /// [`StoreError::Operator`] when there is no such table or it may not be read.
    pub async fn rows(&self, table: &str) -> Result<Vec<ForeignRow>, StoreError> {
        let mut rows = Vec::new();
        self.each(table, None, &mut |row| rows.push(row)).await?;
        Ok(rows)
    }

    /// The same, row by row, of a table that may be far larger than what of it is wanted; where a column is named, only the rows
    /// in which it holds nothing.
    ///
    /// # Errors
    /// As for [`ForeignDatabase::rows`].
    pub async fn each(
        &self,
        table: &str,
        empty: Option<&str>,
        take: &mut (dyn FnMut(ForeignRow) + Send),
    ) -> Result<(), StoreError> {
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let only = empty.map(|column| format!(" where {} is null", quoted(column)));
        let from = format!("from {} t{}", quoted(table), only.unwrap_or_default());
        match self {
            Self::Sqlite(file) => each_sqlite(file, &format!("select * {from}"), take),
            Self::Postgres(client) => {
                let sql = format!("select row_to_json(t)::text {from}");
                each_postgres(client, &sql, take).await
            }
            Self::Mysql(connection) => {
                mysql::each(&mut *connection.lock().await, table, empty, take).await
            }
        }
    }
}

async fn postgres(url: &str) -> Result<tokio_postgres::Client, StoreError> {
    let shown = DatabaseUrl::Postgres(url.to_owned());
    let mut config = tokio_postgres::Config::from_str(url).map_err(|_| {
        StoreError::Operator(
            "the source cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DATABASE, mysql://USER:PASSWORD@HOST:PORT/DATABASE, or sqlite:FILE".into(),
        )
    })?;
    if matches!(config.get_ssl_mode(), SslMode::Require) {
        return Err(StoreError::Operator(
            "TLS to PostgreSQL is not built in yet: leave sslmode out and reach the database over a private network or a tunnel".into(),
        ));
    }
    config
        .connect_timeout(CONNECT)
        .application_name("grantor import")
        .options("-c default_transaction_read_only=on");
    let (client, connection) = config.connect(NoTls).await.map_err(|error| {
        StoreError::Operator(format!("{shown} cannot be read: {}", reason(&error)))
    })?;
    // Ends by itself when the client is dropped.
    tokio::spawn(connection);
    Ok(client)
}

async fn read_postgres(
    client: &tokio_postgres::Client,
    sql: &str,
) -> Result<Vec<ForeignRow>, StoreError> {
    let mut rows = Vec::new();
    each_postgres(client, sql, &mut |row| rows.push(row)).await?;
    Ok(rows)
}

async fn each_postgres(
    client: &tokio_postgres::Client,
    sql: &str,
    take: &mut (dyn FnMut(ForeignRow) + Send),
) -> Result<(), StoreError> {
    let failed = |error: tokio_postgres::Error| {
        StoreError::Operator(format!("the source cannot be read: {}", reason(&error)))
    };
    let none: [&str; 0] = [];
    let mut rows = pin!(client.query_raw(sql, none).await.map_err(failed)?);
    while let Some(row) = rows.try_next().await.map_err(failed)? {
        let text: String = row.try_get(0).map_err(|error| garbled(&error))?;
        take(serde_json::from_str(&text).map_err(|error| garbled(&error))?);
    }
    Ok(())
}

fn read_sqlite(file: &PathBuf, sql: &str) -> Result<Vec<ForeignRow>, StoreError> {
    let mut rows = Vec::new();
    each_sqlite(file, sql, &mut |row| rows.push(row))?;
    Ok(rows)
}

fn each_sqlite(
    file: &PathBuf,
    sql: &str,
    take: &mut (dyn FnMut(ForeignRow) + Send),
) -> Result<(), StoreError> {
    let failed = |error: rusqlite::Error| {
        StoreError::Operator(format!("{} cannot be read: {error}", file.display()))
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(failed)?;
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        let mut columns = Map::new();
        for (at, name) in names.iter().enumerate() {
            columns.insert(name.clone(), value(row.get_ref(at).map_err(failed)?));
        }
        take(columns);
    }
    Ok(())
}

/// Bytes mean nothing to an importer.
fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
    }
}

fn garbled(error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Operator(format!("a row of the source cannot be read: {error}"))
}

/// What the server said, without the query.
fn reason(error: &tokio_postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), |said| said.message().to_owned())
}
