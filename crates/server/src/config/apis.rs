//! `[[apis]]`: the platform's own OpenAPI files, which stand in the documentation beside Grantor's own description.
//!
//! A file is read once, at start, and kept as it is: what is shown, mocked and downloaded is what the platform wrote.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use store::EnvironmentName;

use super::findings::Findings;
use super::key::Key;
use super::raw::RawApi;
use super::suggestion;

/// Bytes of the largest file that is read.
const LARGEST_FILE: u64 = 8 * 1024 * 1024;

/// An API of the platform, described in OpenAPI 3.0 or 3.1.
#[derive(Clone, Debug)]
pub struct Api {
    /// As people read it; [`slug`](Api::slug) is how it stands in URLs.
    pub name: String,
    /// The whole file.
    pub description: Value,
    /// The one environment that shows it; None: all of them.
    pub environment: Option<EnvironmentName>,
    /// Where it was read from.
    pub file: PathBuf,
}

impl Api {
    /// The name in URLs: "Time Cards" is time-cards.
    pub fn slug(&self) -> String {
        slug(&self.name)
    }

    /// Whether an environment shows it.
    pub fn is_in(&self, environment: &EnvironmentName) -> bool {
        self.environment
            .as_ref()
            .is_none_or(|only| only == environment)
    }
}

/// Resolves `[[apis]]`; `environments` are the names there are.
pub fn resolve(
    raw: &[RawApi],
    folder: &Path,
    environments: &[&str],
    findings: &mut Findings,
) -> Vec<Arc<Api>> {
    let mut apis: Vec<Arc<Api>> = Vec::new();
    for (index, raw) in raw.iter().enumerate() {
        let key = Key::top("apis").index(index);
        let environment = raw.environment.as_ref().and_then(|name| {
            if environments.contains(&name.as_str()) {
                return Some(EnvironmentName::new(name));
            }
            findings.mistake(
                &key.name("environment"),
                suggestion::unknown_value(name, environments),
            );
            None
        });
        let name = name(
            &key.name("name"),
            raw,
            environment.as_ref(),
            &apis,
            findings,
        );
        let Some(file) = &raw.description else {
            findings.mistake(
                &key.name("description"),
                "an API needs its OpenAPI file, such as \"openapi/shifts.yaml\"",
            );
            continue;
        };
        let file = folder.join(file);
        let description = match read(&file) {
            Ok(description) => description,
            Err(why) => {
                let shown = file.display();
                findings.mistake(&key.name("description"), format!("{shown} {why}"));
                continue;
            }
        };
        apis.push(Arc::new(Api {
            name,
            description,
            environment,
            file,
        }));
    }
    apis
}

fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

fn name(
    key: &Key,
    raw: &RawApi,
    environment: Option<&EnvironmentName>,
    others: &[Arc<Api>],
    findings: &mut Findings,
) -> String {
    let name = raw.name.clone().unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_ ".contains(&byte);
    let same = |other: &&Arc<Api>| {
        let together = match (environment, &other.environment) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        together && other.slug() == slug(&name)
    };
    if raw.name.is_none() {
        findings.mistake(key, "an API needs a name, such as \"Shifts\"");
    } else if name.is_empty() || name.len() > 64 || name.trim() != name || !name.bytes().all(plain)
    {
        findings.mistake(
            key,
            "an API's name is made of at most 64 letters, digits, blanks and the signs - _",
        );
    } else if let Some(other) = others.iter().find(same) {
        let other = &other.name;
        findings.mistake(
            key,
            format!("\"{other}\" has the same address in one environment; rename or remove one"),
        );
    }
    name
}

/// The file as JSON; why it is of no use, as the end of a sentence that begins with its name.
fn read(file: &Path) -> Result<Value, String> {
    let length = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
    if length > LARGEST_FILE {
        return Err(format!("is longer than {LARGEST_FILE} bytes"));
    }
    let text =
        std::fs::read_to_string(file).map_err(|error| format!("cannot be read ({error})"))?;
    let json = file
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let description = if json {
        serde_json::from_str(&text).map_err(|error| format!("is not JSON ({error})"))?
    } else {
        // YAML 1.2, as OpenAPI asks for: `no` is a text there, and a truth value in YAML 1.1.
        let options = serde_saphyr::options! { strict_booleans: true };
        serde_saphyr::from_str_with_options(&text, options)
            .map_err(|error| format!("is not YAML ({})", first_line(&error.to_string())))?
    };
    judge(&description)?;
    Ok(description)
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Whether it is a description that can be shown by itself.
fn judge(description: &Value) -> Result<(), String> {
    let version = description.get("openapi").and_then(Value::as_str);
    match version {
        Some(version)
            if ["3.0.", "3.1."]
                .iter()
                .any(|known| version.starts_with(known)) => {}
        Some(version) => {
            let version = version.escape_debug();
            return Err(format!("is OpenAPI {version}; 3.0 and 3.1 are read here"));
        }
        None if description.get("swagger").is_some() => {
            return Err("is Swagger 2; convert it to OpenAPI 3".to_owned());
        }
        None => return Err("is no OpenAPI description: it has no \"openapi\"".to_owned()),
    }
    for member in ["info", "paths"] {
        if !description.get(member).is_some_and(Value::is_object) {
            return Err(format!(
                "is no whole OpenAPI description: it has no \"{member}\""
            ));
        }
    }
    references(description, description)
}

/// Every `$ref` must lead somewhere in the file: nothing is fetched, and a reader is shown nothing that is not there.
fn references(whole: &Value, part: &Value) -> Result<(), String> {
    match part {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                let shown = reference.escape_debug();
                let Some(pointer) = reference.strip_prefix('#') else {
                    return Err(format!(
                        "refers to another file ({shown}); put both into one, for example by redocly bundle"
                    ));
                };
                // RFC 6901 section 6: in a fragment a pointer is percent-encoded.
                let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
                if whole.pointer(&pointer).is_none() {
                    return Err(format!("refers to {shown}, which is not in it"));
                }
            }
            members
                .values()
                .try_for_each(|part| references(whole, part))
        }
        Value::Array(parts) => parts.iter().try_for_each(|part| references(whole, part)),
        _ => Ok(()),
    }
}
