//! Holds two answers beside each other. What is shown of a difference is harmless; of everything else only type and length.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, HeaderName, header};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::answered::Answer;
use super::differences::{Difference, Kind};

/// The longest text that is shown, in characters.
const LONGEST_SHOWN: usize = 200;
/// The longest name of a member that is counted by itself.
const LONGEST_NAME: usize = 64;
/// The seconds by which two lifetimes may differ that are the same.
const TOLERANCE: f64 = 1.0;
/// Members whose values are no secret.
const HARMLESS: [&str; 4] = ["scope", "expires_in", "token_type", "error"];

/// Every difference between the old answer and ours. `secrets` are those of the request: shown nowhere, whoever echoes them.
pub fn compare(there: &Answer, here: &Answer, secrets: &[Zeroizing<String>]) -> Vec<Difference> {
    let mut found = Found {
        differences: Vec::new(),
        secrets,
    };
    if there.status != here.status {
        let said = |answer: &Answer| match error_of(answer) {
            Some(error) => format!(
                "{} {}",
                answer.status.as_u16(),
                found.value("error", &error)
            ),
            None => answer.status.as_u16().to_string(),
        };
        let (said_there, said_here) = (said(there), said(here));
        found.add(Kind::Status, said_there, said_here);
    }
    // A token beside a refusal: that nothing else agrees is the same difference.
    if there.status.is_success() == here.status.is_success() {
        found.bodies(&there.body, &here.body);
        found.headers(&there.headers, &here.headers);
    }
    found.differences
}

fn error_of(answer: &Answer) -> Option<Value> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    body.get("error").cloned()
}

struct Found<'s> {
    differences: Vec<Difference>,
    secrets: &'s [Zeroizing<String>],
}

impl Found<'_> {
    fn add(&mut self, kind: Kind, there: String, here: String) {
        self.differences.push(Difference { kind, there, here });
    }

    fn bodies(&mut self, there: &[u8], here: &[u8]) {
        let object = |body: &[u8]| match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Some(members),
            _ => None,
        };
        let what = |is_json: bool, body: &[u8]| match is_json {
            true => "a JSON object".to_owned(),
            false => format!("{} bytes of something else", body.len()),
        };
        match (object(there), object(here)) {
            (Some(there), Some(here)) => self.members(&there, &here),
            (None, None) if there.is_empty() == here.is_empty() => {}
            (one, other) => {
                let said = (what(one.is_some(), there), what(other.is_some(), here));
                self.add(Kind::Body, said.0, said.1);
            }
        }
    }

    fn members(&mut self, there: &Map<String, Value>, here: &Map<String, Value>) {
        let names: BTreeSet<&String> = there.keys().chain(here.keys()).collect();
        for name in names {
            match (there.get(name), here.get(name)) {
                (Some(one), None) => self.on_one_side(name, Kind::MissingHere, Some(one), None),
                (None, Some(other)) => self.on_one_side(name, Kind::MoreHere, None, Some(other)),
                (Some(one), Some(other)) => self.member(name, one, other),
                (None, None) => {}
            }
        }
    }

    fn on_one_side(
        &mut self,
        name: &str,
        kind: fn(String) -> Kind,
        there: Option<&Value>,
        here: Option<&Value>,
    ) {
        let kind = match name {
            "error_description" => Kind::ErrorDescription,
            _ => kind(self.name(name)),
        };
        let said = |value: Option<&Value>| {
            value.map_or_else(|| "-".to_owned(), |value| self.value(name, value))
        };
        let (there, here) = (said(there), said(here));
        self.add(kind, there, here);
    }

    fn member(&mut self, name: &str, there: &Value, here: &Value) {
        let kind = match (name, there, here) {
            _ if type_of(there) != type_of(here) => Some(Kind::Type(self.name(name))),
            ("scope", Value::String(one), Value::String(other)) => {
                (set_of(one, ' ') != set_of(other, ' ')).then_some(Kind::Scope)
            }
            ("expires_in", one, other) => {
                let apart = seconds(one).zip(seconds(other));
                apart
                    .is_some_and(|(one, other)| (one - other).abs() > TOLERANCE)
                    .then_some(Kind::Lifetime)
            }
            ("token_type", Value::String(one), Value::String(other)) if one != other => {
                Some(match one.eq_ignore_ascii_case(other) {
                    true => Kind::TokenTypeSpelling,
                    false => Kind::TokenType,
                })
            }
            ("error", one, other) if one != other => Some(Kind::ErrorCode),
            _ => None,
        };
        if let Some(kind) = kind {
            let (there, here) = (self.value(name, there), self.value(name, here));
            self.add(kind, there, here);
        }
    }

    fn headers(&mut self, there: &HeaderMap, here: &HeaderMap) {
        let normal = |headers: &HeaderMap, name: HeaderName| {
            let lines = headers.get_all(name).iter();
            let texts: Vec<String> = lines
                .map(|line| String::from_utf8_lossy(line.as_bytes()).to_ascii_lowercase())
                .collect();
            texts.join(",").replace(' ', "")
        };
        for (name, kind) in [
            (header::CONTENT_TYPE, Kind::ContentType),
            (header::CACHE_CONTROL, Kind::CacheControl),
        ] {
            let (one, other) = (normal(there, name.clone()), normal(here, name));
            let (one, other) = (without_charset(&one), without_charset(&other));
            if set_of(one, ',') != set_of(other, ',') {
                let (one, other) = (self.header(one), self.header(other));
                self.add(kind, one, other);
            }
        }
        let (one, other) = (schemes(there), schemes(here));
        if one != other {
            let shown = |schemes: BTreeSet<String>| {
                let schemes: Vec<String> = schemes.into_iter().collect();
                self.header(&schemes.join(", "))
            };
            let (one, other) = (shown(one), shown(other));
            self.add(Kind::WwwAuthenticate, one, other);
        }
    }

    /// What may be shown of a member's value.
    fn value(&self, name: &str, value: &Value) -> String {
        let harmless = HARMLESS.contains(&name);
        match value {
            Value::String(text) if harmless && looks_right(name, text) => self.text(text),
            Value::String(text) => described(text),
            Value::Number(number) if harmless => number.to_string(),
            Value::Number(_) => "a number".to_owned(),
            Value::Bool(_) => "true or false".to_owned(),
            Value::Null => "null".to_owned(),
            Value::Array(items) => format!("a list of {}", items.len()),
            Value::Object(members) => format!("an object of {} members", members.len()),
        }
    }

    /// A text that is no secret by its place, unless somebody put one there.
    fn text(&self, text: &str) -> String {
        let holds = |secret: &&Zeroizing<String>| !secret.is_empty() && text.contains(&***secret);
        let plain = text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
        if !plain || text.chars().count() > LONGEST_SHOWN || self.secrets.iter().any(|s| holds(&s))
        {
            return described(text);
        }
        match text.is_empty() {
            true => "(empty)".to_owned(),
            false => text.to_owned(),
        }
    }

    fn header(&self, text: &str) -> String {
        match text.is_empty() {
            true => "-".to_owned(),
            false => self.text(text),
        }
    }

    /// The name of a member, if it looks like one.
    fn name(&self, name: &str) -> String {
        let usual = |c: char| c.is_ascii_alphanumeric() || "_-.:/".contains(c);
        let shown = self.text(name) == name;
        match name.len() <= LONGEST_NAME && name.chars().all(usual) && shown {
            true => name.to_owned(),
            false => "(another)".to_owned(),
        }
    }
}

/// Codes and token types are words; whatever else stands there may be anything.
fn looks_right(name: &str, text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphabetic() || c == '_';
    name == "scope" || text.len() <= LONGEST_NAME && text.chars().all(is_word)
}

fn described(text: &str) -> String {
    format!("a text of {} characters", text.chars().count())
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn seconds(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A charset says nothing beside JSON, which has one (RFC 8259 section 11).
fn without_charset(text: &str) -> &str {
    match text.strip_prefix("application/json;charset=") {
        Some(charset) if !charset.contains([';', ',']) => "application/json",
        _ => text,
    }
}

fn set_of(text: &str, between: char) -> BTreeSet<&str> {
    text.split(between)
        .filter(|part| !part.is_empty())
        .collect()
}

/// The schemes of the challenges, one for each header line: several in one line are rare, and their first is told.
fn schemes(headers: &HeaderMap) -> BTreeSet<String> {
    let lines = headers.get_all(header::WWW_AUTHENTICATE).iter();
    lines
        .filter_map(|line| line.to_str().ok()?.split_whitespace().next())
        .map(str::to_ascii_lowercase)
        .collect()
}

#[cfg(test)]
mod tests;
