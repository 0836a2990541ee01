//! `GRANTOR__SECTION__KEY=value`: every key of the file can also be set by an environment variable.
//!
//! Two underscores stand for a step inwards, a number for a place in a list, and case does not
//! count: `GRANTOR__ENVIRONMENTS__PRODUCTION__PATHS__TOKEN`, `GRANTOR__ROUTES__0__UPSTREAM`. The
//! value is text where the key wants text; elsewhere it is read as TOML, and a list may also be
//! written with commas.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::document::{Document, unplaced};
use super::findings::{ConfigError, Findings};
use super::key::{Key, Step};

/// What the variables that set keys begin with. `GRANTOR_CONFIG` and `GRANTOR_MASTER_KEY` have one underscore and are not among them.
pub const PREFIX: &str = "GRANTOR__";

/// The variables of this process, as [`load`](super::load::load) wants them. Bytes that are not UTF-8 become U+FFFD, which no key accepts.
pub fn of_this_process() -> Vec<(String, String)> {
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    std::env::vars_os()
        .map(|(name, value)| (text(name), text(value)))
        .collect()
}

/// Lays the variables over the document.
pub fn lay_over<'t>(
    document: &mut Document<'t>,
    variables: &'t [(String, String)],
    findings: &mut Findings,
) {
    let mut ours: Vec<&(String, String)> = variables
        .iter()
        .filter(|(name, _)| name.starts_with(PREFIX))
        .collect();
    // A table that one variable sets as a whole comes before the keys that others set in it.
    ours.sort();
    for (name, value) in ours {
        let mut readings = readings(value);
        let Some(first) = readings.pop() else {
            continue;
        };
        let steps: Vec<&str> = name.trim_start_matches(PREFIX).split("__").collect();
        match place(document.table(), &steps, first) {
            Ok(steps) => {
                let key: Key = steps.into_iter().collect();
                findings.origins.variables.insert(key.clone(), name.clone());
                document.keep_readings(key, value, readings);
            }
            Err(message) => {
                let ConfigError { file, .. } = findings.at(&Key::default(), "");
                findings.mistakes.push(ConfigError {
                    file,
                    line: None,
                    key: name.clone(),
                    message: message.to_owned(),
                });
            }
        }
    }
}

/// What a value may mean, the likeliest last.
fn readings(value: &str) -> Vec<DeValue<'_>> {
    let text = DeValue::String(Cow::Borrowed(value));
    match DeValue::parse(value).map(Spanned::into_inner) {
        Ok(quoted @ DeValue::String(_)) => vec![quoted],
        Ok(other) => vec![other, text],
        Err(_) => vec![text],
    }
}

const NO_SUCH_PLACE: &str =
    "this variable leads into a value that is not a table; see grantor.example.toml for the keys";

/// Puts `value` at the end of `steps` and says which key that is.
fn place<'t>(
    table: &mut DeTable<'t>,
    steps: &[&str],
    value: DeValue<'t>,
) -> Result<Vec<Step>, &'static str> {
    let Some((first, rest)) = steps.split_first() else {
        return Err(NO_SUCH_PLACE);
    };
    if first.is_empty() {
        return Err(
            "a variable is named GRANTOR__SECTION__KEY, with two underscores between the steps",
        );
    }
    let name = spelling(table, first);
    let mut key = vec![Step::Name(name.clone())];
    if rest.is_empty() {
        table.insert(unplaced(Cow::Owned(name)), unplaced(value));
        return Ok(key);
    }
    let entry = table
        .entry(unplaced(Cow::Owned(name)))
        .or_insert_with(|| unplaced(container(rest)));
    key.extend(place_within(entry.get_mut(), rest, value)?);
    Ok(key)
}

fn place_within<'t>(
    around: &mut DeValue<'t>,
    steps: &[&str],
    value: DeValue<'t>,
) -> Result<Vec<Step>, &'static str> {
    match around {
        DeValue::Table(table) => place(table, steps, value),
        DeValue::Array(array) => {
            let Some((first, rest)) = steps.split_first() else {
                return Err(NO_SUCH_PLACE);
            };
            let index: usize = first
                .parse()
                .map_err(|_| "the place in a list is a number, counted from 0")?;
            if index > array.len() {
                return Err(
                    "a list has no gaps: the number leads past the place after the last one",
                );
            }
            if index == array.len() {
                array.push(unplaced(container(rest)));
            }
            let Some(element) = array.get_mut(index) else {
                return Err(NO_SUCH_PLACE);
            };
            let mut key = vec![Step::Index(index)];
            if rest.is_empty() {
                *element.get_mut() = value;
            } else {
                key.extend(place_within(element.get_mut(), rest, value)?);
            }
            Ok(key)
        }
        _ => Err(NO_SUCH_PLACE),
    }
}

/// The table or list that the first of `steps` leads into.
fn container<'t>(steps: &[&str]) -> DeValue<'t> {
    if steps
        .first()
        .is_some_and(|step| step.parse::<usize>().is_ok())
    {
        DeValue::Array(DeArray::new())
    } else {
        DeValue::Table(DeTable::new())
    }
}

/// The key as the file spells it; in small letters when the file does not have it. A shell cannot write a hyphen in a variable's name.
fn spelling(table: &DeTable<'_>, step: &str) -> String {
    let wanted = step.to_lowercase().replace('-', "_");
    table
        .keys()
        .map(|key| key.get_ref().as_ref())
        .find(|key| key.to_lowercase().replace('-', "_") == wanted)
        .map_or_else(|| step.to_lowercase(), str::to_owned)
}
