//! A form counts only when it comes from a page of ours in the same browser (RFC 9700 §4.7).
//!
//! Two checks. What the browser says of itself (`Sec-Fetch-Site`, else `Origin`): tower-http's layer
//! wants to sit around a router and answer by itself, while here the refusal is a page, so it is these
//! twenty lines. And a value in the form that belongs to the browser's cookie, which also binds a form to
//! the session it was made in: after signing in, an older form is nobody's.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use super::cookies::{Cookie, CookieValue};
use crate::context::Context;

/// The value for a page's forms. `replaced` is the cookie that the same answer sets, if it sets one.
pub fn token(context: &Context, cookie: &CookieValue) -> String {
    let masters = context.platform.master_keys.load();
    URL_SAFE_NO_PAD.encode(masters.current().seal_form(&bound_to(context, cookie)))
}

/// The cookie a request's forms are bound to: the session's, else the browser's.
pub fn cookie(context: &Context, headers: &HeaderMap) -> Option<CookieValue> {
    let environment = &context.issuer.environment;
    Cookie::Session
        .read(environment, headers)
        .or_else(|| Cookie::Browser.read(environment, headers))
}

/// Whether a form may be acted on.
pub fn is_ours(context: &Context, headers: &HeaderMap, presented: &str) -> bool {
    let Some(cookie) = cookie(context, headers) else {
        return false;
    };
    if !is_same_origin(context, headers) {
        return false;
    }
    let Ok(presented) = URL_SAFE_NO_PAD.decode(presented) else {
        return false;
    };
    let bound = bound_to(context, &cookie);
    let masters = context.platform.master_keys.load();
    // A page may have been made under the key before.
    masters
        .iter()
        .any(|key| bool::from(key.seal_form(&bound).ct_eq(presented.as_slice())))
}

fn bound_to(context: &Context, cookie: &CookieValue) -> Vec<u8> {
    let mut bound = context.issuer.realm().as_bytes().to_vec();
    bound.push(0);
    bound.extend_from_slice(cookie.as_bytes());
    bound
}

/// What the browser says. Our pages send no referrer, so `Origin` is `null` even from ourselves; every browser that
/// does so says `Sec-Fetch-Site` too. A program says neither, and has the form's value to show.
fn is_same_origin(context: &Context, headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    match headers.get(header::ORIGIN) {
        None => true,
        Some(origin) => context
            .issuer
            .environment
            .bases
            .iter()
            .any(|base| base.origin().ascii_serialization().as_bytes() == origin.as_bytes()),
    }
}
