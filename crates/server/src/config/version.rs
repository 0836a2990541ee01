//! `[[versions]]`: what credentials can be made for.

use std::sync::Arc;

use oauth::permission::Permission;
use oauth::scope::scope_value;

use super::findings::Findings;
use super::key::Key;
use super::raw::RawVersion;

/// A version of the platform's API and its scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// `v2`
    pub name: String,
    /// Display name and scope value of each: `("Forecast Prediction", "forecast-prediction")`.
    pub scopes: Vec<(String, String)>,
    /// Whether a scope is split into Read, Add, Write, Delete (`shifts.read`) or stands bare (`api1`).
    pub permissions: bool,
}

impl Version {
    /// Every scope a token of this version can hold: `shifts.read` …, or bare where it has no permissions.
    pub fn scope_values(&self) -> Vec<String> {
        let split = |value: &String| {
            Permission::ALL
                .iter()
                .map(|permission| format!("{value}.{}", permission.as_str()))
                .collect::<Vec<_>>()
        };
        let values = self.scopes.iter().map(|(_, value)| value);
        if self.permissions {
            values.flat_map(split).collect()
        } else {
            values.cloned().collect()
        }
    }

    /// Whether this version has the scope of that value.
    pub fn has_scope(&self, value: &str) -> bool {
        self.scopes.iter().any(|(_, known)| known == value)
    }
}

/// Resolves `[[versions]]`.
pub fn resolve(raw: &[RawVersion], findings: &mut Findings) -> Vec<Arc<Version>> {
    let mut versions: Vec<Arc<Version>> = Vec::new();
    for (index, raw) in raw.iter().enumerate() {
        let key = Key::top("versions").index(index);
        let name_key = key.name("name");
        let name = raw.name.clone().unwrap_or_default();
        if raw.name.is_none() {
            findings.mistake(&name_key, "a version needs a name, such as \"v2\"");
        } else if name.is_empty()
            || !name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        {
            findings.mistake(
                &name_key,
                "a version's name is made of letters, digits and the signs - _ .",
            );
        } else if versions.iter().any(|version| version.name == name) {
            findings.mistake(
                &name_key,
                format!("there are two versions named \"{name}\"; rename or remove one"),
            );
        }
        let permissions = raw.permissions.unwrap_or(false);
        let scopes = scopes(&key.name("scopes"), raw, permissions, findings);
        versions.push(Arc::new(Version {
            name,
            scopes,
            permissions,
        }));
    }
    versions
}

fn scopes(
    key: &Key,
    raw: &RawVersion,
    permissions: bool,
    findings: &mut Findings,
) -> Vec<(String, String)> {
    let mut scopes: Vec<(String, String)> = Vec::new();
    for (index, name) in raw.scopes.iter().flatten().enumerate() {
        let key = key.index(index);
        let shown = name.escape_debug();
        let Ok(value) = scope_value(name) else {
            findings.mistake(&key, format!("\"{shown}\" makes no scope: RFC 6749 §3.3 allows printable ASCII without quotes and backslashes"));
            continue;
        };
        if permissions && value.contains('.') {
            // `a.read` could be the scope `a.read` or the permission to read `a`.
            findings.mistake(&key, format!("\"{shown}\" has a point in it, which stands before the permission (shifts.read); leave it out"));
        } else if let Some((other, _)) = scopes.iter().find(|(_, known)| *known == value) {
            findings.mistake(
                &key,
                format!(
                    "\"{shown}\" and \"{other}\" are the same scope value, {value}; rename one"
                ),
            );
        }
        scopes.push((name.clone(), value));
    }
    scopes
}
