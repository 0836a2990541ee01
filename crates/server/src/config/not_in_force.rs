//! Keys that are read and checked, but whose effect is not built yet. Whoever builds one deletes its row.

use std::collections::BTreeSet;

use super::findings::{ConfigError, Findings};
use super::key::{Key, Step};

/// Each key, `*` standing for any name or place, and what it will do.
const NOT_IN_FORCE: &[(&[&str], &str)] = &[];

/// The keys of this configuration that have no effect yet.
pub fn list(findings: &Findings) -> Vec<ConfigError> {
    let mut found = Vec::new();
    for (pattern, what) in NOT_IN_FORCE {
        let keys: BTreeSet<Key> = findings
            .origins
            .keys()
            .filter_map(|key| beginning(key, pattern))
            .collect();
        found.extend(
            keys.iter().map(|key| {
                findings.at(key, format!("read, not in force yet: {what} is not built"))
            }),
        );
    }
    found
}

/// The beginning of `key` that the pattern describes.
fn beginning(key: &Key, pattern: &[&str]) -> Option<Key> {
    let steps = key.steps().get(..pattern.len())?;
    let matches = |(step, wanted): (&Step, &&str)| {
        *wanted == "*" || matches!(step, Step::Name(name) if name == wanted)
    };
    steps
        .iter()
        .zip(pattern)
        .all(matches)
        .then(|| steps.iter().cloned().collect())
}
