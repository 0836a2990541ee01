//! What Postman reads: a collection of every request, and the variables that it is filled in with.
//!
//! The collection is the same for the environment and its mock: the addresses stand in the variables, of which there are
//! two files. No secret is in any of them; a person writes their own into Postman, where it is of the type `secret`.

mod example;
mod item;
mod script;
mod url;
mod variables;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use serde_json::{Value, json};

use super::description::description;
use super::kept::Kept;
use super::mock::operations::base_path;
use super::mock::place::Place;
use super::openapi_3_0;
use crate::config::Api;
use crate::context::Context;
use item::{Asks, Folder};
use variables::Variables;

/// The format (<https://schema.postman.com>).
const SCHEMA: &str = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
/// The operations of the environment's own description that a program needs, in the order in which they are run.
const AUTHENTICATION: [&str; 3] = ["token", "introspect", "revoke"];

/// What a reader is offered of it: name and file, below the documentation page.
pub const DOWNLOADS: [(&str, &str); 4] = [
    ("Postman (collection)", "postman.json"),
    ("Postman (environment)", "postman-environment.json"),
    ("Postman (mock)", "postman-mock-environment.json"),
    ("OpenAPI 3.0 (SoapUI)", "openapi-3.0.json"),
];

/// What stands below the documentation page for programs that send requests.
pub fn routes() -> Vec<(&'static str, MethodRouter)> {
    vec![
        ("postman.json", get(collection)),
        ("postman-environment.json", get(environment)),
        ("postman-mock-environment.json", get(mock_environment)),
        ("openapi-3.0.json", get(openapi_3_0::own)),
        ("openapi-3.0/{file}", get(openapi_3_0::of_api)),
    ]
}

/// `GET` on `postman.json`, below the documentation page.
async fn collection(context: Context, headers: HeaderMap) -> Response {
    let issuer = &context.issuer;
    let own = description(&context.platform.config, &issuer.environment);
    let branding = &issuer.environment.branding.name;
    let collection = collection_of(
        &format!("{branding}, {}", issuer.realm()),
        &own,
        &apis(&context),
    );
    answer(&headers, &collection, "postman.json")
}

/// `GET` on `postman-environment.json`: the addresses of the environment itself.
async fn environment(context: Context, headers: HeaderMap) -> Response {
    let variables = Variables::of(&context.issuer.environment).of_apis(&apis(&context));
    answer(&headers, &variables.written(), "postman-environment.json")
}

/// `GET` on `postman-mock-environment.json`: those of its mock.
async fn mock_environment(context: Context, headers: HeaderMap) -> Response {
    let variables = Variables::of_mock(&context.issuer.environment).of_apis(&apis(&context));
    answer(
        &headers,
        &variables.written(),
        "postman-mock-environment.json",
    )
}

/// The platform's APIs that this environment shows.
fn apis(context: &Context) -> Vec<&Api> {
    let apis = context.platform.config.apis.iter().map(AsRef::as_ref);
    apis.filter(|api| api.is_in(context.issuer.name()))
        .collect()
}

/// The collection of an environment's own description and of these APIs.
fn collection_of(name: &str, own: &Value, apis: &[&Api]) -> Value {
    let authentication = Folder {
        document: own,
        base: "{{base_url}}".to_owned(),
        asks: Asks::AsClient,
    };
    let operations = authentication.operations();
    let token = operations
        .iter()
        .find(|(id, _)| id == "token")
        .map(|(_, item)| item["request"].clone());
    let wanted = AUTHENTICATION.iter().filter_map(|wanted| {
        let (_, item) = operations.iter().find(|(id, _)| id == wanted)?;
        Some(item.clone())
    });
    let first = json!({
        "name": "Authentication",
        "description": "Get a token, ask about it, end it. The token goes into the variable access_token, from which every other request takes it.",
        "item": wanted.collect::<Vec<_>>(),
    });
    let folders = apis.iter().map(|api| {
        let folder = Folder {
            document: &api.description,
            base: format!("{{{{{}}}}}{}", variables::of_api(api), base_path(&api.description)),
            asks: Asks::WithToken,
        };
        let info = Place::root(&api.description).member("info");
        json!({
            "name": api.name,
            "description": info.and_then(|info| info.text("description")).unwrap_or_default(),
            "auth": { "type": "bearer", "bearer": [{ "key": "token", "value": "{{access_token}}", "type": "string" }] },
            "event": token.as_ref().map(|token| vec![script::before(&script::token_first(token))]).unwrap_or_default(),
            "item": folder.operations().into_iter().map(|(_, item)| item).collect::<Vec<_>>(),
        })
    });
    json!({
        "info": {
            "name": name,
            "description": "Every documented request, with the documented answers saved beside it. Import the environment file too, choose it, and write your client id and secret into it.",
            "schema": SCHEMA,
        },
        "item": std::iter::once(first).chain(folders).collect::<Vec<_>>(),
    })
}

fn answer(headers: &HeaderMap, value: &Value, file: &str) -> Response {
    let text = format!("{value:#}");
    let kept = Kept::of(text.as_bytes());
    let mut response = kept.answer(headers, Body::from(text), "public, max-age=300");
    let sent = response.headers_mut();
    sent.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    sent.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    // Nothing in it is anybody's: Postman on the web imports by address.
    sent.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    if let Ok(name) = HeaderValue::from_str(&format!("inline; filename=\"{file}\"")) {
        sent.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

#[cfg(test)]
mod tests;
