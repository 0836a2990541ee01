//! `environments.NAME.dialect`: one of the known dialects, or a file that an operator wrote.

use std::path::Path;
use std::sync::Arc;

use oauth::dialect::Dialect;

use super::findings::Findings;
use super::key::Key;
use super::suggestion;

/// Finds the dialect that `text` names; a file's path starts at `folder`.
pub fn resolve(key: &Key, text: &str, folder: &Path, findings: &mut Findings) -> Option<Arc<Dialect>> {
    if let Some(dialect) = Dialect::named(text) {
        return Some(Arc::new(dialect));
    }
    let file = folder.join(text);
    // A name has no point and no slash in it; whoever writes one means a file.
    if !text.contains(['/', '.']) && !file.exists() {
        findings.mistake(key, unknown(text));
        return None;
    }
    let shown = file.display();
    let written = match std::fs::read_to_string(&file) {
        Ok(written) => written,
        Err(error) => {
            findings.mistake(key, format!("the dialect file {shown} cannot be read: {error}"));
            return None;
        }
    };
    match Dialect::parse(&written) {
        Ok(dialect) => Some(Arc::new(dialect)),
        Err(error) => {
            findings.mistake(key, format!("the dialect file {shown} is wrong: {error}"));
            None
        }
    }
}

fn unknown(text: &str) -> String {
    let known: Vec<&str> = Dialect::NAMES.to_vec();
    format!("{}; or name a dialect file, such as \"dialects/ours.toml\"", suggestion::unknown_value(text, &known).trim_end_matches('?'))
}
