//! A new file appears under its name complete or not at all.
//!
//! A database is made under another name, migrated, synced, and only then linked to its own. So an empty file
//! under the database's name is never "a new database" but a damaged one, and of two processes that
//! start at once one makes the database and the other finds it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::Sqlite;
use crate::database::Database;
use crate::{DatabaseUrl, Millis, StoreError, migrations};

/// Whether there is no file yet; anything there that cannot be a database is an error.
pub(super) fn is_missing(path: &Path) -> Result<bool, StoreError> {
    let url = DatabaseUrl::Sqlite(path.to_owned());
    match fs::metadata(path) {
        Ok(file) if !file.is_file() => Err(StoreError::Operator(format!(
            "the database {url} is not a file: name a file in [storage] url"
        ))),
        Ok(file) if file.len() == 0 => Err(StoreError::Operator(format!(
            "the database {url} is an empty file, not a database: restore a backup, or remove the file to start with a new database"
        ))),
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => no_log_without_database(path),
        Err(error) => Err(StoreError::Operator(format!(
            "the database {url} cannot be read: {error}"
        ))),
    }
}

/// A log that its database left behind would be played into a new one and damage it.
fn no_log_without_database(path: &Path) -> Result<bool, StoreError> {
    for ending in ["-wal", "-journal"] {
        let mut log = path.to_owned().into_os_string();
        log.push(ending);
        let log = PathBuf::from(log);
        // Somebody may have made the database this very moment: then it is there now.
        if log.exists() && !path.exists() {
            return Err(StoreError::Operator(format!(
                "the database {} is gone, but its log {} is there: bring the database back, or remove the log to start with a new one",
                path.display(),
                log.display()
            )));
        }
    }
    Ok(!path.exists())
}

/// Makes a migrated database.
pub(super) async fn create(path: &Path, now: Millis) -> Result<(), StoreError> {
    let url = DatabaseUrl::Sqlite(path.to_owned());
    let unmade = unpublished(path);
    let made = make(&unmade, now).await;
    let published = made.and_then(|()| {
        publish(&unmade, path).or_else(|error| match error.kind() {
            // Somebody else was faster; theirs is as good.
            io::ErrorKind::AlreadyExists => Ok(()),
            _ => Err(StoreError::Operator(format!(
                "the database {url} cannot be made: {error}"
            ))),
        })
    });
    for leftover in ["", "-wal", "-shm"] {
        let mut name = unmade.clone().into_os_string();
        name.push(leftover);
        let _ = fs::remove_file(name);
    }
    published
}

async fn make(unmade: &Path, now: Millis) -> Result<(), StoreError> {
    new_private_file(unmade).map_err(|error| {
        StoreError::Operator(format!(
            "no database can be made in {}: {error}; check that the folder exists and can be written",
            unmade.parent().unwrap_or(Path::new(".")).display()
        ))
    })?;
    let sqlite = Sqlite::open_existing(unmade)?;
    let migrated = migrations::migrate(&Database::Sqlite(sqlite.clone()), now).await;
    sqlite.close().await;
    migrated?;
    File::open(unmade)
        .and_then(|file| file.sync_all())
        .map_err(|error| StoreError::Unavailable(error.to_string()))
}

/// A name beside `path` that no other process and no other call of this one uses.
pub(crate) fn unpublished(path: &Path) -> PathBuf {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let mut name = path.to_owned().into_os_string();
    name.push(format!(
        ".{}-{}.new",
        std::process::id(),
        CALLS.fetch_add(1, Ordering::Relaxed)
    ));
    let _ = fs::remove_file(&name);
    name.into()
}

/// A new empty file that only its owner can read.
pub(crate) fn new_private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// Gives a finished file its name, durably, unless the name is taken.
pub(crate) fn publish(finished: &Path, name: &Path) -> io::Result<()> {
    match fs::hard_link(finished, name) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // A file system without links: renaming may replace what appeared this very moment.
        Err(_) if !name.exists() => fs::rename(finished, name)?,
        Err(error) => return Err(error),
    }
    let _ = fs::remove_file(finished);
    let folder = name
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
