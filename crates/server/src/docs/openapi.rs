//! The OpenAPI description (3.1) of an environment: its OAuth endpoints as its dialect reads and writes them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use oauth::dialect::quirks::{ClientAuthenticationIn, GrantTypeIn, MissingGrantType, RequestBody};
use serde_json::{Map, Value, json};

use crate::config::{Config, Environment};
use crate::context::Context;
use crate::endpoints::answer as wire;

/// `GET /openapi.json`
pub async fn endpoint(context: Context) -> Response {
    let description = description(&context.platform.config, &context.issuer.environment);
    let mut response = wire::json(StatusCode::OK, description.to_string().into_bytes());
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=300"),
    );
    response
}

/// The description. `servers` begins with this environment and goes on with the others.
pub fn description(config: &Config, environment: &Environment) -> Value {
    let others = config
        .environments
        .iter()
        .filter(|other| other.name != environment.name);
    let servers: Vec<Value> = std::iter::once(environment)
        .chain(others.map(AsRef::as_ref))
        .map(|server| json!({ "url": server.url, "description": server.name.as_str() }))
        .collect();
    let scopes: Map<String, Value> = config
        .versions
        .iter()
        .flat_map(|version| version.scope_values())
        .map(|scope| (scope, json!("")))
        .collect();
    let token_url = format!("{}{}", environment.url, environment.paths.token);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("Authentication, {}", environment.name.as_str()),
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Ask the token endpoint for an access token with a client id and a client secret; send it with every call as `Authorization: Bearer`.",
        },
        "servers": servers,
        "paths": paths(environment),
        "components": {
            "securitySchemes": {
                "client": { "type": "http", "scheme": "basic", "description": "Client id and client secret." },
                "token": {
                    "type": "oauth2",
                    "flows": { "clientCredentials": { "tokenUrl": token_url, "scopes": scopes } },
                },
            },
            "schemas": {
                "Error": {
                    "type": "object",
                    "required": ["error"],
                    "properties": { "error": { "type": "string" }, "error_description": { "type": "string" } },
                },
            },
        },
    })
}

fn paths(environment: &Environment) -> Value {
    let question = |summary: &str, answer: Value| {
        json!({ "post": {
            "summary": summary,
            "security": security(environment),
            "requestBody": form(json!({
                "type": "object", "required": ["token"],
                "properties": with_credentials(environment, json!({ "token": { "type": "string" }, "token_type_hint": { "type": "string" } })),
            })),
            "responses": { "200": answer, "401": error("The client is not authenticated.") },
        }})
    };
    json!({
        environment.paths.token.as_str(): { "post": token(environment) },
        environment.paths.introspection.as_str(): question("Is a token live? (RFC 7662)", answer("What is known of the token.", json!({
            "type": "object", "required": ["active"], "properties": { "active": { "type": "boolean" } },
        }))),
        environment.paths.revocation.as_str(): question("End a token (RFC 7009)", json!({ "description": "It is dead, if it ever lived." })),
        "/.well-known/oauth-authorization-server": { "get": document("Metadata (RFC 8414)") },
        "/.well-known/jwks.json": { "get": document("Public keys (RFC 7517)") },
    })
}

fn token(environment: &Environment) -> Value {
    let quirks = &environment.dialect.quirks;
    let grant = json!({ "type": "string", "enum": ["client_credentials"], "default": "client_credentials" });
    let mut schema = json!({
        "type": "object",
        "properties": with_credentials(environment, json!({ "grant_type": grant, "scope": { "type": "string" } })),
    });
    let in_body_only = quirks.grant_type_in == GrantTypeIn::Body;
    if in_body_only && quirks.missing_grant_type == MissingGrantType::Refused {
        schema["required"] = json!(["grant_type"]);
    }
    let mut body = form(schema.clone());
    if quirks.request_body == RequestBody::FormOrJson {
        body["content"]["application/json"] = json!({ "schema": schema });
    }
    if quirks.request_body == RequestBody::FormOrEmpty {
        body["required"] = json!(false);
    }
    let mut operation = json!({
        "summary": "Get an access token",
        "operationId": "token",
        "security": security(environment),
        "requestBody": body,
        "responses": {
            "200": answer("A token.", token_answer(environment)),
            "400": error("The request is refused; `error` says why."),
            "401": error("Unknown client, or wrong secret."),
            "429": error("Too many requests; `Retry-After` says when to come back."),
        },
    });
    if !in_body_only {
        operation["parameters"] = json!([{ "name": "grant_type", "in": "query", "schema": grant }]);
    }
    operation
}

fn token_answer(environment: &Environment) -> Value {
    let dialect = &environment.dialect;
    let members: Map<String, Value> = dialect
        .quirks
        .token_response_members
        .iter()
        .map(|member| {
            let name = member.as_str();
            let kind = if matches!(name, "expires_in" | "created_at") {
                "integer"
            } else {
                "string"
            };
            let mut schema = json!({ "type": kind });
            match name {
                "expires_in" => schema["example"] = json!(environment.access_token_lifetime),
                "token_type" => schema["example"] = json!(dialect.quirks.token_type_as.as_str()),
                _ => {}
            }
            (name.to_owned(), schema)
        })
        .filter(|(name, _)| name != "refresh_token")
        .collect();
    json!({ "type": "object", "required": ["access_token", "token_type", "expires_in"], "properties": members })
}

fn security(environment: &Environment) -> Value {
    match environment.dialect.quirks.client_authentication_in {
        ClientAuthenticationIn::Header => json!([{ "client": [] }]),
        ClientAuthenticationIn::HeaderOrBody => json!([{ "client": [] }, {}]),
        ClientAuthenticationIn::Body => json!([{}]),
    }
}

fn with_credentials(environment: &Environment, mut properties: Value) -> Value {
    if environment.dialect.quirks.client_authentication_in != ClientAuthenticationIn::Header {
        properties["client_id"] = json!({ "type": "string" });
        properties["client_secret"] = json!({ "type": "string", "format": "password" });
    }
    properties
}

fn form(schema: Value) -> Value {
    json!({ "required": true, "content": { "application/x-www-form-urlencoded": { "schema": schema } } })
}

fn answer(description: &str, schema: Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

fn error(description: &str) -> Value {
    answer(description, json!({ "$ref": "#/components/schemas/Error" }))
}

fn document(summary: &str) -> Value {
    json!({ "summary": summary, "responses": { "200": answer(summary, json!({ "type": "object" })) } })
}
