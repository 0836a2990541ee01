//! Fields of a row or of a JSON object, whatever the old server calls and spells them.

use std::collections::HashMap;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use store::Millis;

/// A row or an object. Names are compared without case and underscores: what one version calls `ClientId` another calls `client_id`.
#[derive(Clone, Debug, Default)]
pub struct Row(HashMap<String, Value>);

/// A time that cannot be read: the secret that ends then must not be taken for one that never does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTime;

/// A name without case, underscores and hyphens.
pub fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

impl Row {
    /// Of its columns or members.
    pub fn new(columns: Map<String, Value>) -> Self {
        Self(
            columns
                .into_iter()
                .map(|(name, value)| (plain(&name), value))
                .collect(),
        )
    }

    /// Of an object; of anything else, empty.
    pub fn of(value: &Value) -> Self {
        value
            .as_object()
            .cloned()
            .map(Self::new)
            .unwrap_or_default()
    }

    /// A field that is not null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(&plain(name)).filter(|value| !value.is_null())
    }

    /// Text, or a number as text; none where it is empty.
    pub fn text(&self, name: &str) -> Option<String> {
        text(self.get(name)?)
    }

    /// Yes or no, as databases write it.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Value::Bool(yes) => Some(*yes),
            Value::Number(number) => number.as_i64().map(|number| number != 0),
            Value::String(text) => match text.to_lowercase().as_str() {
                "1" | "t" | "true" | "yes" => Some(true),
                "0" | "f" | "false" | "no" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// A list: a JSON array or its text, or words with one of `between` between them.
    pub fn list(&self, name: &str, between: &[char]) -> Vec<String> {
        match self.get(name) {
            Some(Value::Array(items)) => items.iter().filter_map(text).collect(),
            Some(Value::String(words)) => match serde_json::from_str::<Vec<String>>(words) {
                Ok(items) => items,
                Err(_) => words
                    .split(|c: char| between.contains(&c) || c.is_whitespace())
                    .filter(|word| !word.is_empty())
                    .map(str::to_owned)
                    .collect(),
            },
            _ => Vec::new(),
        }
    }

    /// JSON, also where it is kept as text.
    pub fn json(&self, name: &str) -> Option<Value> {
        match self.get(name)? {
            Value::String(text) => serde_json::from_str(text).ok(),
            value => Some(value.clone()),
        }
    }

    /// A time: RFC 3339, the same without a zone (UTC), or seconds since 1970, of which 0 is never.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn time(&self, name: &str) -> Result<Option<Millis>, NoTime> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let Some(text) = text(value) else {
            return Ok(None);
        };
        if let Ok(seconds) = text.parse::<i64>() {
            // Some write milliseconds; as seconds those would be fifty thousand years away.
            let millis = if seconds.abs() > 100_000_000_000 {
                Some(seconds)
            } else {
                seconds.checked_mul(1000)
            };
            return match millis {
                Some(0) => Ok(None),
                Some(millis) => Ok(Some(millis)),
                None => Err(NoTime),
            };
        }
        if let Ok(time) = Timestamp::from_str(&text) {
            return Ok(Some(time.as_millisecond()));
        }
        let local = DateTime::from_str(&text).map_err(|_| NoTime)?;
        let time = local.to_zoned(TimeZone::UTC).map_err(|_| NoTime)?;
        Ok(Some(time.timestamp().as_millisecond()))
    }

    /// The field that names an account: a column, or a path into one that holds JSON (`metadata.customer`).
    pub fn account(&self, by: Option<&str>) -> Option<String> {
        let by = by?;
        if let Some(found) = self.text(by) {
            return Some(found);
        }
        let (first, rest) = by.split_once('.')?;
        let mut value = self.json(first)?;
        // Keys that have dots themselves are found whole.
        if let Some(found) = value.get(rest).and_then(text) {
            return Some(found);
        }
        for part in rest.split('.') {
            value = value.get(part)?.clone();
        }
        text(&value)
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_found_however_they_are_spelled_and_kept() {
        let row = Row::of(&json!({
            "ClientId": "a", "require_pkce": 1, "scopes": "[\"x\",\"y\"]", "uris": "u v\nw", "owner": 7,
            "metadata": "{\"customer\":{\"name\":\"Acme\"}}", "attributes": {"a.b": "c"}, "none": null,
        }));
        assert_eq!(row.text("client_id").unwrap(), "a");
        assert_eq!(row.flag("RequirePkce"), Some(true));
        assert_eq!(row.list("scopes", &[]), ["x", "y"]);
        assert_eq!(row.list("uris", &[]), ["u", "v", "w"]);
        assert_eq!(row.account(Some("owner")).unwrap(), "7");
        assert_eq!(row.account(Some("metadata.customer.name")).unwrap(), "Acme");
        assert_eq!(row.account(Some("attributes.a.b")).unwrap(), "c");
        assert_eq!(row.account(Some("metadata.gone")), None);
        assert_eq!(row.get("none"), None);
    }

    #[test]
    fn a_time_that_cannot_be_read_is_not_never() {
        let time = |value: Value| Row::of(&json!({ "at": value })).time("at");
        assert_eq!(
            time(json!("2026-01-02T03:04:05Z")),
            Ok(Some(1_767_323_045_000))
        );
        assert_eq!(
            time(json!("2026-01-02 03:04:05")),
            Ok(Some(1_767_323_045_000))
        );
        assert_eq!(
            time(json!("2026-01-02T03:04:05.5")),
            Ok(Some(1_767_323_045_500))
        );
        assert_eq!(time(json!(1_767_323_045)), Ok(Some(1_767_323_045_000)));
        assert_eq!(time(json!("1767323045")), Ok(Some(1_767_323_045_000)));
        assert_eq!(time(json!(0)), Ok(None));
        assert_eq!(time(json!(null)), Ok(None));
        assert_eq!(time(json!("soon")), Err(NoTime));
    }
}
