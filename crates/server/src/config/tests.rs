//! A configuration in, findings out: by table, by variable, by example.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod apis;
mod canonical_paths;
mod example_file;
mod examples;
mod files;
mod mistakes;
mod variables;
mod warnings;

use std::path::PathBuf;

use super::Config;
use super::findings::{ConfigError, Findings};
use super::load;

/// A folder of its own for each test, removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("grantor-config-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// Writes a file and says where it is.
    fn file(&self, name: &str, text: &[u8]) -> PathBuf {
        let file = self.0.join(name);
        std::fs::write(&file, text).unwrap();
        file
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What came of a configuration.
struct Outcome {
    config: Option<Config>,
    mistakes: Vec<ConfigError>,
    warnings: Vec<ConfigError>,
}

/// Reads `text` as the file `grantor.toml` with `variables` over it.
fn read(test: &str, text: &str, variables: &[(&str, &str)]) -> Outcome {
    let folder = Folder::new(test);
    let file = folder.file("grantor.toml", text.as_bytes());
    let variables: Vec<(String, String)> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let mut findings = Findings::new(&file);
    let config = load::read(&file, &variables, &mut findings);
    Outcome {
        config,
        mistakes: findings.mistakes,
        warnings: findings.warnings,
    }
}

/// The configuration of a text that has no mistakes.
fn config(test: &str, text: &str, variables: &[(&str, &str)]) -> Config {
    let outcome = read(test, text, variables);
    outcome
        .config
        .unwrap_or_else(|| panic!("{test}: {:#?}", outcome.mistakes))
}

const MINIMAL: &str = "[environments.production]\nurl = \"http://127.0.0.1:8080\"\n";
