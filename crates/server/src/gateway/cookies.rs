//! Our own pages and the upstream share one origin; their cookies are kept apart.
//!
//! A cookie of ours (its name begins with `grantor`, whatever prefix of RFC 6265bis stands before)
//! is never shown to an upstream, and an upstream cannot set one.

use axum::http::HeaderValue;

/// How the names of our cookies begin, in lower case.
pub const OURS: &str = "grantor";

/// A `Cookie` header without our cookies; None when nothing is left.
pub fn without_ours(cookies: &HeaderValue) -> Option<HeaderValue> {
    let bytes = cookies.as_bytes();
    let pairs = || bytes.split(|&byte| byte == b';');
    if !pairs().any(is_ours) {
        return Some(cookies.clone());
    }
    let kept: Vec<&[u8]> = pairs()
        .map(<[u8]>::trim_ascii)
        .filter(|pair| !is_ours(pair))
        .collect();
    if kept.is_empty() {
        None
    } else {
        HeaderValue::from_bytes(&kept.join(&b"; "[..])).ok()
    }
}

/// Whether a `Set-Cookie` header would set one of ours.
pub fn sets_ours(cookie: &HeaderValue) -> bool {
    is_ours(cookie.as_bytes())
}

fn is_ours(pair: &[u8]) -> bool {
    let name = pair
        .trim_ascii()
        .split(|&byte| byte == b'=')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let name = name
        .strip_prefix(b"__host-")
        .or_else(|| name.strip_prefix(b"__secure-"))
        .unwrap_or(&name);
    name.starts_with(OURS.as_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn s251_our_cookies_and_the_upstreams_are_kept_apart() {
        let kept = |text: &'static str| {
            without_ours(&HeaderValue::from_static(text))
                .map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(kept("a=1; b=2"), Some("a=1; b=2".to_owned()));
        assert_eq!(
            kept("a=1; __Host-grantor-production=x; b=2"),
            Some("a=1; b=2".to_owned())
        );
        assert_eq!(kept("grantor-rc=x"), None);
        assert!(sets_ours(&HeaderValue::from_static(
            "__Host-Grantor-production=x; Path=/"
        )));
        assert!(!sets_ours(&HeaderValue::from_static(
            "session=grantor; Path=/"
        )));
    }
}
