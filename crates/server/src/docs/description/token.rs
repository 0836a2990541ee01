//! The token endpoint (RFC 6749 §3.2).

use oauth::dialect::quirks::{
    GrantTypeIn, MissingGrantType, Pkce, RedirectUriAtToken, RequestBody,
};
use oauth::error_response::ErrorCode;
use oauth::grant_type::GrantType;
use oauth::presented_credentials::PresentedMethod;
use oauth::token_response::TokenResponse;
use serde_json::{Map, Value, json};

use super::Described;
use super::answers::{cause, example};
use super::samples::{CLIENT_ID, CLIENT_SECRET, CODE_VERIFIER, ISSUED_AT, JTI, REDIRECT_URI};

/// How a new credential proves itself here.
#[derive(Clone, Copy)]
pub struct Authenticates {
    /// HTTP Basic.
    pub in_header: bool,
    /// `client_id` and `client_secret` in the body.
    pub in_body: bool,
}

impl Described<'_> {
    /// `POST` to the token path.
    pub fn token(&self) -> Value {
        let codes = [
            ErrorCode::InvalidGrant,
            ErrorCode::UnauthorizedClient,
            ErrorCode::UnsupportedGrantType,
            ErrorCode::InvalidScope,
            ErrorCode::InvalidTarget,
        ];
        let mut responses = self.refusals(&codes);
        responses.insert("200".to_owned(), self.tokens());
        let mut operation = json!({
            "summary": "Get an access token",
            "description": "The parameters are those of the grant type. Of the values in `error`, `invalid_client` is the only one that says that id or secret is wrong.",
            "operationId": "token",
            "tags": ["Tokens"],
            "security": self.security(),
            "requestBody": self.token_body(),
            "responses": responses,
        });
        if self.environment.dialect.quirks.grant_type_in == GrantTypeIn::BodyOrQuery {
            let grants: Vec<&str> = self.grants().iter().map(|grant| grant.as_str()).collect();
            operation["parameters"] = json!([
                { "name": "grant_type", "in": "query", "description": "Here or in the body, not in both.",
                  "schema": { "type": "string", "enum": grants }, "example": "client_credentials" },
                { "name": "scope", "in": "query", "description": "Here or in the body, not in both.",
                  "schema": { "type": "string" } },
            ]);
        }
        operation
    }

    /// The grants that are described: what everybody may be given, and the password grant where the dialect lives with it.
    pub fn grants(&self) -> Vec<GrantType> {
        let mut grants = vec![
            GrantType::ClientCredentials,
            GrantType::AuthorizationCode,
            GrantType::RefreshToken,
        ];
        // RFC 9700 §2.4 forbids it: elsewhere, whoever was made for it knows.
        if self.environment.paths.change_password.is_some() {
            grants.push(GrantType::Password);
        }
        grants
    }

    /// How a new credential proves itself, as far as this dialect reads it.
    pub fn authenticates(&self) -> Authenticates {
        let dialect = &self.environment.dialect;
        let does = |method| {
            dialect.client_authentication_methods().contains(&method)
                && dialect.defaults.client_authentication.contains(&method)
        };
        Authenticates {
            in_header: does(PresentedMethod::ClientSecretBasic),
            in_body: does(PresentedMethod::ClientSecretPost),
        }
    }

    /// The `security` of an endpoint that proves the client. What stands in the body is no scheme of OpenAPI.
    pub fn security(&self) -> Value {
        match self.authenticates() {
            Authenticates {
                in_header: true,
                in_body: true,
            } => json!([{ "client": [] }, {}]),
            Authenticates {
                in_header: true, ..
            } => json!([{ "client": [] }]),
            Authenticates { .. } => json!([]),
        }
    }

    /// Members of a body with the credentials before them, where they stand there.
    pub fn with_credentials(&self, schema: &mut Value) {
        let Authenticates { in_header, in_body } = self.authenticates();
        if !in_body {
            return;
        }
        schema["properties"]["client_id"] = json!({ "type": "string" });
        schema["properties"]["client_secret"] = json!({ "type": "string", "format": "password" });
        if !in_header && let Some(required) = schema["required"].as_array_mut() {
            required.extend([json!("client_id"), json!("client_secret")]);
        }
    }

    /// A body of these examples, in each of the kinds that the dialect reads.
    pub fn body(&self, schema: &Value, examples: &Map<String, Value>) -> Value {
        let quirk = self.environment.dialect.quirks.request_body;
        let content = json!({ "schema": schema, "examples": examples });
        let mut body = json!({
            "required": quirk != RequestBody::FormOrEmpty,
            "content": { "application/x-www-form-urlencoded": content },
        });
        if quirk == RequestBody::FormOrJson {
            body["content"]["application/json"] = content;
        }
        body
    }

    fn token_body(&self) -> Value {
        let schemas: Vec<Value> = self
            .grant_requests()
            .iter()
            .map(|(name, _)| json!({ "$ref": format!("#/components/schemas/{name}") }))
            .collect();
        let examples: Map<String, Value> = self
            .grants()
            .into_iter()
            .map(|grant| {
                (
                    grant.as_str().to_owned(),
                    json!({ "summary": grant.as_str(), "value": self.request_of(grant) }),
                )
            })
            .collect();
        // Where one of them may be without its name, they are not one of each other by that name.
        let of = if self.may_lack_grant_type() {
            "anyOf"
        } else {
            "oneOf"
        };
        self.body(&json!({ of: schemas }), &examples)
    }

    /// What a client sends for a grant.
    fn request_of(&self, grant: GrantType) -> Value {
        let quirks = &self.environment.dialect.quirks;
        let mut value = json!({ "grant_type": grant.as_str() });
        let scope = self.samples.scope.as_str();
        match grant {
            GrantType::ClientCredentials => {
                if !scope.is_empty() {
                    value["scope"] = json!(scope);
                }
            }
            GrantType::AuthorizationCode => {
                value["code"] = json!(self.samples.code);
                if quirks.redirect_uri_at_token == RedirectUriAtToken::AsRfc6749 {
                    value["redirect_uri"] = json!(REDIRECT_URI);
                }
                if quirks.pkce == Pkce::Required {
                    value["code_verifier"] = json!(CODE_VERIFIER);
                }
            }
            GrantType::RefreshToken => value["refresh_token"] = json!(self.samples.refresh_token),
            GrantType::Password => {
                value["username"] = json!("anna");
                value["password"] = json!("PASSWORD");
            }
        }
        if !self.authenticates().in_header {
            self.add_credentials(&mut value);
        }
        value
    }

    /// The credential in an example's body.
    pub fn add_credentials(&self, value: &mut Value) {
        value["client_id"] = json!(CLIENT_ID);
        value["client_secret"] = json!(CLIENT_SECRET);
    }

    /// A schema per grant.
    pub fn grant_requests(&self) -> Vec<(&'static str, Value)> {
        self.grants()
            .into_iter()
            .map(|grant| {
                let name = match grant {
                    GrantType::ClientCredentials => "ClientCredentialsRequest",
                    GrantType::AuthorizationCode => "AuthorizationCodeRequest",
                    GrantType::RefreshToken => "RefreshTokenRequest",
                    GrantType::Password => "PasswordRequest",
                };
                (name, self.grant_request(grant))
            })
            .collect()
    }

    /// Whether a body may be without `grant_type`: it stands in the query, or means the first of them.
    fn may_lack_grant_type(&self) -> bool {
        let quirks = &self.environment.dialect.quirks;
        quirks.missing_grant_type == MissingGrantType::MeansClientCredentials
            || quirks.grant_type_in == GrantTypeIn::BodyOrQuery
    }

    fn grant_request(&self, grant: GrantType) -> Value {
        let quirks = &self.environment.dialect.quirks;
        let text = |description: &str| json!({ "type": "string", "description": description });
        let mut required: Vec<&str> = Vec::new();
        if grant != GrantType::ClientCredentials || !self.may_lack_grant_type() {
            required.push("grant_type");
        }
        let mut properties =
            json!({ "grant_type": { "type": "string", "enum": [grant.as_str()] } });
        let scope =
            "What the token is to open, separated by spaces. Without it: all that may be had.";
        let description = match grant {
            GrantType::ClientCredentials => {
                properties["scope"] = text(scope);
                "A program for itself (RFC 6749 §4.4)."
            }
            GrantType::AuthorizationCode => {
                required.push("code");
                properties["code"] =
                    text("What the authorization endpoint answered; it works once.");
                properties["redirect_uri"] = text("The same as in the authorization request.");
                properties["code_verifier"] = text("RFC 7636: what the challenge was made from.");
                if quirks.redirect_uri_at_token == RedirectUriAtToken::AsRfc6749 {
                    required.push("redirect_uri");
                }
                if quirks.pkce == Pkce::Required {
                    required.push("code_verifier");
                }
                "A program for a person who allowed it (RFC 6749 §4.1)."
            }
            GrantType::RefreshToken => {
                required.push("refresh_token");
                properties["refresh_token"] = text("The newest one; each brings its successor.");
                properties["scope"] = text("No more than was allowed. Without it: the same.");
                "The next token of an authorization (RFC 6749 §6)."
            }
            GrantType::Password => {
                required.extend(["username", "password"]);
                properties["username"] = text("Who signs in.");
                properties["password"] = json!({ "type": "string", "format": "password" });
                properties["scope"] = text(scope);
                "A person's name and password, for credentials that were made for it (RFC 6749 §4.3)."
            }
        };
        let mut schema = json!({
            "type": "object",
            "description": description,
            "required": required,
            "properties": properties,
        });
        self.with_credentials(&mut schema);
        schema
    }

    fn tokens(&self) -> Value {
        let dialect = &self.environment.dialect;
        let mut examples = Map::new();
        for grant in self.grants() {
            let body = dialect.write_token_response(&TokenResponse {
                access_token: &self.samples.access_token,
                expires_in: self.environment.access_token_lifetime,
                created_at: ISSUED_AT,
                scope: Some(&self.samples.scope),
                refresh_token: (grant != GrantType::ClientCredentials)
                    .then_some(self.samples.refresh_token.as_str()),
                refresh_expires_in: self.environment.refresh_token_lifetime,
                jti: Some(JTI),
            });
            let name = grant.as_str();
            examples.insert(
                name.to_owned(),
                example(format!("A token for {name}."), &body),
            );
        }
        let mut schema = json!({ "$ref": "#/components/schemas/TokenResponse" });
        if self.answers_forced_change() {
            let written = dialect.write_password_change_required("123", "");
            let name = "password_must_change";
            examples.insert(name.to_owned(), example(cause(name), &written.body));
            schema = json!({ "oneOf": [schema, { "$ref": "#/components/schemas/PasswordChangeRequired" }] });
        }
        json!({
            "description": "The token.",
            "content": { "application/json": { "schema": schema, "examples": examples } },
        })
    }
}
