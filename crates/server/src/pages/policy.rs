//! What a browser may do with a page: nothing from elsewhere, no script but the page's own, no frame, no trace of the address.

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Sets the headers. The one inline style and the one inline script are allowed by their hashes, so that `unsafe-inline` is not needed.
pub fn set(headers: &mut HeaderMap, style: &str, script: &str, leads_to: Option<&str>) {
    let hash = |text: &str| STANDARD.encode(digest(&SHA256, text.as_bytes()));
    let style = hash(style);
    let scripts = match script {
        "" => String::new(),
        script => format!(" script-src 'sha256-{}';", hash(script)),
    };
    let beside = leads_to
        .map(|origin| format!(" {origin}"))
        .unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}';{scripts} img-src data:; base-uri 'none'; form-action 'self'{beside}; frame-ancestors 'none'"
    );
    let fixed: [(HeaderName, &'static str); 4] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(
        "default-src 'none'; frame-ancestors 'none'",
    ));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
}

/// Lets a page's script ask the page's own server, and no other.
pub fn let_ask_us(headers: &mut HeaderMap) {
    let policy = headers
        .get(header::CONTENT_SECURITY_POLICY)
        .and_then(|policy| policy.to_str().ok())
        .map(|policy| format!("{policy}; connect-src 'self'"));
    if let Some(policy) = policy.and_then(|policy| HeaderValue::from_str(&policy).ok()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}
