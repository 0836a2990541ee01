//! Backup and restore, on both databases, without stopping `serve` (backup).
//!
//! The file is text, a JSON value on every line: what it is, then for each table its columns and its rows, and
//! last the number of rows and the SHA-256 of everything before, so that a file that was cut off or changed on
//! its way is refused before a single row is restored. Nothing in it belongs to one of the two databases.

mod reading;
pub(crate) mod tables;
mod writing;

use std::path::Path;

use futures_util::{StreamExt as _, pin_mut};

use crate::database::postgres::{self, Postgres};
use crate::database::sqlite::lock;
use crate::database::{Database, Transaction, Value};
use crate::{Change, DatabaseUrl, Store, StoreError, migrations};
use reading::{BackupReader, Line};
use tables::{TABLES, Table};
use writing::BackupWriter;

/// The format's version; a reader refuses any other.
const FORMAT: u32 = 1;
/// Rows that are handed on together.
const CHUNK: usize = 1_000;

impl Store {
    /// Writes a consistent copy of the whole database to a new file (refuses an existing one), mode 0600. Answers the number of rows.
    /// One portable format for both databases, so a backup of SQLite can be restored into PostgreSQL. The file appears under its
    /// name when it is complete and on the disk.
    ///
    /// # Errors
    /// [`StoreError::Operator`] when the file exists or cannot be written.
    pub async fn backup(&self, file: &Path) -> Result<u64, StoreError> {
        let status = migrations::status(&self.database).await?;
        if !status.is_current() {
            return Err(StoreError::Operator(
                "only a migrated database can be backed up: run `grantor migrate up`".into(),
            ));
        }
        let writer =
            BackupWriter::create(file, migrations::newest(), self.database.clock().await?)?;
        let writer = match &self.database {
            Database::Sqlite(sqlite) => sqlite.apart(move |session| session.copy(writer)).await?,
            Database::Postgres(postgres) => copy(postgres, writer).await?,
        };
        blocking(move || writer.finish()).await
    }

    /// Fills an EMPTY database from a backup, in one transaction; refuses one that holds rows. Answers the number of rows.
    /// SQLite is made when absent; PostgreSQL must have been migrated.
    ///
    /// # Errors
    /// [`StoreError::Operator`] when the file is damaged or of a newer Grantor, or the database holds something; then nothing was changed.
    pub async fn restore(url: &DatabaseUrl, file: &Path) -> Result<u64, StoreError> {
        let file = file.to_owned();
        let reader = blocking(move || BackupReader::verify(&file)).await?;
        if reader.migration > migrations::newest() {
            return Err(StoreError::Operator(
                "the backup was made by a newer Grantor: restore it with that version".into(),
            ));
        }
        let store = Store::open(url, reader.created_at).await?;
        let filled = fill(&store, reader).await;
        store.close().await;
        filled
    }
}

async fn fill(store: &Store, mut reader: BackupReader) -> Result<u64, StoreError> {
    let status = store.migration_status().await?;
    if status.newer {
        return Err(migrations::newer());
    }
    if !status.is_current() {
        return Err(StoreError::Operator(
            "the database has no tables of Grantor yet: run `grantor migrate up`, then restore"
                .into(),
        ));
    }
    store
        .database
        .long_transaction(move |tx| {
            Box::pin(async move {
                tx.lock_schema().await?;
                for table in TABLES {
                    if tx.first(table.select_any, &[]).await?.is_some() {
                        return Err(StoreError::Operator(
                            "the database is not empty: restore into a new one, and point [storage] url at it".into(),
                        ));
                    }
                }
                let mut restored = 0;
                let mut table = None;
                let mut rows = Vec::with_capacity(CHUNK);
                loop {
                    match reader.next()? {
                        Line::Row(row) => {
                            rows.push(row);
                            restored += 1;
                            if rows.len() < CHUNK {
                                continue;
                            }
                            insert(tx, table.as_ref(), &mut rows).await?;
                        }
                        Line::Table(next) => {
                            insert(tx, table.as_ref(), &mut rows).await?;
                            table = Some(next);
                        }
                        Line::End => break,
                    }
                }
                insert(tx, table.as_ref(), &mut rows).await?;
                tx.restart_audit_sequence().await?;
                tx.change(&Change::Everything).await?;
                Ok(restored)
            })
        })
        .await
}

/// Inserts rows of a table, fifty at a time.
async fn insert(
    tx: &Transaction<'_>,
    table: Option<&reading::TableLine>,
    rows: &mut Vec<Vec<Value<'static>>>,
) -> Result<(), StoreError> {
    let Some(table) = table else {
        return if rows.is_empty() {
            Ok(())
        } else {
            Err(reading::damaged())
        };
    };
    if table.name == tables::AUDIT_EVENTS
        && let Transaction::Sqlite(session, _) = tx
    {
        let mut session = lock(session);
        rows.iter_mut()
            .try_for_each(|row| session.restore_chain_link(row))?;
    }
    for together in rows.chunks(50) {
        let params = together.concat();
        tx.execute(&table.insert(together.len()), &params).await?;
    }
    rows.clear();
    Ok(())
}

/// Copies every table as one moment of PostgreSQL has it.
async fn copy(postgres: &Postgres, mut writer: BackupWriter) -> Result<BackupWriter, StoreError> {
    let snapshot = postgres.snapshot().await?;
    let client = snapshot.client()?;
    for table in TABLES {
        writer.table(table)?;
        let statement = client
            .prepare(table.select)
            .await
            .map_err(postgres::failure)?;
        let rows = client
            .query_raw(&statement, postgres::borrowed(&[]))
            .await
            .map_err(postgres::failure)?;
        let chunks = rows.chunks(CHUNK);
        pin_mut!(chunks);
        while let Some(chunk) = chunks.next().await {
            let rows = chunk
                .into_iter()
                .map(|row| {
                    row.map_err(postgres::failure)
                        .and_then(|row| postgres::values(&row))
                })
                .collect::<Result<Vec<_>, _>>()?;
            writer = blocking(move || {
                rows.iter()
                    .try_for_each(|row| writer.row(row))
                    .map(|()| writer)
            })
            .await?;
        }
    }
    Ok(writer)
}

impl crate::database::sqlite::Session {
    /// Copies every table as one moment of SQLite has it.
    fn copy(&self, mut writer: BackupWriter) -> Result<BackupWriter, StoreError> {
        self.batch("begin")?;
        for table in TABLES {
            writer.table(table)?;
            self.for_each(table.select, &[], |row| writer.row(&row))?;
        }
        self.batch("rollback")?;
        Ok(writer)
    }
}

impl Transaction<'_> {
    /// Restored audit rows brought their own numbers; the next one goes on after them.
    async fn restart_audit_sequence(&self) -> Result<(), StoreError> {
        match self {
            // The trail's mark is written with the commit.
            Transaction::Sqlite(..) => Ok(()),
            Transaction::Postgres(transaction, _) => postgres::restart_sequence(transaction).await,
        }
    }
}

/// Work on files, on a thread that may wait.
async fn blocking<R: Send + 'static>(
    work: impl FnOnce() -> Result<R, StoreError> + Send + 'static,
) -> Result<R, StoreError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(StoreError::Unavailable(
            "work on the backup's file was given up".into(),
        ))
    })
}
