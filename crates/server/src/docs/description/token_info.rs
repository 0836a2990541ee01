//! What a token says about itself, where the environment has such an endpoint.

use oauth::token_info::TokenInfo;
use serde_json::{Value, json};

use super::Described;
use super::answers::{cause, described_headers, example, meaning};
use super::samples::{CLIENT_ID, ISSUED_AT, expires_at};
use crate::endpoints::answer;
use oauth::error_response::ErrorCode;

impl Described<'_> {
    /// `GET` to the token-info path.
    pub fn token_info(&self) -> Value {
        let dialect = &self.environment.dialect;
        let realm = self.environment.name.as_str();
        let info = TokenInfo {
            resource_owner: None,
            scope: &self.samples.scope,
            expires_in: expires_at(self.environment) - ISSUED_AT,
            client_id: CLIENT_ID,
            created_at: ISSUED_AT,
        };
        let live = dialect.write_token_info(Some(&info), realm);
        let dead = dialect.write_token_info(None, realm);
        let away = dialect.write_error(ErrorCode::TemporarilyUnavailable, realm);
        let challenge = dead.www_authenticate.clone().unwrap_or_default();
        let error = json!({ "$ref": "#/components/schemas/Error" });
        let refused = json!({
            "allOf": [&error],
            "properties": { "state": { "type": "string", "enum": ["unauthorized"] } },
        });
        let refusal = |status: u16,
                       schema: Value,
                       (name, body): (&str, &[u8]),
                       headers: &[(&str, String)]| {
            json!({
                "description": meaning(status),
                "headers": described_headers(headers),
                "content": { "application/json": {
                    "schema": schema,
                    "examples": { name: example(cause(name), body) },
                } },
            })
        };
        json!({
            "summary": "Ask a token about itself",
            "description": "The token itself is the question, in the `Authorization` header. New programs use introspection.",
            "operationId": "tokenInfo",
            "tags": ["Questions"],
            "security": [{ "token": [] }],
            "responses": {
                "200": {
                    "description": "What is known of the token, which lives.",
                    "content": { "application/json": {
                        "schema": { "$ref": "#/components/schemas/TokenInfo" },
                        "examples": { "live": example("The token lives.".to_owned(), &live.body) },
                    } },
                },
                "401": refusal(401, refused, ("invalid_token", &dead.body), &[("www-authenticate", challenge)]),
                "503": refusal(503, error, ("temporarily_unavailable", &away.body), &[("retry-after", answer::COME_BACK.to_string())]),
            },
        })
    }

    /// The schema of its answer.
    pub fn token_info_schema(&self) -> Value {
        let seconds = |description: &str| json!({ "type": "integer", "description": description });
        json!({
            "type": "object",
            "required": ["resource_owner_id", "scope", "expires_in", "application", "created_at"],
            "properties": {
                "resource_owner_id": { "type": ["string", "null"], "description": "The person whom it acts for; null where it is the client's own." },
                "scope": { "type": "array", "items": { "type": "string" }, "description": "What it opens." },
                "expires_in": seconds("Seconds that are left of it."),
                "application": {
                    "type": "object",
                    "required": ["uid"],
                    "properties": { "uid": { "type": "string", "description": "The client id." } },
                },
                "created_at": seconds("When it was issued, in seconds since 1970."),
            },
        })
    }
}
