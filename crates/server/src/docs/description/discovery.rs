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
        let metadata = json!({
            "type": "object",
            "required": ["issuer", "token_endpoint", "response_types_supported"],
            "properties": { "issuer": { "type": "string" }, "token_endpoint": { "type": "string" } },
        });
        let keys = json!({ "keys": [key(self.environment.signing_algorithm)] }).to_string();
        let key_set = json!({
            "type": "object",
            "required": ["keys"],
            "properties": { "keys": { "type": "array", "items": { "type": "object" } } },
        });
        Map::from_iter([
            (
                "/.well-known/oauth-authorization-server".to_owned(),
                self.document(
                    "metadata",
                    "Where everything is (RFC 8414)",
                    ("metadata", metadata),
                    &document,
                ),
            ),
            (
                "/.well-known/openid-configuration".to_owned(),
                self.document(
                    "openidConfiguration",
                    "The same, where programs of OpenID Connect look",
                    (
                        "metadata",
                        json!({ "type": "object", "required": ["issuer"] }),
                    ),
                    &document,
                ),
            ),
            (
                "/.well-known/jwks.json".to_owned(),
                self.document(
                    "keys",
                    "The public keys that tokens are proven by (RFC 7517)",
                    ("keys", key_set),
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
}
