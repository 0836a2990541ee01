//! The documentation page: until it is built, how to get a token, and where the OpenAPI description is.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::context::Context;
use crate::example_lines;

/// Nothing on the page comes from anywhere else, and nobody may frame it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'sha256-STYLE'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET` on the documentation path.
pub async fn endpoint(context: Context) -> Response {
    let environment = &context.issuer.environment;
    let line = example_lines::token(environment);
    let lifetime = jiff::SignedDuration::from_secs(
        i64::try_from(environment.access_token_lifetime).unwrap_or(i64::MAX),
    );
    let lifetime = format!("{lifetime:#}");
    page(
        &context,
        include_str!("page.html"),
        &[("{token_line}", &line), ("{lifetime}", &lifetime)],
    )
}

/// A page with the environment's name and addresses in it, and more places filled with text.
fn page(context: &Context, template: &str, places: &[(&str, &str)]) -> Response {
    let environment = &context.issuer.environment;
    let mut text = template.to_owned();
    for (place, value) in places {
        text = text.replace(place, &escape(value));
    }
    let text = text
        .replace("{environment}", &escape(context.issuer.realm()))
        .replace("{url}", &escape(&environment.url))
        .replace(
            "{token_url}",
            &escape(&context.issuer.url(&environment.paths.token)),
        )
        .replace(
            "{docs_url}",
            &escape(&context.issuer.url(&environment.paths.docs)),
        )
        .replace("{style}", include_str!("page.css"));
    let mut response = (StatusCode::OK, Html(text)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

/// The one inline style is allowed by its hash, so that `unsafe-inline` is not needed.
fn policy() -> HeaderValue {
    use aws_lc_rs::digest::{SHA256, digest};
    use base64::Engine;
    let hash = digest(&SHA256, include_str!("page.css").as_bytes());
    let hash = base64::engine::general_purpose::STANDARD.encode(hash);
    HeaderValue::from_str(&CONTENT_SECURITY_POLICY.replace("STYLE", &hash))
        .unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
