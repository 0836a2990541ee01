//! A description in the words of OpenAPI 3.0, for programs that do not read 3.1 yet: SoapUI is one.
//!
//! What 3.0 has no word for is left out (`if`, `patternProperties` and the like): a schema then allows more than it did,
//! and never less.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::description::description;
use super::openapi;
use crate::context::Context;

/// The version that is written.
const VERSION: &str = "3.0.3";
/// Keywords of JSON Schema that 3.0 does not have.
const UNKNOWN: [&str; 26] = [
    "$schema",
    "$id",
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicRef",
    "$dynamicAnchor",
    "$vocabulary",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "const",
    "examples",
];

/// `GET` on `openapi-3.0.json`, below the documentation page.
pub async fn own(context: Context, headers: HeaderMap) -> Response {
    let described = description(&context.platform.config, &context.issuer.environment);
    openapi::answer(&older(&described), openapi::Form::Json, &headers)
}

/// `GET` on `openapi-3.0/NAME.json`: one of the platform's APIs.
pub async fn of_api(context: Context, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let apis = &context.platform.config.apis;
    let named = file.strip_suffix(".json").and_then(|name| {
        let environment = context.issuer.name();
        apis.iter()
            .find(|api| api.slug() == name && api.is_in(environment))
    });
    match named {
        Some(api) => openapi::answer(&older(&api.description), openapi::Form::Json, &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The same description in 3.0; one that is written in it stays as it is.
pub fn older(described: &Value) -> Value {
    let version = described.get("openapi").and_then(Value::as_str);
    if version.is_some_and(|version| version.starts_with("3.0")) {
        return described.clone();
    }
    let mut made = outside(described, &[]);
    if let Some(members) = made.as_object_mut() {
        members.insert("openapi".to_owned(), VERSION.into());
        members.remove("webhooks");
        members.remove("jsonSchemaDialect");
        // 3.0 wants paths, 3.1 does not.
        members.entry("paths").or_insert_with(|| json!({}));
        if let Some(info) = members.get_mut("info").and_then(Value::as_object_mut) {
            info.remove("summary");
            if let Some(license) = info.get_mut("license").and_then(Value::as_object_mut) {
                license.remove("identifier");
            }
        }
        if let Some(components) = members.get_mut("components").and_then(Value::as_object_mut) {
            components.remove("pathItems");
        }
    }
    made
}

/// Something that is no schema; `path` are the names that lead there.
fn outside(value: &Value, path: &[&str]) -> Value {
    match value {
        Value::Object(members) => {
            let convert = |(name, value): (&String, &Value)| {
                let path: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
                let is_schema = match path.as_slice() {
                    ["components", kind, _] => *kind == "schemas",
                    _ => name == "schema",
                };
                let converted = match name.as_str() {
                    _ if is_schema => schema(value),
                    "example" | "examples" => value.clone(),
                    _ => outside(value, &path),
                };
                (name.clone(), converted)
            };
            Value::Object(members.iter().map(convert).collect())
        }
        Value::Array(items) => items.iter().map(|item| outside(item, path)).collect(),
        other => other.clone(),
    }
}

fn schema(value: &Value) -> Value {
    let Some(members) = value.as_object() else {
        // true allows everything, false nothing.
        return if *value == Value::Bool(false) {
            json!({ "not": {} })
        } else {
            json!({})
        };
    };
    let mut made = Map::new();
    for (keyword, value) in members {
        let converted = match keyword.as_str() {
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                Value::Object(
                    properties
                        .map(|(name, value)| (name.clone(), schema(value)))
                        .collect(),
                )
            }
            "allOf" | "anyOf" | "oneOf" => {
                value.as_array().into_iter().flatten().map(schema).collect()
            }
            "items" | "not" => schema(value),
            "additionalProperties" if value.is_object() => schema(value),
            // 3.0 wants a name in it.
            "required" if value.as_array().is_some_and(Vec::is_empty) => continue,
            unknown if UNKNOWN.contains(&unknown) => continue,
            _ => value.clone(),
        };
        made.insert(keyword.clone(), converted);
    }
    if let Some(only) = members.get("const") {
        made.insert("enum".to_owned(), json!([only]));
    }
    let first = members
        .get("examples")
        .and_then(Value::as_array)
        .and_then(|list| list.first());
    if let Some(example) = first {
        made.entry("example").or_insert_with(|| example.clone());
    }
    exclusive(&mut made);
    types(&mut made);
    nullable(&mut made);
    if made.get("type").is_some_and(|kind| kind == "array") {
        // 3.0 wants to hear of the items.
        made.entry("items").or_insert_with(|| json!({}));
    }
    beside_a_reference(made)
}

/// A number as an exclusive bound becomes the bound, and that it is exclusive.
fn exclusive(schema: &mut Map<String, Value>) {
    for (exclusive, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        if let Some(limit) = schema
            .get(exclusive)
            .filter(|limit| limit.is_number())
            .cloned()
        {
            schema.insert(bound.to_owned(), limit);
            schema.insert(exclusive.to_owned(), true.into());
        }
    }
}

/// Several types become one that may be null, or one of several schemas.
fn types(schema: &mut Map<String, Value>) {
    let Some(kinds) = schema.get("type").and_then(Value::as_array).cloned() else {
        return;
    };
    let is_nullable = kinds.iter().any(|kind| kind == "null");
    let others: Vec<&Value> = kinds.iter().filter(|kind| *kind != "null").collect();
    schema.remove("type");
    match others.as_slice() {
        [] => {}
        [only] => {
            schema.insert("type".to_owned(), (*only).clone());
        }
        several => {
            let each = several.iter().map(|kind| match kind.as_str() {
                Some("array") => json!({ "type": kind, "items": {} }),
                _ => json!({ "type": kind }),
            });
            let each: Vec<Value> = each.collect();
            let all = schema.entry("allOf").or_insert_with(|| json!([]));
            if let Some(all) = all.as_array_mut() {
                all.push(json!({ "anyOf": each }));
            }
        }
    }
    if is_nullable && schema.contains_key("type") {
        schema.insert("nullable".to_owned(), true.into());
    }
}

/// `{"type": "null"}` among several becomes what the others may be.
fn nullable(made: &mut Map<String, Value>) {
    if made.get("type").is_some_and(|kind| kind == "null") {
        made.remove("type");
        made.insert("enum".to_owned(), json!([null]));
        made.insert("nullable".to_owned(), true.into());
    }
}

/// Nothing may stand beside a reference in 3.0: it moves into a list of its own.
fn beside_a_reference(mut made: Map<String, Value>) -> Value {
    if made.len() > 1
        && let Some(reference) = made.remove("$ref")
    {
        let all = made.entry("allOf").or_insert_with(|| json!([]));
        if let Some(all) = all.as_array_mut() {
            all.insert(0, json!({ "$ref": reference }));
        }
    }
    Value::Object(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_3_1_become_those_of_3_0() {
        let described = json!({
            "openapi": "3.1.0",
            "info": { "title": "A", "version": "1", "summary": "s", "license": { "name": "L", "identifier": "MIT" } },
            "webhooks": {},
            "paths": { "/a": { "get": { "parameters": [{ "name": "a", "in": "query", "schema": { "const": 1 }, "examples": { "x": { "value": 1 } } }] } } },
            "components": { "schemas": {
                "schema": { "type": ["string", "null"], "examples": ["x"], "$comment": "c" },
                "B": { "$ref": "#/components/schemas/schema", "description": "d" },
                "C": { "type": ["string", "integer"], "exclusiveMinimum": 3 },
                "D": { "type": "array", "prefixItems": [{}] },
                "E": { "anyOf": [{ "type": "null" }, true], "required": [] },
            } },
        });
        let made = older(&described);
        assert_eq!(made["openapi"], "3.0.3");
        assert_eq!(
            made["info"],
            json!({ "title": "A", "version": "1", "license": { "name": "L" } })
        );
        assert!(made.get("webhooks").is_none());
        let parameter = &made["paths"]["/a"]["get"]["parameters"][0];
        assert_eq!(parameter["schema"], json!({ "enum": [1] }));
        assert_eq!(parameter["examples"]["x"]["value"], 1);
        let schemas = &made["components"]["schemas"];
        assert_eq!(
            schemas["schema"],
            json!({ "type": "string", "nullable": true, "example": "x" })
        );
        assert_eq!(
            schemas["B"],
            json!({ "allOf": [{ "$ref": "#/components/schemas/schema" }], "description": "d" })
        );
        assert_eq!(
            schemas["C"],
            json!({
                "allOf": [{ "anyOf": [{ "type": "string" }, { "type": "integer" }] }], "minimum": 3, "exclusiveMinimum": true,
            })
        );
        assert_eq!(schemas["D"], json!({ "type": "array", "items": {} }));
        assert_eq!(
            schemas["E"],
            json!({ "anyOf": [{ "enum": [null], "nullable": true }, {}] })
        );
        assert_eq!(older(&made), made);
    }
}
