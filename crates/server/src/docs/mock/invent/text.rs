//! Text for a schema: by its format, by its pattern, by its length.

use serde_json::{Map, Value};

use super::pattern;

/// Longer texts are not made.
const LONGEST: usize = 4096;

/// Text that the schema allows.
pub fn value(schema: &Map<String, Value>) -> String {
    let size = |keyword: &str| {
        let size = schema.get(keyword).and_then(Value::as_u64)?;
        usize::try_from(size).ok()
    };
    let least = size("minLength").unwrap_or(0).min(LONGEST);
    let most = size("maxLength").unwrap_or(LONGEST);
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        && let Some(made) = pattern::text(pattern, least)
    {
        return made;
    }
    let format = schema.get("format").and_then(Value::as_str);
    let known = format.and_then(of_format).unwrap_or("string");
    let mut made: String = known.chars().take(most).collect();
    while made.chars().count() < least {
        made.push('x');
    }
    made
}

/// A value of a format (OpenAPI's own and JSON Schema's).
fn of_format(format: &str) -> Option<&'static str> {
    Some(match format {
        "date" => "2026-01-31",
        "date-time" => "2026-01-31T12:00:00Z",
        "time" => "12:00:00Z",
        "duration" => "P1D",
        "email" | "idn-email" => "name@example.com",
        "hostname" | "idn-hostname" => "example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "uri" | "url" | "iri" => "https://example.com",
        "uri-reference" | "iri-reference" => "/path",
        "uri-template" => "/path/{name}",
        "uuid" => "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "byte" => "ZXhhbXBsZQ==",
        "json-pointer" => "/name",
        "relative-json-pointer" => "0",
        "regex" => "^a$",
        "password" => "password",
        _ => return None,
    })
}
