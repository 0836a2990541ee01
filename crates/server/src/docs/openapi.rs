//! The descriptions for programs: this environment's own, and the platform's APIs, each as JSON and as YAML.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::description::description;
use super::kept::Kept;
use super::ordered::Ordered;
use crate::context::Context;

/// How a description is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// RFC 8259
    Json,
    /// RFC 9512
    Yaml,
}

impl Form {
    fn of(extension: &str) -> Option<Self> {
        match extension {
            "json" => Some(Self::Json),
            "yaml" => Some(Self::Yaml),
            _ => None,
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Yaml => "application/yaml",
        }
    }

    fn write(self, description: &Value) -> Option<String> {
        let ordered = Ordered(description);
        match self {
            Self::Json => serde_json::to_string_pretty(&ordered).ok(),
            Self::Yaml => serde_saphyr::to_string(&ordered).ok(),
        }
    }
}

/// `GET /openapi.json`
pub async fn own_json(context: Context, headers: HeaderMap) -> Response {
    own(&context, &headers, Form::Json)
}

/// `GET /openapi.yaml`
pub async fn own_yaml(context: Context, headers: HeaderMap) -> Response {
    own(&context, &headers, Form::Yaml)
}

fn own(context: &Context, headers: &HeaderMap, form: Form) -> Response {
    let description = description(&context.platform.config, &context.issuer.environment);
    answer(&description, form, headers)
}

/// `GET` on an API's name with `.json` or `.yaml`, below the documentation page.
pub fn of_api(context: &Context, file: &str, headers: &HeaderMap) -> Response {
    let environment = context.issuer.name();
    let found = file.rsplit_once('.').and_then(|(name, extension)| {
        let apis = &context.platform.config.apis;
        let api = apis
            .iter()
            .find(|api| api.slug() == name && api.is_in(environment))?;
        Some((api, Form::of(extension)?))
    });
    match found {
        Some((api, form)) => answer(&api.description, form, headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A description as it is sent.
pub fn answer(description: &Value, form: Form, headers: &HeaderMap) -> Response {
    let Some(text) = form.write(description) else {
        tracing::error!(?form, "a description could not be written");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response =
        Kept::of(text.as_bytes()).answer(headers, Body::from(text), "public, max-age=300");
    let sent = response.headers_mut();
    sent.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(form.media_type()),
    );
    sent.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    // Nothing in it is anybody's: tools on other sites may read it.
    sent.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn qu6_yaml_says_the_same_as_json() {
        let tricky = json!({
            "openapi": "3.1.0",
            "info": { "version": "1.0", "title": "no", "description": "a\n\n  b: c\n# d\n" },
            "x": ["yes", "~", "null", "012", "1e3", "2026-01-01", "", " a ", "a: b", "- a", "'", "\"", "\t", "é", "…", "*a", "&a", "!a", "%a", "@a", "`a", "{a", "[a", "0x1f", "0o7", ".5", "on", "=", "<<"],
            "200": { "404": null, "true": true, "n": 1.5, "m": -3, "empty": {}, "none": [] },
        });
        let yaml = Form::Yaml.write(&tricky).unwrap();
        let options = serde_saphyr::options! { strict_booleans: true };
        let read: Value = serde_saphyr::from_str_with_options(&yaml, options).unwrap();
        assert_eq!(read, tricky, "{yaml}");
        let json = Form::Json.write(&tricky).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), tricky);
        assert!(json.starts_with("{\n  \"openapi\""), "{json}");
        assert!(yaml.starts_with("openapi: "), "{yaml}");
    }
}
