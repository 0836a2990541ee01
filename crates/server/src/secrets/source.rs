//! Where the master key comes from, and that it is the right one for this database.
//!
//! `GRANTOR_MASTER_KEY` holds the key itself, `GRANTOR_MASTER_KEY_FILE` the name of its file; without
//! either it is `server.master_key_file`. A file is made only for a database that never had a key:
//! beside an older one a new key would silently make every secret wrong, so a missing or foreign key
//! ends the start.
//!
//! Several keys may be listed, the current one first. To change the key over several nodes by hand:
//! add the new key as the second one everywhere, restart each node, then put it first everywhere.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use store::{Actor, AuditEvent, MasterKeyRow, Millis, Store, StoreError};
use subtle::ConstantTimeEq;

use super::master_key::{MasterKey, MasterKeys};
use crate::config::Config;
use crate::keys::rekey;

/// Where the key stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In `GRANTOR_MASTER_KEY`.
    Variable,
    /// In a file.
    File(PathBuf),
}

/// Why there is no key to work with: a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// For the operator.
    #[error("{0}")]
    Operator(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Variable => f.write_str("GRANTOR_MASTER_KEY"),
            Place::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Where the key is to be looked for.
pub fn place(config: &Config) -> Result<Place, SourceError> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    match (set("GRANTOR_MASTER_KEY"), set("GRANTOR_MASTER_KEY_FILE")) {
        (Some(_), Some(_)) => Err(SourceError::Operator(
            "GRANTOR_MASTER_KEY and GRANTOR_MASTER_KEY_FILE are both set; set only one of them."
                .to_owned(),
        )),
        (Some(_), None) => Ok(Place::Variable),
        (None, Some(file)) => Ok(Place::File(PathBuf::from(file))),
        (None, None) => Ok(Place::File(config.server.master_key_file.clone())),
    }
}

/// Reads the keys; None when there is no such file.
pub fn read(place: &Place) -> Result<Option<MasterKeys>, SourceError> {
    let text = match place {
        Place::Variable => std::env::var("GRANTOR_MASTER_KEY")
            .map_err(|_| operator("GRANTOR_MASTER_KEY is not text.".to_owned()))?,
        Place::File(path) => match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(operator(format!(
                    "The master key in {} cannot be read: {error}.",
                    path.display()
                )));
            }
        },
    };
    if let Place::File(path) = place {
        warn_of_readers(path);
    }
    let text = zeroize::Zeroizing::new(text);
    MasterKeys::parse(&text).map(Some).map_err(|error| {
        operator(format!("The master key in {place} cannot be used: {error}. Restore it from where you keep it safe."))
    })
}

/// The keys this database was written under; a new key for a database that never had one.
pub async fn open(config: &Config, store: &Store, now: Millis) -> Result<MasterKeys, SourceError> {
    let place = place(config)?;
    let rows = store.master_keys().await?;
    let keys = match read(&place)? {
        Some(keys) => keys,
        None if rows.is_empty() => first(&place)?,
        None => {
            return Err(operator(format!(
                "The master key {} is missing, and without it the secrets in the database cannot be checked: restore the file (the database needs key {}), or set GRANTOR_MASTER_KEY.",
                place,
                names(
                    rows.iter()
                        .filter(|row| row.retired_at.is_none())
                        .map(|row| row.id.as_str())
                )
            )));
        }
    };
    if rows.is_empty() {
        register_first(store, &keys, now).await?;
    }
    fits(&place, &rows, &keys)?;
    rekey::adopt(store, &keys, now)
        .await
        .map_err(|error| match error {
            rekey::RekeyError::Store(error) => SourceError::Store(error),
            error => operator(format!("{error}.")),
        })?;
    nothing_else_needed(store, &place, &keys).await?;
    Ok(keys)
}

/// Whether the keys are those that the database knows.
fn fits(place: &Place, rows: &[MasterKeyRow], keys: &MasterKeys) -> Result<(), SourceError> {
    let proven = |row: &&MasterKeyRow| {
        keys.find(&row.id)
            .is_some_and(|key| key.check().as_slice().ct_eq(&row.check).into())
    };
    if rows.is_empty()
        || rows
            .iter()
            .filter(|row| row.retired_at.is_none())
            .any(|row| proven(&row))
    {
        return Ok(());
    }
    Err(operator(format!(
        "The master key in {place} ({}) is not the one this database was written with ({}): restore that one, or name the right database.",
        names(keys.iter().map(MasterKey::id)),
        names(
            rows.iter()
                .filter(|row| row.retired_at.is_none())
                .map(|row| row.id.as_str())
        )
    )))
}

/// Refuses to work without a key that rows still need: their secrets would be refused as if they were wrong.
async fn nothing_else_needed(
    store: &Store,
    place: &Place,
    keys: &MasterKeys,
) -> Result<(), SourceError> {
    for row in store.master_keys().await? {
        if row.retired_at.is_some() || keys.find(&row.id).is_some() {
            continue;
        }
        let needs = store.master_key_use(&row.id).await?;
        if needs.signing_keys + needs.secrets > 0 {
            return Err(operator(format!(
                "The database still needs master key {} for {} signing keys and {} client secrets, and {place} does not hold it: add it there on a line of its own, after the first.",
                row.id, needs.signing_keys, needs.secrets
            )));
        }
    }
    Ok(())
}

/// Makes the key of a new database. The file is there, on disk, before the database names its key.
fn first(place: &Place) -> Result<MasterKeys, SourceError> {
    let Place::File(path) = place else {
        return Err(operator("GRANTOR_MASTER_KEY is empty.".to_owned()));
    };
    let key = MasterKey::generate().map_err(|error| operator(format!("{error}")))?;
    let keys = MasterKeys::single(key);
    let text = zeroize::Zeroizing::new(keys.to_text());
    put(path, &text).map_err(|error| {
        operator(format!("The master key cannot be written to {}: {error}. Make its folder writable, or set server.master_key_file.", path.display()))
    })?;
    tracing::info!(file = %path.display(), key = keys.current().id(), "made the master key; keep a copy apart from the database's backups");
    Ok(keys)
}

/// Names the first key in the database, and notices when another node did so at the same moment.
async fn register_first(store: &Store, keys: &MasterKeys, now: Millis) -> Result<(), SourceError> {
    let key = keys.current();
    let audit = AuditEvent {
        at: now,
        actor: Actor::System,
        environment: None,
        account_id: None,
        event: "master_key.added",
        subject: Some(key.id().to_owned()),
        remote_address: None,
        request_id: None,
        details: String::new(),
    };
    store
        .register_master_key(key.id(), key.check(), now, audit)
        .await?;
    let mut rows = store.master_keys().await?;
    rows.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    match rows.first() {
        Some(row) if keys.find(&row.id).is_none() => Err(operator(format!(
            "Another node made master key {} for this database at the same moment: copy its key file here and start again.",
            row.id
        ))),
        _ => Ok(()),
    }
}

/// Replaces the file at once and whole: whoever reads it sees the old keys or the new ones.
pub fn write(path: &Path, keys: &MasterKeys) -> Result<(), SourceError> {
    let text = zeroize::Zeroizing::new(keys.to_text());
    let replaced = || -> std::io::Result<()> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let new = path.with_file_name(name);
        match fs::remove_file(&new) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        put(&new, &text)?;
        fs::rename(&new, path)?;
        sync_folder(path)
    };
    replaced().map_err(|error| {
        operator(format!(
            "The master key cannot be written to {}: {error}.",
            path.display()
        ))
    })
}

/// Writes a file that must not exist yet, for its owner's eyes only, down to the disk.
fn put(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    sync_folder(path)
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn warn_of_readers(path: &Path) {
    let mode = fs::metadata(path)
        .map(|metadata| metadata.permissions().mode())
        .unwrap_or(0);
    if mode & 0o077 != 0 {
        tracing::warn!(file = %path.display(), "other users of this machine can read the master key; run chmod 600 on it");
    }
}

fn operator(sentence: String) -> SourceError {
    SourceError::Operator(sentence)
}

fn names<'n>(ids: impl Iterator<Item = &'n str>) -> String {
    ids.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn row(key: &MasterKey, retired_at: Option<Millis>) -> MasterKeyRow {
        MasterKeyRow {
            id: key.id().to_owned(),
            check: key.check().to_vec(),
            created_at: 1,
            retired_at,
        }
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("grantor-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn s309_a_foreign_a_retired_or_a_forged_key_does_not_fit() {
        let (ours, other) = (MasterKey::new([1; 32]), MasterKey::new([2; 32]));
        let keys = MasterKeys::single(MasterKey::new([1; 32]));
        assert!(fits(&Place::Variable, &[], &keys).is_ok());
        assert!(fits(&Place::Variable, &[row(&ours, None)], &keys).is_ok());
        assert!(
            fits(
                &Place::Variable,
                &[row(&other, None), row(&ours, None)],
                &keys
            )
            .is_ok()
        );
        assert!(
            fits(
                &Place::Variable,
                &[row(&ours, Some(5)), row(&other, None)],
                &keys
            )
            .is_err()
        );
        let forged = MasterKeyRow {
            check: vec![0; 32],
            ..row(&ours, None)
        };
        assert!(fits(&Place::Variable, &[forged], &keys).is_err());
        let sentence = fits(&Place::Variable, &[row(&other, None)], &keys)
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(
            sentence.contains(ours.id())
                && sentence.contains(other.id())
                && !sentence.contains("grm_"),
            "{sentence}"
        );
    }

    #[test]
    fn a_key_file_is_private_whole_and_replaced_in_one_step() {
        let folder = folder("source");
        let file = folder.join("grantor.key");
        let _ = fs::remove_file(&file);
        assert!(read(&Place::File(file.clone())).unwrap().is_none());
        let made = first(&Place::File(file.clone())).unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(
            first(&Place::File(file.clone())).is_err(),
            "an existing file is never overwritten by a first key"
        );
        let both = made.with_new(MasterKey::new([9; 32]));
        write(&file, &both).unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let ids = |keys: &MasterKeys| {
            keys.iter()
                .map(|key| key.id().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            ids(&read(&Place::File(file.clone())).unwrap().unwrap()),
            ids(&both)
        );
        assert_eq!(
            fs::read_dir(&folder).unwrap().count(),
            1,
            "no copy is left behind"
        );
        fs::write(&file, "grm_damaged").unwrap();
        assert!(read(&Place::File(file)).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}
