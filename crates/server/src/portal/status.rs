//! `/status`: how the environment is doing, for everyone, and the same for programs.
//!
//! Nobody is asked who they are, no cookie is set, and an answer that was written is given to everyone for a few seconds: on the
//! day that everybody looks, looking costs next to nothing. It is always 200, since it answers what was asked: a balancer asks
//! `/readyz`.

mod atom;
pub mod cards;
mod json;
mod page;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::context::Context;
use crate::pages;
use crate::status::keep;
use crate::status::view::{View, Written};

/// For how long others may keep an answer: as long as we do.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=5");
/// More than any page has.
const LONGEST: usize = 16 * 1024 * 1024;

/// `GET /status`
pub async fn show(context: Context, headers: HeaderMap) -> Response {
    let language = pages::language(&context.issuer.environment, &headers, None);
    answer(&context, language.tag(), |view| {
        let mut response = page::write(&context, language, view);
        response
            .headers_mut()
            .insert(header::VARY, HeaderValue::from_static("accept-language"));
        response
    })
    .await
}

/// `GET /status.json`
pub async fn json(context: Context) -> Response {
    let write = |view: &View| {
        let text = json::write(&context.issuer, view).to_string();
        for_programs("application/json", text)
    };
    answer(&context, "json", write).await
}

/// `GET /status.atom`
pub async fn atom(context: Context) -> Response {
    let write = |view: &View| {
        let text = atom::write(&context.issuer, view);
        for_programs("application/atom+xml; charset=utf-8", text)
    };
    answer(&context, "atom", write).await
}

/// What is shown now, written once for all who ask under this name.
async fn answer(
    context: &Context,
    name: &'static str,
    write: impl FnOnce(&View) -> Response,
) -> Response {
    let view = keep::look(context).await;
    if let Some(written) = view.written(name) {
        return given(written);
    }
    let (parts, body) = write(&view).into_parts();
    let body = match to_bytes(body, LONGEST).await {
        Ok(body) if parts.status == StatusCode::OK => body,
        _ => return Response::from_parts(parts, Body::empty()),
    };
    let mut headers = parts.headers;
    headers.insert(header::CACHE_CONTROL, KEPT);
    let written = Written { headers, body };
    view.keep(name, written.clone());
    given(written)
}

fn given(written: Written) -> Response {
    let mut response = Response::new(Body::from(written.body));
    *response.headers_mut() = written.headers;
    response
}

/// Any page may read it: it says the same to everyone.
fn for_programs(content_type: &'static str, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, content_type),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
