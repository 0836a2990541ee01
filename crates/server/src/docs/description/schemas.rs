//! The schemas that answers share.

use oauth::dialect::ErrorDescriptions;
use oauth::dialect::quirks::ForcedPasswordChange;
use oauth::dialect::response_members::ResponseMember;
use serde_json::{Map, Value, json};

use super::Described;

impl Described<'_> {
    /// `components.schemas`
    pub fn schemas(&self) -> Value {
        let mut schemas = Map::new();
        schemas.insert("Error".to_owned(), self.error());
        schemas.insert("TokenResponse".to_owned(), self.token_response());
        for (name, schema) in self.grant_requests() {
            schemas.insert(name.to_owned(), schema);
        }
        if self.answers_forced_change() {
            let schema = json!({
                "type": "object",
                "description": "The password is right and must be changed before there are tokens.",
                "required": ["userid", "RequireChangePassword"],
                "properties": {
                    "userid": { "type": "string", "description": "Whose password it is." },
                    "RequireChangePassword": { "type": "boolean", "enum": [true] },
                },
            });
            schemas.insert("PasswordChangeRequired".to_owned(), schema);
        }
        schemas.insert("Misdirected".to_owned(), json!({
            "type": "object",
            "required": ["error", "error_description"],
            "properties": { "error": { "type": "string" }, "error_description": { "type": "string" } },
        }));
        schemas.extend(self.question_schemas());
        schemas.extend(self.discovery_schemas());
        if self.call().is_some() {
            schemas.insert("CallError".to_owned(), call_error());
        }
        schemas.into()
    }

    /// Whether a password that must be changed is told with an answer of its own.
    pub fn answers_forced_change(&self) -> bool {
        let quirks = &self.environment.dialect.quirks;
        quirks.forced_password_change == ForcedPasswordChange::Answered
    }

    fn error(&self) -> Value {
        let silent =
            self.environment.dialect.quirks.error_descriptions == ErrorDescriptions::LeftOut;
        let required = if silent {
            json!(["error"])
        } else {
            json!(["error", "error_description"])
        };
        json!({
            "type": "object",
            "description": "RFC 6749 §5.2",
            "required": required,
            "properties": {
                "error": { "type": "string", "description": "What a program reads." },
                "error_description": { "type": "string", "description": "What a developer reads." },
            },
        })
    }

    fn token_response(&self) -> Value {
        let quirks = &self.environment.dialect.quirks;
        let mut properties = Map::new();
        let mut required = Vec::new();
        for member in quirks.token_response_members.iter() {
            let (schema, always) = match member {
                ResponseMember::AccessToken => (
                    json!({ "type": "string", "description": "What opens the API." }),
                    true,
                ),
                ResponseMember::TokenType => (
                    json!({ "type": "string", "enum": [quirks.token_type_as.as_str()] }),
                    true,
                ),
                ResponseMember::ExpiresIn => (
                    json!({ "type": "integer", "description": "Seconds until it is dead." }),
                    true,
                ),
                ResponseMember::CreatedAt => (
                    json!({ "type": "integer", "description": "When it was issued, in seconds since 1970." }),
                    true,
                ),
                ResponseMember::RefreshToken => (
                    json!({ "type": "string", "description": "What brings the next access token; never for `client_credentials`." }),
                    false,
                ),
                ResponseMember::Scope => (
                    json!({ "type": "string", "description": "What it opens, separated by spaces." }),
                    false,
                ),
                ResponseMember::RefreshExpiresIn => (
                    json!({ "type": "integer", "description": "Seconds until the refresh token is dead; 0 where there is none." }),
                    true,
                ),
                ResponseMember::NotBeforePolicy => (
                    json!({ "type": "integer", "enum": [0], "description": "Always 0." }),
                    true,
                ),
                ResponseMember::Jti => (
                    json!({ "type": "string", "description": "The token's own id, which is no secret." }),
                    true,
                ),
            };
            if always {
                required.push(member.as_str());
            }
            properties.insert(member.as_str().to_owned(), schema);
        }
        json!({
            "type": "object",
            "description": "RFC 6749 §5.1",
            "required": required,
            "properties": properties,
        })
    }
}

/// A refused call: what every refusal says, and what some add.
fn call_error() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let number = |description: &str| json!({ "type": "integer", "description": description });
    json!({
        "type": "object",
        "required": ["error", "error_description", "request_id"],
        "properties": {
            "error": text("What a program reads."),
            "error_description": text("What to do about it."),
            "request_id": text("The request's name, for support."),
            "credential": text("The credential's UUID, for support."),
            "scope": text("What would have opened the door."),
            "token_scope": text("What the token opens."),
            "credential_scope": text("What the credential may ask for."),
            "version": text("The version of the API that was called."),
            "credential_version": text("The version that the credential was made for."),
            "limit": text("Which limit was met."),
            "allowed": number("How many are allowed."),
            "account": text("Whose limit it is."),
            "retry_after": number("Seconds to wait."),
        },
    })
}
