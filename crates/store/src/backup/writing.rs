//! Writing a backup: under a name of its own until it is complete and synced.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{FORMAT, Table};
use crate::database::Value;
use crate::database::sqlite::{new_private_file, publish, unpublished};
use crate::{Millis, StoreError};

/// A backup in the making; removed again if it is not finished.
pub(super) struct BackupWriter {
    unfinished: PathBuf,
    name: PathBuf,
    out: BufWriter<File>,
    digest: Context,
    rows: u64,
}

impl BackupWriter {
    pub(super) fn create(
        name: &Path,
        migration: u32,
        created_at: Millis,
    ) -> Result<Self, StoreError> {
        if name.exists() {
            return Err(exists(name));
        }
        let unfinished = unpublished(name);
        let out = new_private_file(&unfinished).map_err(|error| cannot(name, &error))?;
        let (name, out, digest) = (
            name.to_owned(),
            BufWriter::with_capacity(1 << 16, out),
            Context::new(&SHA256),
        );
        let mut writer = Self {
            unfinished,
            name,
            out,
            digest,
            rows: 0,
        };
        writer.line(
            &json!({ "grantor_backup": FORMAT, "migration": migration, "created_at": created_at }),
        )?;
        Ok(writer)
    }

    pub(super) fn table(&mut self, table: &Table) -> Result<(), StoreError> {
        self.line(&json!({ "table": table.name, "columns": table.columns }))
    }

    pub(super) fn row(&mut self, row: &[Value<'_>]) -> Result<(), StoreError> {
        self.rows += 1;
        self.line(&row.iter().map(json_of).collect())
    }

    fn line(&mut self, line: &serde_json::Value) -> Result<(), StoreError> {
        let mut text = line.to_string();
        text.push('\n');
        self.digest.update(text.as_bytes());
        self.out
            .write_all(text.as_bytes())
            .map_err(|error| cannot(&self.name, &error))
    }

    /// Ends the file, syncs it and gives it its name. Answers the number of rows.
    pub(super) fn finish(mut self) -> Result<u64, StoreError> {
        let sha256 = STANDARD.encode(self.digest.clone().finish());
        self.line(&json!({ "rows": self.rows, "sha256": sha256 }))?;
        self.out
            .flush()
            .and_then(|()| self.out.get_ref().sync_all())
            .map_err(|error| cannot(&self.name, &error))?;
        publish(&self.unfinished, &self.name).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => exists(&self.name),
            _ => cannot(&self.name, &error),
        })?;
        Ok(self.rows)
    }
}

impl Drop for BackupWriter {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.unfinished);
    }
}

/// Bytes are an object, so that they cannot be taken for text.
fn json_of(value: &Value<'_>) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Integer(value) => json!(value),
        Value::Text(value) => json!(value),
        Value::Blob(value) => json!({ "bytes": STANDARD.encode(value) }),
    }
}

fn exists(name: &Path) -> StoreError {
    StoreError::Operator(format!(
        "{} exists already: name a new file for the backup",
        name.display()
    ))
}

fn cannot(name: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Operator(format!(
        "the backup {} cannot be written: {error}",
        name.display()
    ))
}
