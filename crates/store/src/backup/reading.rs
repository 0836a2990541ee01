//! Reading a backup: once to see that it is whole, and once more to restore it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Seek as _};
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::FORMAT;
use super::tables::TABLES;
use crate::database::Value;
use crate::{Millis, StoreError};

/// A backup whose every byte was verified.
pub(super) struct BackupReader {
    lines: BufReader<File>,
    pub(super) migration: u32,
    pub(super) created_at: Millis,
}

/// What stands on a line after the first.
pub(super) enum Line {
    Table(TableLine),
    Row(Vec<Value<'static>>),
    End,
}

/// A table of the backup whose name and columns are known to this binary.
pub(super) struct TableLine {
    pub(super) name: &'static str,
    columns: Vec<&'static str>,
}

#[derive(Deserialize)]
struct Header {
    grantor_backup: u32,
    migration: u32,
    created_at: Millis,
}

#[derive(Deserialize)]
struct Trailer {
    rows: u64,
    sha256: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Parsed {
    Row(Vec<Cell>),
    Table {
        table: String,
        columns: Vec<String>,
    },
    #[allow(dead_code)] // The trailer was read by `verify`.
    Trailer {
        rows: u64,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Cell {
    Null(()),
    Integer(i64),
    Text(String),
    Blob { bytes: String },
}

impl BackupReader {
    /// Reads the file from end to end: the first line, the count and the digest must be right.
    pub(super) fn verify(file: &Path) -> Result<Self, StoreError> {
        let cannot = |error: std::io::Error| {
            StoreError::Operator(format!(
                "the backup {} cannot be read: {error}",
                file.display()
            ))
        };
        let mut lines = BufReader::with_capacity(1 << 16, File::open(file).map_err(cannot)?);
        let (mut digest, mut count) = (Context::new(&SHA256), 0);
        let (mut line, mut before) = (Vec::new(), Vec::new());
        let mut header = None;
        // The last line is not part of what is hashed, and only the end tells which line is the last.
        while lines.read_until(b'\n', &mut line).map_err(cannot)? > 0 {
            if header.is_none() {
                let read: Header = serde_json::from_slice(&line).map_err(|_| no_backup(file))?;
                if read.grantor_backup != FORMAT {
                    return Err(no_backup(file));
                }
                header = Some(read);
            }
            digest.update(&before);
            count += u64::from(before.first() == Some(&b'['));
            std::mem::swap(&mut line, &mut before);
            line.clear();
        }
        let header = header.ok_or_else(|| no_backup(file))?;
        let trailer: Trailer = serde_json::from_slice(&before).map_err(|_| damaged())?;
        if trailer.rows != count || trailer.sha256 != STANDARD.encode(digest.finish()) {
            return Err(damaged());
        }
        lines.rewind().map_err(cannot)?;
        lines.read_until(b'\n', &mut line).map_err(cannot)?;
        Ok(Self {
            lines,
            migration: header.migration,
            created_at: header.created_at,
        })
    }

    pub(super) fn next(&mut self) -> Result<Line, StoreError> {
        let mut line = Vec::new();
        self.lines
            .read_until(b'\n', &mut line)
            .map_err(|_| damaged())?;
        Ok(
            match serde_json::from_slice(&line).map_err(|_| damaged())? {
                Parsed::Row(cells) => {
                    Line::Row(cells.into_iter().map(value).collect::<Result<_, _>>()?)
                }
                Parsed::Table { table, columns } => {
                    Line::Table(TableLine::known(&table, &columns)?)
                }
                Parsed::Trailer { .. } => Line::End,
            },
        )
    }
}

impl TableLine {
    /// Names from a file become SQL only as the names this binary knows.
    fn known(name: &str, columns: &[String]) -> Result<Self, StoreError> {
        let table = TABLES
            .iter()
            .find(|table| table.name == name)
            .ok_or_else(unknown)?;
        let columns = columns.iter().map(|column| {
            table
                .columns
                .iter()
                .find(|known| *known == column)
                .copied()
                .ok_or_else(unknown)
        });
        Ok(Self {
            name: table.name,
            columns: columns.collect::<Result<_, _>>()?,
        })
    }

    /// A statement that inserts several rows.
    pub(super) fn insert(&self, rows: usize) -> String {
        let mut number = 0;
        let row = |_| {
            let places: Vec<_> = self
                .columns
                .iter()
                .map(|_| {
                    number += 1;
                    format!("${number}")
                })
                .collect();
            format!("({})", places.join(", "))
        };
        let rows: Vec<_> = (0..rows).map(row).collect();
        format!(
            "insert into {} ({}) values {}",
            self.name,
            self.columns.join(", "),
            rows.join(", ")
        )
    }
}

fn value(cell: Cell) -> Result<Value<'static>, StoreError> {
    Ok(match cell {
        Cell::Null(()) => Value::Null,
        Cell::Integer(value) => value.into(),
        Cell::Text(value) => value.into(),
        Cell::Blob { bytes } => Value::Blob(STANDARD.decode(bytes).map_err(|_| damaged())?.into()),
    })
}

pub(super) fn damaged() -> StoreError {
    StoreError::Operator(
        "the backup is damaged or was cut off: nothing was restored; use another one".into(),
    )
}

fn unknown() -> StoreError {
    StoreError::Operator("the backup holds a table or column that this Grantor does not know: restore it with the version that made it".into())
}

fn no_backup(file: &Path) -> StoreError {
    StoreError::Operator(format!(
        "{} is not a backup that this Grantor can read",
        file.display()
    ))
}
