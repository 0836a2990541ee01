#![allow(clippy::unwrap_used)]
use serde_json::json;

use super::*;

fn made(schema: Value) -> Value {
    value(&json!({}), &schema)
}

#[test]
fn what_a_schema_says_comes_before_what_is_made() {
    assert_eq!(
        made(json!({ "type": "string", "example": "a", "default": "b" })),
        "a"
    );
    assert_eq!(made(json!({ "type": "string", "examples": ["c"] })), "c");
    assert_eq!(made(json!({ "enum": ["d", "e"] })), "d");
    assert_eq!(
        made(json!({ "type": ["null", "integer"], "minimum": 3 })),
        3
    );
}

#[test]
fn whatever_is_made_is_what_its_schema_allows() {
    let schemas = [
        json!({ "type": "integer", "exclusiveMinimum": 4, "multipleOf": 5 }),
        json!({ "type": "integer", "maximum": -3 }),
        json!({ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 }),
        json!({ "type": "string", "minLength": 12, "maxLength": 14 }),
        json!({ "type": "string", "maxLength": 2 }),
        json!({ "type": "string", "pattern": "^[A-Z]{2}-\\d+$", "minLength": 8 }),
        json!({ "type": "string", "format": "uuid" }),
        json!({ "type": "array", "items": { "type": "string" }, "minItems": 3, "uniqueItems": true }),
        json!({ "type": "array", "items": { "enum": ["a", "b"] }, "minItems": 2, "uniqueItems": true }),
        json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }], "items": false }),
        json!({ "type": "object", "minProperties": 2, "additionalProperties": { "type": "integer" } }),
        json!({ "type": "object", "required": ["a"], "properties": { "b": { "type": "boolean" } } }),
        json!({ "allOf": [
            { "type": "object", "required": ["a"], "properties": { "a": { "type": "string" } } },
            { "required": ["b"], "properties": { "b": { "type": "integer" } } },
        ] }),
        json!({ "oneOf": [{ "type": "null" }, { "type": "object", "required": ["c"], "properties": { "c": { "const": 1 } } }] }),
        json!({ "properties": { "kind": { "type": "string" } }, "anyOf": [{ "required": ["x"] }, { "required": ["y"] }] }),
        json!(true),
    ];
    for schema in schemas {
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap();
        let made = made(schema.clone());
        assert!(validator.is_valid(&made), "{schema}: {made}");
    }
}

#[test]
fn a_schema_that_holds_itself_ends() {
    let description = json!({ "components": { "schemas": { "Tree": {
        "type": "object",
        "required": ["name", "children"],
        "properties": {
            "name": { "type": "string" },
            "parent": { "$ref": "#/components/schemas/Tree" },
            "children": { "type": "array", "items": { "$ref": "#/components/schemas/Tree" } },
            "secret": { "type": "string", "writeOnly": true },
        },
    } } } });
    let made = value(
        &description,
        &json!({ "$ref": "#/components/schemas/Tree" }),
    );
    assert_eq!(made, json!({ "name": "string", "children": [] }));
}

#[test]
fn a_kind_is_named_as_the_discriminator_names_it() {
    let description = json!({ "components": { "schemas": {
        "Cat": { "type": "object", "properties": { "kind": { "type": "string" } } },
    } } });
    let schema = json!({
        "oneOf": [{ "$ref": "#/components/schemas/Cat" }],
        "discriminator": { "propertyName": "kind", "mapping": { "cat": "#/components/schemas/Cat" } },
    });
    assert_eq!(value(&description, &schema), json!({ "kind": "cat" }));
}

/// Each of forty schemas has one of each of the others: a tree of them would have 40 × 39 × 38 × … leaves.
#[test]
fn schemas_that_all_refer_to_one_another_make_a_value_of_some_size() {
    let reference = |name: usize| json!({ "$ref": format!("#/components/schemas/S{name}") });
    let properties = |own: usize| {
        let others = (0..40).filter(|other| *other != own);
        let others = others.map(|other| (format!("p{other}"), reference(other)));
        Value::Object(others.collect())
    };
    let schema = |own| {
        json!({ "type": "object", "required": ["name"], "properties": properties(own), "allOf": [
            { "type": "object", "properties": { "name": { "type": "string" } } },
        ] })
    };
    let schemas = (0..40).map(|own| (format!("S{own}"), schema(own)));
    let description = json!({ "components": { "schemas": Value::Object(schemas.collect()) } });
    let made = value(&description, &reference(0));
    assert_eq!(made["name"], "string");
    assert!(made.to_string().len() < 100_000);
}
