//! The dialect file: TOML in, or a sentence that says where it is wrong.

use std::ops::Range;

use serde::Deserialize;

use super::defaults::Defaults;
use super::paths::PathOverrides;
use super::quirks::StatedQuirks;

/// The file as it stands. Everything may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DialectFile {
    pub(super) paths: PathOverrides,
    pub(super) defaults: Defaults,
    pub(super) quirks: StatedQuirks,
}

/// Why there is no such dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialectError {
    /// Not one of [`Dialect::NAMES`](super::Dialect::NAMES).
    #[error(
        "There is no dialect {0:?}: use {names}, or the path of a dialect file.",
        names = super::Dialect::NAMES.join(", ")
    )]
    Unknown(String),
    /// The file cannot be read as a dialect.
    #[error("The dialect {name} is wrong in line {line}, at {key}: {message}.")]
    Broken {
        /// The dialect's name or path.
        name: String,
        /// Counted from one.
        line: usize,
        /// The key with its table, or the table alone.
        key: String,
        /// What is wrong, without a full stop.
        message: String,
    },
}

impl DialectFile {
    pub(super) fn read(name: &str, text: &str) -> Result<Self, DialectError> {
        toml::from_str(text).map_err(|error| {
            let start = error.span().unwrap_or(Range::default()).start;
            let (line, key) = place(text, start);
            DialectError::Broken {
                name: name.to_owned(),
                line,
                key,
                message: error.message().trim_end_matches('.').replace('\n', " "),
            }
        })
    }
}

/// The line of a byte, counted from one, and the key that stands in it under its table.
fn place(text: &str, start: usize) -> (usize, String) {
    let before = text.get(..start).unwrap_or(text);
    let line = before.matches('\n').count();
    let table_of = |line: &str| {
        line.trim()
            .strip_prefix('[')
            .and_then(|rest| rest.split(']').next())
            .map(str::to_owned)
    };
    let upto: Vec<&str> = text.lines().take(line + 1).collect();
    let table = upto.iter().rev().find_map(|line| table_of(line));
    let here = upto.last().copied().unwrap_or_default();
    let key = match (here.split_once('='), table) {
        (Some((key, _)), Some(table)) => format!("{table}.{}", key.trim()),
        (Some((key, _)), None) => key.trim().to_owned(),
        (None, Some(table)) => table,
        (None, None) => here.trim().to_owned(),
    };
    (line + 1, key)
}
