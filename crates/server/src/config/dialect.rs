//! `environments.NAME.dialect`: one of the known dialects, or a file that an operator wrote.

use std::path::Path;
use std::sync::Arc;

use oauth::dialect::Dialect;

use super::findings::Findings;
use super::key::Key;
use super::suggestion;

/// Finds the dialect that `text` names; a file's path starts at `folder`.
pub fn resolve(
    key: &Key,
    text: &str,
    folder: &Path,
    findings: &mut Findings,
) -> Option<Arc<Dialect>> {
    if Dialect::NAMES.contains(&text) {
        return Dialect::named(text)
            .map_err(|error| findings.mistake(key, error.to_string()))
            .ok()
            .map(Arc::new);
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
            findings.mistake(
                key,
                format!("the dialect file {shown} cannot be read: {error}"),
            );
            return None;
        }
    };
    Dialect::from_toml(&shown.to_string(), &written)
        .map_err(|error| findings.mistake(key, error.to_string()))
        .ok()
        .map(Arc::new)
}

fn unknown(text: &str) -> String {
    let sentence = suggestion::unknown_value(text, &Dialect::NAMES);
    if sentence.ends_with('?') {
        sentence
    } else {
        sentence + ", and files such as \"dialects/ours.toml\""
    }
}
