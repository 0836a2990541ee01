//! The documentation page: the way to a first call, what one should know then, and every operation of the description.
//!
//! It says nothing about who reads it, so it is made once per environment and language and may be kept by browsers.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::BodyExt;

use super::description::description;
use super::kept::Kept;
use super::{guide, openapi, reference};
use crate::config::Api;
use crate::context::Context;
use crate::pages::{self, Documentation, Frame};

/// Where the mock answers, below the environment's URL.
const MOCK: &str = "/_mock/auth";

/// What was made already: by environment, path and language.
type Made = BTreeMap<(String, String, &'static str), (HeaderMap, Bytes)>;

/// `GET` on the documentation path.
pub async fn endpoint(context: Context, headers: HeaderMap) -> Response {
    show(&context, &headers, None).await
}

/// `GET` below it: an API of the platform as a page, or its description for programs.
pub async fn of_api(context: Context, Path(name): Path<String>, headers: HeaderMap) -> Response {
    if name.contains('.') {
        return openapi::of_api(&context, &name, &headers);
    }
    let environment = context.issuer.name();
    let mut apis = context.platform.config.apis.iter();
    match apis.find(|api| api.slug() == name && api.is_in(environment)) {
        Some(api) => show(&context, &headers, Some(api)).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn show(context: &Context, asked: &HeaderMap, api: Option<&Api>) -> Response {
    static MADE: Mutex<Made> = Mutex::new(BTreeMap::new());
    let environment = &context.issuer.environment;
    let language = pages::language(environment, asked, None);
    let slug = api.map(Api::slug).unwrap_or_default();
    let place = (context.issuer.realm().to_owned(), slug, language.tag());
    let known = || MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let made = known().get(&place).cloned();
    let (headers, text) = match made {
        Some(made) => made,
        None => {
            let frame = Frame {
                environment,
                language,
                csrf: String::new(),
                leads_to: None,
                now: context.now,
            };
            let response = frame.show(StatusCode::OK, &page(context, api));
            if response.status() != StatusCode::OK {
                return response;
            }
            let (parts, body) = response.into_parts();
            let Ok(text) = body
                .collect()
                .await
                .map(http_body_util::Collected::to_bytes)
            else {
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            };
            known().insert(place, (parts.headers.clone(), text.clone()));
            (parts.headers, text)
        }
    };
    let mut response = Kept::of(&text).answer(asked, Body::from(text), "no-cache");
    let sent = response.headers_mut();
    for (name, value) in &headers {
        if !matches!(*name, header::CACHE_CONTROL | header::CONTENT_LENGTH) {
            sent.insert(name.clone(), value.clone());
        }
    }
    sent.insert(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

fn page(context: &Context, api: Option<&Api>) -> Documentation {
    let config = &context.platform.config;
    let environment = &context.issuer.environment;
    let path = &environment.paths.docs;
    let mut pages = vec![(String::new(), path.clone())];
    let mut downloads = vec![
        ("OpenAPI (JSON)".to_owned(), "/openapi.json".to_owned()),
        ("OpenAPI (YAML)".to_owned(), "/openapi.yaml".to_owned()),
    ];
    for api in config
        .apis
        .iter()
        .filter(|api| api.is_in(&environment.name))
    {
        let page = format!("{path}/apis/{}", api.slug());
        for (form, extension) in [("JSON", "json"), ("YAML", "yaml")] {
            downloads.push((
                format!("{} ({form})", api.name),
                format!("{page}.{extension}"),
            ));
        }
        pages.push((api.name.clone(), page));
    }
    for (name, file) in super::collections::DOWNLOADS {
        downloads.push((name.to_owned(), format!("{path}/{file}")));
    }
    match api {
        None => {
            let description = description(config, environment);
            Documentation {
                path: path.clone(),
                api: None,
                guide: Some(guide::guide(config, environment, &description)),
                groups: reference::groups(
                    &description,
                    &environment.url,
                    "",
                    environment.default_grant.as_str(),
                ),
                pages,
                downloads,
                mock: MOCK.to_owned(),
                base: String::new(),
            }
        }
        Some(api) => {
            let base = reference::base_of(&api.description);
            Documentation {
                path: path.clone(),
                api: Some(api.name.clone()),
                guide: None,
                groups: reference::groups(&api.description, &environment.url, &base, ""),
                pages,
                downloads,
                mock: format!("/_mock/apis/{}", api.slug()),
                base,
            }
        }
    }
}
