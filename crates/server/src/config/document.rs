//! The file as a tree of TOML values with their places, variables laid over it, read into the raw configuration.
//!
//! serde stops at the first mistake. Here the value that it stopped at is taken out and the rest
//! read again, so that one run of `grantor check` names every mistake there is.

use std::borrow::Cow;
use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::findings::Findings;
use super::key::{Key, Step};
use super::raw::RawConfig;
use super::suggestion;

/// A configuration file and the variables over it.
pub struct Document<'t> {
    table: Spanned<DeTable<'t>>,
    /// What else the values of variables may mean.
    readings: BTreeMap<Key, Readings<'t>>,
}

/// What else a variable's value may mean, when the reading in the tree does not fit its place.
struct Readings<'t> {
    /// The next one last.
    values: Vec<DeValue<'t>>,
    /// As a list written with commas, where a list is wanted.
    list: Option<DeValue<'t>>,
    /// Why the likeliest reading did not fit: the sentence for the person, should none fit.
    first_fault: Option<String>,
}

impl<'t> Document<'t> {
    /// Parses the file's text. Every mistake in its syntax becomes a finding; then there is no document.
    pub fn parse(text: &'t str, findings: &mut Findings) -> Option<Self> {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let mut mistake = findings.at(
                &Key::default(),
                format!("this is not TOML: {}", error.message()),
            );
            mistake.line = error.span().map(|span| line_of(text, span.start));
            // What follows on a line that is wrong already says nothing new.
            if findings
                .mistakes
                .last()
                .is_none_or(|last| last.line != mistake.line)
            {
                findings.mistakes.push(mistake);
            }
        }
        if !errors.is_empty() {
            return None;
        }
        record_lines(
            text,
            &Key::default(),
            table.get_ref(),
            &mut findings.origins.lines,
        );
        Some(Self {
            table,
            readings: BTreeMap::new(),
        })
    }

    /// The tree, for laying variables over it.
    pub fn table(&mut self) -> &mut DeTable<'t> {
        self.table.get_mut()
    }

    /// Remembers what else the variable's value `text`, of which one reading was put at `key`, may mean; the next one last.
    pub fn keep_readings(&mut self, key: Key, text: &'t str, values: Vec<DeValue<'t>>) {
        self.readings.insert(
            key,
            Readings {
                values,
                list: Some(comma_list(text)),
                first_fault: None,
            },
        );
    }

    /// Reads the tree. What does not fit becomes a finding and is left out of the answer.
    pub fn read(mut self, findings: &mut Findings) -> RawConfig {
        loop {
            let deserializer = toml::de::Deserializer::from(self.table.clone());
            let error = match serde_path_to_error::deserialize(deserializer) {
                Ok(raw) => return raw,
                Err(error) => error,
            };
            let key = Key::from(error.path());
            let mut fault = sentence(error.inner().message());
            if let (Some(readings), Some(place)) = (
                self.readings.get_mut(&key),
                find(self.table.get_mut(), key.steps()),
            ) {
                let wants_list = error.inner().message().ends_with("expected a sequence");
                // serde would also fill a table from a list, by position; nobody means that.
                let next = readings
                    .values
                    .pop()
                    .or_else(|| readings.list.take().filter(|_| wants_list));
                if let Some(value) = next {
                    *place.get_mut() = value;
                    readings.first_fault.get_or_insert(fault);
                    continue;
                }
                fault = readings.first_fault.take().unwrap_or(fault);
            }
            findings.mistake(&key, fault);
            if let Some(meant) = meant(error.inner().message()) {
                findings.meant(&key, meant);
            }
            let removable = key.nearest_name();
            if !self.take_out(&removable) {
                return RawConfig::default();
            }
            findings.take_out(removable);
        }
    }

    fn take_out(&mut self, key: &Key) -> bool {
        let Some((Step::Name(name), around)) = key.steps().split_last() else {
            return false;
        };
        let table = if around.is_empty() {
            Some(self.table.get_mut())
        } else {
            find(self.table.get_mut(), around).and_then(|value| match value.get_mut() {
                DeValue::Table(table) => Some(table),
                _ => None,
            })
        };
        table.is_some_and(|table| table.remove(name.as_str()).is_some())
    }
}

/// The value at the end of `steps`.
fn find<'a, 't>(
    table: &'a mut DeTable<'t>,
    steps: &[Step],
) -> Option<&'a mut Spanned<DeValue<'t>>> {
    let (first, rest) = steps.split_first()?;
    let Step::Name(name) = first else { return None };
    let mut value = table.get_mut(name.as_str())?;
    for step in rest {
        value = match (value.get_mut(), step) {
            (DeValue::Table(table), Step::Name(name)) => table.get_mut(name.as_str())?,
            (DeValue::Array(array), Step::Index(index)) => array.get_mut(*index)?,
            _ => return None,
        };
    }
    Some(value)
}

fn record_lines(text: &str, around: &Key, table: &DeTable<'_>, lines: &mut BTreeMap<Key, usize>) {
    for (name, value) in table.iter() {
        let key = around.name(name.get_ref());
        lines.insert(key.clone(), line_of(text, name.span().start));
        match value.get_ref() {
            DeValue::Table(table) => record_lines(text, &key, table, lines),
            DeValue::Array(array) => {
                for (index, element) in array.iter().enumerate() {
                    let key = key.index(index);
                    lines.insert(key.clone(), line_of(text, element.span().start));
                    if let DeValue::Table(table) = element.get_ref() {
                        record_lines(text, &key, table, lines);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The line, counted from 1, on which byte `offset` stands.
pub fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

/// The known key that an unknown one was meant to be.
fn meant(message: &str) -> Option<&str> {
    match unknown_field(message)?.as_slice() {
        [unknown, known @ ..] => suggestion::nearest(unknown, known),
        [] => None,
    }
}

/// The names in serde's words about an unknown key. serde gives them only inside its text, between backticks: first the
/// unknown one, then the known ones.
fn unknown_field(message: &str) -> Option<Vec<&str>> {
    message
        .starts_with("unknown field")
        .then(|| message.split('`').skip(1).step_by(2).collect())
}

/// Turns serde's wording into a sentence for the person who wrote the file.
fn sentence(message: &str) -> String {
    if let Some([unknown, known @ ..]) = unknown_field(message).as_deref() {
        return suggestion::unknown_key(unknown, known);
    }
    if let Some((found, expected)) = message
        .strip_prefix("invalid type: ")
        .and_then(|rest| rest.split_once(", expected "))
    {
        // The value is not repeated: it may have been meant for a place where secrets stand.
        let found = found.split([' ', '`']).next().unwrap_or(found);
        return format!(
            "here stands {}, but {} is needed",
            with_article(found),
            plain(expected)
        );
    }
    if let Some((_, expected)) = message
        .strip_prefix("invalid value: ")
        .and_then(|rest| rest.split_once(", expected "))
    {
        return format!("the value does not fit: {} is needed", plain(expected));
    }
    message.to_owned()
}

fn with_article(found: &str) -> Cow<'_, str> {
    match found {
        "map" => "a table".into(),
        "sequence" => "a list".into(),
        "integer" => "an integer".into(),
        "boolean" => "true or false".into(),
        "floating" => "a number with a point".into(),
        other => format!("a {other}").into(),
    }
}

fn plain(expected: &str) -> Cow<'_, str> {
    match expected {
        "a boolean" => "true or false".into(),
        "a sequence" => "a list of strings".into(),
        "a map" => "a table".into(),
        "u32" | "usize" | "u64" => "a whole number, 0 or more,".into(),
        other if other.starts_with("struct ") => "a table".into(),
        other => other.into(),
    }
}

/// The reading of a list written with commas.
fn comma_list(text: &str) -> DeValue<'_> {
    let elements = text
        .split(',')
        .map(str::trim)
        .filter(|element| !element.is_empty());
    DeValue::Array(
        elements
            .map(|element| unplaced(DeValue::String(Cow::Borrowed(element))))
            .collect(),
    )
}

/// A value that stands nowhere in the file.
pub fn unplaced<T>(value: T) -> Spanned<T> {
    Spanned::new(0..0, value)
}
