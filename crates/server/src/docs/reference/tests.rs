#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use serde_json::json;

fn only(description: &Value) -> Operation {
    let mut groups = groups(
        description,
        "https://api.example",
        &base_of(description),
        "",
    );
    groups.remove(0).operations.remove(0)
}

#[test]
fn an_operation_is_read_with_what_its_path_and_its_references_say() {
    let description = json!({
        "openapi": "3.0.3",
        "info": { "title": "Shifts", "version": "1" },
        "servers": [{ "url": "https://elsewhere.example/v2/" }],
        "security": [{ "key": [] }, { "token": ["shifts.read"] }],
        "paths": { "/shifts/{id}": {
            "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "integer" }, "example": 7 }],
            "put": {
                "summary": "Replace", "operationId": "replaceShift", "tags": ["Shifts"],
                "description": "One `shift`.\n\nAnd a lone ` stays.",
                "requestBody": { "$ref": "#/components/requestBodies/Shift" },
                "responses": { "200": { "description": "Done.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Shift" } } } } },
            },
        } },
        "components": {
            "securitySchemes": { "key": { "type": "apiKey", "in": "header", "name": "X" }, "token": { "type": "oauth2", "flows": {} } },
            "requestBodies": { "Shift": { "required": true, "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/Shift" }, "example": { "name": "it's" } } } } },
            "schemas": { "Shift": { "allOf": [
                { "type": "object", "required": ["name"], "properties": {
                    "id": { "type": "integer", "nullable": true, "readOnly": true },
                    "name": { "type": "string", "enum": ["early", "late"], "maxLength": 5 } } },
                { "type": "object", "properties": {
                    "parent": { "$ref": "#/components/schemas/Shift" },
                    "days": { "type": "array", "items": { "type": "string", "format": "date" } } } },
            ] } },
        },
    });
    let one = only(&description);
    assert_eq!(
        (one.method.as_str(), one.path.as_str()),
        ("PUT", "/v2/shifts/{id}")
    );
    assert_eq!(
        (one.proves, one.scopes.as_slice()),
        ("bearer", ["shifts.read".to_owned()].as_slice())
    );
    assert_eq!(
        one.description[0],
        [
            (false, "One ".to_owned()),
            (true, "shift".to_owned()),
            (false, ".".to_owned())
        ]
    );
    assert_eq!(
        one.description[1],
        [(false, "And a lone ` stays.".to_owned())]
    );
    assert_eq!(
        one.command,
        "curl -X PUT 'https://api.example/v2/shifts/7' \\\n    -H 'Authorization: Bearer ACCESS_TOKEN' \\\n    -H 'Content-Type: application/json' \\\n    -d '{\n  \"name\": \"it'\\''s\"\n}'"
    );
    let body = one.body.unwrap();
    let fields = &body.contents[0].shapes[0].fields;
    let outer: Vec<_> = fields.iter().filter(|field| field.depth == 0).collect();
    assert_eq!(outer[0].name, "name");
    assert!(outer[0].required && !outer[1].required);
    assert_eq!(
        (outer[0].values.len(), outer[0].bounds.as_slice()),
        (2, ["maxLength: 5".to_owned()].as_slice())
    );
    assert_eq!(outer[1].kind, "integer or null");
    assert_eq!(outer[2].kind, "array of string (date)");
    // A schema that holds itself is followed as far as one reads.
    assert!(
        fields.iter().all(|field| field.depth <= 3) && fields.len() < 200,
        "{}",
        fields.len()
    );
    assert!(one.answers[0].contents[0].examples[0].2.contains("early"));
}

#[test]
fn what_is_broken_is_left_out() {
    let broken = json!({
        "paths": { "/a": { "get": {
            "parameters": [7, { "$ref": "#/components/parameters/Round" }],
            "requestBody": { "content": { "x/y": { "schema": { "$ref": "#/nowhere" } } } },
            "responses": [],
            "security": "no",
        }, "post": 7 }, "/b": null },
        "components": { "parameters": { "Round": { "$ref": "#/components/parameters/Round" } } },
        "tags": [{}, 7],
    });
    let one = only(&broken);
    assert_eq!(one.summary, "GET /a");
    assert!(one.answers.is_empty());
    assert!(groups(&Value::Null, "", "", "").is_empty());
}
