//! `grantor migrate`, `backup`, `restore`: the database as a whole, without the management API, since
//! these must work before there is anything to manage and need no master key.

use std::path::Path;

use serde_json::json;
use store::{DatabaseUrl, MigrationStatus, Store, StoreError};

use super::arguments::MigrateCommand;
use super::ended::Ended;
use super::output::{Output, Shown};
use crate::clock::{self, rfc3339};
use crate::config::Config;
use crate::text;

const MIGRATIONS: &[Shown] = &[
    ("NUMBER", "number"),
    ("NAME", "name"),
    ("APPLIED", "applied_at"),
];
const COPIED: &[Shown] = &[("file", "file"), ("rows", "rows")];

/// `grantor migrate status`, `up`
pub async fn migrate(config: &Config, command: &MigrateCommand, out: Output) -> Result<(), Ended> {
    if matches!(command, MigrateCommand::Status) {
        must_exist(config)?;
    }
    let now = clock::now();
    let store = Store::open(&config.database, now).await.map_err(ended)?;
    let status = match command {
        MigrateCommand::Status => store.migration_status().await,
        MigrateCommand::Up => store.migrate(now).await,
    };
    store.close().await;
    show(&status.map_err(ended)?, out)
}

/// `grantor backup FILE`
pub async fn backup(config: &Config, file: &Path, out: Output) -> Result<(), Ended> {
    must_exist(config)?;
    let store = Store::open(&config.database, clock::now())
        .await
        .map_err(ended)?;
    let rows = store.backup(file).await;
    store.close().await;
    out.record(
        &json!({ "file": file.display().to_string(), "rows": rows.map_err(ended)? }),
        COPIED,
    )?;
    out.remark("\nThe master key is not in it; keep a copy of that apart.")
}

/// `grantor restore FILE`
pub async fn restore(config: &Config, file: &Path, out: Output) -> Result<(), Ended> {
    let rows = Store::restore(&config.database, file)
        .await
        .map_err(ended)?;
    out.record(
        &json!({ "file": file.display().to_string(), "rows": rows }),
        COPIED,
    )?;
    out.remark("\nBefore Grantor starts, put the master key of this backup in its place as well.")
}

fn show(status: &MigrationStatus, out: Output) -> Result<(), Ended> {
    let rows: Vec<_> = status
        .migrations
        .iter()
        .map(|one| json!({ "number": one.number, "name": one.name, "applied_at": one.applied_at.map(rfc3339) }))
        .collect();
    let up_to_date = !status.newer && status.migrations.iter().all(|one| one.applied_at.is_some());
    if out.json {
        return out.record(
            &json!({ "up_to_date": up_to_date, "newer": status.newer, "migrations": rows }),
            &[],
        );
    }
    out.rows(&rows, MIGRATIONS)?;
    match (status.newer, up_to_date) {
        (true, _) => out.remark("\nThe database was migrated by a newer Grantor."),
        (false, true) => out.remark("\nUp to date."),
        (false, false) => out.remark("\nNot up to date: grantor migrate up"),
    }
}

/// Opening SQLite makes the file; a typing mistake must not.
fn must_exist(config: &Config) -> Result<(), Ended> {
    match &config.database {
        DatabaseUrl::Sqlite(path) if !path.exists() => Err(Ended::refused(format!(
            "There is no database at {} (storage.url).",
            path.display()
        ))),
        _ => Ok(()),
    }
}

fn ended(error: StoreError) -> Ended {
    Ended::refused(text::sentence(&error.to_string()))
}
