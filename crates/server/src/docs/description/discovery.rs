//! Metadata (RFC 8414) and the key set (RFC 7517).

use serde_json::{Map, Value, json};

use super::Described;
use super::answers::example;
use super::samples::key;
use crate::endpoints::metadata;

impl Described<'_> {
    /// The paths that are the same everywhere.
    pub fn discovery(&self) -> Map<String, Value> {
        let mut scopes: Vec<String> = self
            .config
            .versions
            .iter()
            .flat_map(|version| version.scope_values())
            .collect();
        scopes.sort();
        scopes.dedup();
        let document = metadata::of(self.environment, scopes).written();
        let keys = json!({ "keys": [key(self.environment.signing_algorithm)] }).to_string();
        let schema = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        Map::from_iter([
            (
                "/.well-known/oauth-authorization-server".to_owned(),
                self.document(
                    "metadata",
                    "Where everything is (RFC 8414)",
                    ("metadata", schema("Metadata")),
                    &document,
                ),
            ),
            (
                "/.well-known/openid-configuration".to_owned(),
                self.document(
                    "openidConfiguration",
                    "The same, where programs of OpenID Connect look",
                    ("metadata", schema("Metadata")),
                    &document,
                ),
            ),
            (
                self.environment.paths.key_set().to_owned(),
                self.document(
                    "keys",
                    "The public keys that tokens are proven by (RFC 7517)",
                    ("keys", schema("KeySet")),
                    keys.as_bytes(),
                ),
            ),
        ])
    }

    fn document(&self, id: &str, summary: &str, schema: (&str, Value), body: &[u8]) -> Value {
        let (name, schema) = schema;
        json!({ "get": {
            "summary": summary,
            "operationId": id,
            "tags": ["Discovery"],
            "security": [],
            "responses": {
                "200": {
                    "description": "The document.",
                    "content": { "application/json": {
                        "schema": schema,
                        "examples": { name: example("As it is here.".to_owned(), body) },
                    } },
                },
                "421": self.misdirected(),
            },
        } })
    }

    /// The schemas of these documents.
    pub fn discovery_schemas(&self) -> Map<String, Value> {
        let document = metadata::of(self.environment, vec![String::new()]).written();
        let document: Value = serde_json::from_slice(&document).unwrap_or_default();
        let key = shaped_like(&key(self.environment.signing_algorithm));
        let mut metadata = shaped_like(&document);
        metadata["required"] = json!(["issuer", "token_endpoint", "response_types_supported"]);
        metadata["description"] = json!("RFC 8414 §2");
        let keys = json!({
            "type": "object",
            "description": "RFC 7517 §5",
            "required": ["keys"],
            "properties": { "keys": { "type": "array", "items": key } },
        });
        Map::from_iter([
            ("Metadata".to_owned(), metadata),
            ("KeySet".to_owned(), keys),
        ])
    }
}

/// The schema of an object that is written here: its members and their types.
fn shaped_like(object: &Value) -> Value {
    let kind = |value: &Value| match value {
        Value::Array(_) => json!({ "type": "array", "items": { "type": "string" } }),
        Value::Bool(_) => json!({ "type": "boolean" }),
        _ => json!({ "type": "string" }),
    };
    let members = object.as_object().into_iter().flatten();
    let properties: Map<String, Value> = members
        .map(|(name, value)| (name.clone(), kind(value)))
        .collect();
    json!({ "type": "object", "properties": properties })
}
