//! Reads the file and the `GRANTOR__SECTION__KEY` variables, and finds every mistake with its line.

use std::path::Path;

use super::Config;

/// Everything wrong with a configuration, each with file, line and key.
#[derive(Debug)]
pub struct ConfigErrors(pub Vec<ConfigError>);

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// Where it stands, when it stands in the file.
    pub line: Option<usize>,
    /// `environments.production.dialect`, or the variable's name.
    pub key: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// Reads and resolves a configuration.
pub fn load(file: &Path, variables: &[(String, String)]) -> Result<Config, ConfigErrors> {
    let _ = (file, variables);
    todo!()
}
