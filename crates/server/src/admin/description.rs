//! The OpenAPI 3.1 description of the management API, made from the handlers.
//!
//! Each handler says above itself what is its own: path, parameters, body, its good answer, the scope it
//! needs. What every operation has in common (how it refuses, the header `Link` of a list) is added here,
//! once. `routes!` makes a route and its description in one step, so that neither is without the other.
//!
//! It tells nothing that the documentation does not and holds no name out of the configuration, so it is
//! read without a token: whoever generates a client, or looks what there is, needs no secret for that.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::Json;
use serde_json::{Value, json};
use utoipa::IntoResponses;
use utoipa::openapi::response::Response;
use utoipa::openapi::{OpenApi, Ref, RefOr};

use super::idempotency::HEADER as IDEMPOTENCY_KEY;
use super::scopes;

/// For the `responses` of a handler: 409 where the state of things can forbid it.
pub enum Conflict {}

/// For the `responses` of a handler: 404 where its query or its body names something. A name in the path says so itself.
pub enum NotFound {}

/// The refusals that operations share, by the name under which the description keeps them.
const REFUSALS: &[(&str, &str, &str)] = &[
    (
        "BadRequest",
        "400",
        "The request makes no sense as it stands; `detail` says why.",
    ),
    (
        "Unauthorized",
        "401",
        "No bearer token, or one that is unknown, revoked or expired.",
    ),
    ("Forbidden", "403", "The token lacks a scope."),
    ("NotFound", "404", "Nothing has this id or name."),
    (
        "Conflict",
        "409",
        "The state of things forbids it; `detail` says what.",
    ),
    (
        "OtherRequest",
        "422",
        "The idempotency key was used for another request.",
    ),
    ("TooLarge", "413", "The body is longer than 64 KiB."),
    ("NotJson", "415", "The body is not `application/json`."),
    (
        "Failed",
        "500",
        "Something went wrong in the server; its log says what, under the `X-Request-Id` of this answer.",
    ),
    (
        "Unavailable",
        "503",
        "Not now: the database does not answer, or too much is hashed at once. Ask again after `Retry-After`.",
    ),
];

/// What each group of operations is about.
const TAGS: &[(&str, &str)] = &[
    ("credentials", "Clients with their secrets and permissions."),
    (
        "requests",
        "What credentials sent last and what was answered, for a talk with support.",
    ),
    ("accounts", "The customers, one over all environments."),
    (
        "people",
        "Those who sign in: to the portal, and to let clients act for them.",
    ),
    ("tokens", "Live access tokens."),
    (
        "webhooks",
        "Who is told of events, and how that goes; trying webhooks and mail.",
    ),
    ("keys", "Signing keys and the master key."),
    ("operators", "Bearer tokens for this API."),
    (
        "environments",
        "What the configuration made of each environment.",
    ),
    (
        "incidents",
        "What everyone is told on the status page: incidents and maintenance.",
    ),
    (
        "audit",
        "Who did what, and whether anyone changed that since.",
    ),
    ("self", "This server and this description."),
];

const ABOUT: &str = "What the portal and the command line do, for programs.

Every call carries an operator token as bearer token (`grantor operators token`); each operation names the scope it needs, and the audit trail names the token. \
Every refusal is a problem document (RFC 9457). Lists come in pages: the header `Link` (RFC 8288) leads to the next one. \
Every answer has a header `X-Request-Id`, which stands in the log and in the audit trail as well. \
A change is durable before it is answered, and holds for the very next request of anyone. \
What makes something takes an `Idempotency-Key`: sent twice, it makes it once.";

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| complete(super::management().into_openapi()));

/// The whole description.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// Describes this API; needs no token.
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "describeApi", tag = "self",
    responses((status = 200, description = "An OpenAPI 3.1 document", body = Object)),
)]
pub async fn describe() -> Json<&'static Value> {
    Json(document())
}

impl IntoResponses for Conflict {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        shared("409", "Conflict")
    }
}

impl IntoResponses for NotFound {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        shared("404", "NotFound")
    }
}

fn shared(status: &str, name: &str) -> BTreeMap<String, RefOr<Response>> {
    let refusal = RefOr::Ref(Ref::from_response_name(name));
    BTreeMap::from([(status.to_owned(), refusal)])
}

/// What the handlers said, and what they have in common.
fn complete(said: OpenApi) -> Value {
    // A document of plain maps and texts always serializes; an empty one would fail every test.
    let mut document = serde_json::to_value(said).unwrap_or_default();
    document["info"] = json!({
        "title": "Grantor management API", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT,
        "license": { "name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE") },
    });
    document["tags"] = TAGS
        .iter()
        .map(|(name, about)| json!({ "name": name, "description": about }))
        .collect();
    document["components"]["securitySchemes"] = json!({ "operator": {
        "type": "http", "scheme": "bearer", "bearerFormat": "gro_…",
        "description": format!("An operator token, of one or more of the scopes {}.", scopes::ALL.join(", ")),
    } });
    document["components"]["schemas"]["Problem"] = problem();
    document["components"]["responses"] = REFUSALS
        .iter()
        .map(|(name, status, about)| ((*name).to_owned(), refusal(status, about)))
        .collect();
    let paths = document["paths"].as_object_mut();
    for (path, operations) in paths.into_iter().flatten() {
        for operation in operations.as_object_mut().into_iter().flatten() {
            complete_operation(path, operation.1);
        }
    }
    document
}

fn complete_operation(path: &str, operation: &mut Value) {
    let mut names = Vec::new();
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        names.push(parameter["name"].clone());
        // One that may be left out is still never null.
        if let Some(kinds) = parameter["schema"]["type"].as_array() {
            let kind = kinds.iter().find(|kind| *kind != "null").cloned();
            parameter["schema"]["type"] = kind.unwrap_or_default();
        }
    }
    // Nor is a body that may be left out.
    if let Some(schema) = operation.pointer_mut("/requestBody/content/application~1json/schema")
        && let Some(object) = schema.pointer_mut("/oneOf/0").map(Value::take)
    {
        *schema = object;
    }
    let may_be_repeated = names.iter().any(|name| name == IDEMPOTENCY_KEY);
    let has_body = operation.get("requestBody").is_some();
    let is_closed = operation.get("security").is_some();
    let refusals = [
        ("BadRequest", has_body || !names.is_empty()),
        ("Unauthorized", is_closed),
        ("Forbidden", is_closed),
        ("NotFound", path.contains('{')),
        ("TooLarge", has_body),
        ("NotJson", has_body),
        ("OtherRequest", may_be_repeated),
        ("Failed", true),
        ("Unavailable", is_closed),
    ];
    let answers = &mut operation["responses"];
    for (name, status, _) in REFUSALS {
        if refusals.contains(&(*name, true)) {
            answers[status] = json!({ "$ref": format!("#/components/responses/{name}") });
        }
    }
    let good = if answers.get("201").is_some() {
        "201"
    } else {
        "200"
    };
    if may_be_repeated {
        answers[good]["headers"] = json!({ "Idempotent-Replayed": {
            "description": "`true` when this is the answer of an earlier request with the same idempotency key, without what is told once.",
            "schema": { "type": "string", "enum": ["true"] },
        } });
    }
    if names.iter().any(|name| name == "cursor") {
        answers[good]["headers"] = json!({ "Link": {
            "description": "Where the next page is, with `rel=\"next\"`; absent on the last one.",
            "schema": { "type": "string" },
        } });
    }
}

/// A problem document (RFC 9457 §3.1).
fn problem() -> Value {
    json!({
        "type": "object", "description": "Why not (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "description": "`about:blank`: the status says it all." },
            "title": { "type": "string", "description": "The status in words." },
            "status": { "type": "integer", "description": "The HTTP status." },
            "detail": { "type": "string", "description": "A sentence for the person who asked." },
        },
        "example": { "type": "about:blank", "title": "Not Found", "status": 404, "detail": "There is no credential with this UUID or client id." },
    })
}

fn refusal(status: &str, about: &str) -> Value {
    let header = |about: &str| json!({ "description": about, "required": true, "schema": { "type": "string" } });
    let mut refusal = json!({
        "description": about,
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    match status {
        "401" => {
            refusal["headers"] = json!({ "WWW-Authenticate": header("RFC 6750 §3.") });
        }
        "503" => {
            refusal["headers"] = json!({ "Retry-After": header("Seconds.") });
        }
        _ => {}
    }
    refusal
}

#[cfg(test)]
mod tests;
