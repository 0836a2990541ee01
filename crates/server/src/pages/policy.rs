//! What a browser may do with a page: nothing from elsewhere, no script, no frame, no trace of the address.

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Sets the headers. The one inline style is allowed by its hash, so that `unsafe-inline` is not needed.
pub fn set(headers: &mut HeaderMap, style: &str, leads_to: Option<&str>) {
    let hash = STANDARD.encode(digest(&SHA256, style.as_bytes()));
    let beside = leads_to
        .map(|origin| format!(" {origin}"))
        .unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'self'{beside}; frame-ancestors 'none'"
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
