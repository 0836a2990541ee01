//! Examples as text: those of the description, and where there are none, one made from the schema.

use serde_json::{Map, Value, json};

use super::schema::Schemas;
use super::{list, members, text};

/// How far inside an example is made.
const DEEPEST: usize = 5;
/// Bytes of an example that are shown.
const LONGEST: usize = 8 * 1024;

/// The examples of a content: name, what it shows, text.
pub fn of(
    schemas: &Schemas<'_>,
    media_type: &str,
    content: &Value,
) -> Vec<(String, String, String)> {
    let mut found: Vec<(String, String, String)> = members(&content["examples"])
        .map(|(name, example)| {
            let example = schemas.resolved(example);
            (
                name.clone(),
                text(&example["summary"]),
                written(media_type, &example["value"]),
            )
        })
        .collect();
    if found.is_empty() {
        let made = match content.get("example") {
            Some(example) => Some(example.clone()),
            None => content.get("schema").map(|schema| made(schemas, schema, 0)),
        };
        let made = made.filter(|made| !made.is_null());
        found.extend(made.map(|made| {
            (
                "example".to_owned(),
                String::new(),
                written(media_type, &made),
            )
        }));
    }
    found
}

/// A value as it stands in a header or a query.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(several) => several.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn written(media_type: &str, value: &Value) -> String {
    let text = match value {
        Value::Object(members) if media_type == "application/x-www-form-urlencoded" => {
            let mut form = form_urlencoded::Serializer::new(String::new());
            for (name, value) in members {
                form.append_pair(name, &plain(value));
            }
            form.finish()
        }
        Value::String(text) if !media_type.contains("json") => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    };
    if text.len() <= LONGEST {
        return text;
    }
    let shown: String = text.chars().take(LONGEST / 4).collect();
    format!("{shown}\n…")
}

/// An example that a schema allows, as far as its types say.
fn made(schemas: &Schemas<'_>, schema: &Value, depth: usize) -> Value {
    let schema = schemas.resolved(schema);
    let given = [
        &schema["example"],
        &schema["default"],
        &schema["const"],
        &schema["examples"][0],
        &schema["enum"][0],
    ];
    if let Some(given) = given.into_iter().find(|given| !given.is_null()) {
        return given.clone();
    }
    if depth >= DEEPEST {
        return Value::Null;
    }
    let one = list(&schema["oneOf"]).chain(list(&schema["anyOf"])).next();
    if let Some(one) = one {
        return made(schemas, one, depth);
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().and_then(Value::as_str),
        kind => kind.as_str(),
    };
    match kind {
        Some("array") => json!([made(schemas, &schema["items"], depth + 1)]),
        Some("integer") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("number") => schema.get("minimum").cloned().unwrap_or(json!(1.5)),
        Some("boolean") => json!(true),
        Some("string") => json!(match schema["format"].as_str() {
            Some("date-time") => "2026-01-01T09:00:00Z",
            Some("date") => "2026-01-01",
            Some("uuid") => "01975c9e-7a32-7c40-9d7e-3f5a2b1c0d4e",
            Some("email") => "anna@client.example",
            Some("uri" | "url") => "https://client.example/",
            _ => "text",
        }),
        _ => {
            let mut object = Map::new();
            for part in list(&schema["allOf"]) {
                if let Value::Object(members) = made(schemas, part, depth + 1) {
                    object.extend(members);
                }
            }
            for (name, property) in members(&schema["properties"]) {
                object.insert(name.clone(), made(schemas, property, depth + 1));
            }
            if object.is_empty() && kind.is_none() {
                return Value::Null;
            }
            object.into()
        }
    }
}
