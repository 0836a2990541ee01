//! What is wrong with a configuration, and where: every finding names the file and line, or the variable, that it is about.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::key::Key;
use super::suggestion;

/// Everything wrong with a configuration, each with file, line and key.
#[derive(Debug)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, error) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// One mistake, or one thing to know.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ConfigError {
    /// The configuration file.
    pub file: PathBuf,
    /// Where it stands, when it stands in the file.
    pub line: Option<usize>,
    /// `environments.production.dialect`, or the variable's name; empty when the file as a whole is meant.
    pub key: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.key.starts_with(super::variables::PREFIX) {
            write!(f, "{}:", self.file.display())?;
            if let Some(line) = self.line {
                write!(f, "{line}:")?;
            }
            f.write_str(" ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// Where each value of a configuration came from.
#[derive(Debug, Default)]
pub struct Origins {
    /// The line of each key of the file, counted from 1.
    pub lines: BTreeMap<Key, usize>,
    /// The variable that set a key.
    pub variables: BTreeMap<Key, String>,
}

impl Origins {
    /// Every key that was set, by the file or by a variable.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.lines.keys().chain(
            self.variables
                .keys()
                .filter(|key| !self.lines.contains_key(*key)),
        )
    }
}

/// What has been found so far.
#[derive(Debug)]
pub struct Findings {
    file: PathBuf,
    /// Where values come from.
    pub origins: Origins,
    /// What must be mended before Grantor starts.
    pub mistakes: Vec<ConfigError>,
    /// What works, but should be looked at.
    pub warnings: Vec<ConfigError>,
    /// Keys whose values were unreadable and taken out: their absence is no second mistake.
    taken_out: Vec<Key>,
}

impl Findings {
    /// Nothing found yet in `file`.
    pub fn new(file: &Path) -> Self {
        Self {
            file: file.to_owned(),
            origins: Origins::default(),
            mistakes: Vec::new(),
            warnings: Vec::new(),
            taken_out: Vec::new(),
        }
    }

    /// Notes a mistake at `key`, unless its value was unreadable, which has been said then.
    pub fn mistake(&mut self, key: &Key, message: impl Into<String>) {
        if !key
            .outwards()
            .any(|around| self.taken_out.contains(&around))
        {
            let mistake = self.at(key, message);
            self.mistakes.push(mistake);
        }
    }

    /// Notes something that works but should be looked at.
    pub fn warning(&mut self, key: &Key, message: impl Into<String>) {
        let warning = self.at(key, message);
        self.warnings.push(warning);
    }

    /// Remembers that the value of `key` was unreadable and taken out.
    pub fn take_out(&mut self, key: Key) {
        self.taken_out.push(key);
    }

    /// Remembers that the unknown `key` was meant to be its neighbour `meant`, which is then not missing as well.
    pub fn meant(&mut self, key: &Key, meant: &str) {
        let neighbour = key.around().name(meant);
        if !self.origins.keys().any(|known| *known == neighbour) {
            self.taken_out.push(neighbour);
        }
    }

    /// A finding at `key`, placed where the value, or the nearest thing around it, was set.
    pub fn at(&self, key: &Key, message: impl Into<String>) -> ConfigError {
        let (mut line, mut name) = (None, key.to_string());
        for around in key.outwards() {
            if let Some(variable) = self.origins.variables.get(&around) {
                name.clone_from(variable);
                break;
            }
            line = self.origins.lines.get(&around).copied();
            if line.is_some() {
                break;
            }
        }
        ConfigError {
            file: self.file.clone(),
            line,
            key: name,
            message: message.into(),
        }
    }

    /// The value that `text` names among `choices`; a mistake that lists them, if none.
    pub fn choose<T: Clone>(&mut self, key: &Key, text: &str, choices: &[(&str, T)]) -> Option<T> {
        let found = choices
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, value)| value.clone());
        if found.is_none() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.mistake(key, suggestion::unknown_value(text, &names));
        }
        found
    }
}
