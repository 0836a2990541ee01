//! Introspection (RFC 7662), its older shape, and revocation (RFC 7009).

use oauth::introspection::ActiveToken;
use serde_json::{Map, Value, json};

use super::Described;
use super::answers::{cause, example};
use super::samples::{ACCOUNT, CLIENT_ID, CREDENTIAL, ISSUED_AT, JTI, expires_at};

impl Described<'_> {
    /// `POST` to the introspection path.
    pub fn introspection(&self) -> Value {
        let dialect = &self.environment.dialect;
        let audience = [self.environment.audience.as_str()];
        let live = dialect.write_introspection(Some(&self.live(&audience)));
        let dead = dialect.write_introspection(None);
        let examples = json!({
            "live": example("The token lives.".to_owned(), &live),
            "dead": example("It is unknown, ended, or none of yours.".to_owned(), &dead),
        });
        self.question(
            "introspect",
            "Ask whether a token lives (RFC 7662)",
            "A credential hears of its own tokens, a resource server of every token of this environment. Of a token that is dead nothing else is told.",
            json!({
                "description": "What is known of the token.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Introspection" }, "examples": examples } },
            }),
            self.refusals(&[]),
        )
    }

    /// `POST` to the check-token path.
    pub fn check_token(&self) -> Value {
        let dialect = &self.environment.dialect;
        let audience = [self.environment.audience.as_str()];
        let live = dialect.write_check_token(Some(&self.live(&audience)));
        let dead = dialect.write_check_token(None);
        let mut refusals = self.refusals(&[]);
        let status = dead.status.to_string();
        if let Some(refusal) = refusals.get_mut(&status) {
            refusal["content"]["application/json"]["examples"]["dead_token"] =
                example(cause("dead_token"), &dead.body);
        }
        self.question(
            "checkToken",
            "Ask whether a token lives, in the older shape",
            "The claims stand at the top level, and a dead token is an error. New programs use introspection.",
            json!({
                "description": "What is known of the token, which lives.",
                "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/CheckedToken" },
                    "examples": { "live": example("The token lives.".to_owned(), &live.body) },
                } },
            }),
            refusals,
        )
    }

    /// `POST` to the revocation path.
    pub fn revocation(&self) -> Value {
        self.question(
            "revoke",
            "End a token (RFC 7009)",
            "A token of your own is dead from now on; with a refresh token, all that came of its authorization. The answer is the same where there was none.",
            json!({ "description": "It is dead, if it ever lived. There is nothing in the body." }),
            self.refusals(&[]),
        )
    }

    fn question(
        &self,
        id: &str,
        summary: &str,
        description: &str,
        answer: Value,
        mut responses: Map<String, Value>,
    ) -> Value {
        responses.insert("200".to_owned(), answer);
        let mut value = json!({ "token": self.samples.access_token });
        if !self.authenticates().in_header {
            self.add_credentials(&mut value);
        }
        let examples = Map::from_iter([(
            "access_token".to_owned(),
            json!({ "summary": "About an access token", "value": value }),
        )]);
        let schema = json!({ "$ref": "#/components/schemas/TokenQuestion" });
        let mut body = self.body(&schema, &examples);
        body["required"] = json!(true);
        json!({
            "summary": summary,
            "description": description,
            "operationId": id,
            "tags": ["Questions"],
            "security": self.security(),
            "requestBody": body,
            "responses": responses,
        })
    }

    /// What is told of the token that stands in the examples.
    fn live<'a>(&'a self, audience: &'a [&'a str]) -> ActiveToken<'a> {
        ActiveToken {
            scope: Some(&self.samples.scope),
            client_id: CLIENT_ID,
            username: None,
            exp: expires_at(self.environment),
            iat: ISSUED_AT,
            nbf: None,
            sub: Some(CLIENT_ID),
            aud: audience,
            iss: Some(&self.environment.issuer),
            jti: Some(JTI),
            credential: Some(CREDENTIAL),
            credential_version: self.samples.version.as_deref(),
            account: Some(ACCOUNT),
        }
    }

    /// The schemas of these questions.
    pub fn question_schemas(&self) -> Map<String, Value> {
        let text = |description: &str| json!({ "type": "string", "description": description });
        let seconds = |description: &str| json!({ "type": "integer", "description": description });
        let mut question = json!({
            "type": "object",
            "required": ["token"],
            "properties": {
                "token": text("The token, as it was answered."),
                "token_type_hint": text("`access_token` or `refresh_token`; found without it as well."),
            },
        });
        self.with_credentials(&mut question);
        let mut schemas = Map::new();
        schemas.insert("TokenQuestion".to_owned(), question);
        schemas.insert("Introspection".to_owned(), json!({
            "type": "object",
            "required": ["active"],
            "properties": {
                "active": { "type": "boolean", "description": "Where it is false, nothing else is told." },
                "scope": text("What it opens, separated by spaces."),
                "client_id": text("Whose it is."),
                "username": text("The person whom it acts for."),
                "token_type": text("How it is sent."),
                "exp": seconds("When it ends, in seconds since 1970."),
                "iat": seconds("When it was issued."),
                "sub": text("The person, or the client itself."),
                "aud": { "description": "For whom it is.", "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] },
                "iss": text("This environment."),
                "jti": text("The token's own id."),
                "credential": text("The credential's UUID."),
                "credential_version": text("The version of the API that it was made for."),
                "account": text("Whose credential it is."),
            },
        }));
        if self.environment.paths.check_token.is_some() {
            schemas.insert(
                "CheckedToken".to_owned(),
                json!({
                    "type": "object",
                    "required": ["active", "client_id", "exp", "scope"],
                    "properties": {
                        "active": { "type": "boolean", "enum": [true] },
                        "aud": { "type": "array", "items": { "type": "string" } },
                        "user_name": text("The person whom it acts for."),
                        "scope": { "type": "array", "items": { "type": "string" } },
                        "exp": seconds("When it ends, in seconds since 1970."),
                        "jti": text("The token's own id."),
                        "client_id": text("Whose it is."),
                    },
                }),
            );
        }
        if self.environment.paths.token_info.is_some() {
            schemas.insert("TokenInfo".to_owned(), self.token_info_schema());
        }
        schemas
    }
}
