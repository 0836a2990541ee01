//! The bearer token of a request (RFC 6750 §2.1): in the `Authorization` header and nowhere else.
//!
//! RFC 6750 knows two more places, the body and the query. Both are never read: a token in a URL
//! ends up in logs and histories (RFC 9700 §4.3.2), and one in a body would have to be read before
//! anyone is known.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::refusal::GatewayRefusal;

/// The token.
///
/// # Errors
/// None was sent (or credentials of another scheme, which RFC 6750 §3.1 counts as none); it is no
/// token; there are two headers, of which an upstream might read the other one.
pub fn token(headers: &HeaderMap) -> Result<&str, GatewayRefusal> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let line = lines.next().ok_or(GatewayRefusal::TokenMissing)?;
    if lines.next().is_some() {
        return Err(GatewayRefusal::TokenRepeated);
    }
    let line = line.as_bytes();
    let scheme_ends = line
        .iter()
        .position(|&byte| byte == b' ')
        .unwrap_or(line.len());
    let (scheme, token) = line.split_at(scheme_ends);
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return Err(GatewayRefusal::TokenMissing);
    }
    match std::str::from_utf8(token.trim_ascii_start()) {
        Ok(token) if is_b64token(token) => Ok(token),
        _ => Err(GatewayRefusal::TokenMalformed),
    }
}

/// `b64token` of RFC 6750 §2.1.
fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty()
        && body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(lines: &[&'static str]) -> Result<String, &'static str> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(AUTHORIZATION, line.parse().unwrap());
        }
        token(&headers)
            .map(str::to_owned)
            .map_err(|refusal| refusal.name())
    }

    #[test]
    fn s226_the_token_is_read_from_one_bearer_header() {
        assert_eq!(
            read(&["Bearer abc.D-1_~+/=="]),
            Ok("abc.D-1_~+/==".to_owned())
        );
        assert_eq!(read(&["bEaReR  abc"]), Ok("abc".to_owned()));
        assert_eq!(read(&[]), Err("TokenMissing"));
        assert_eq!(read(&["Basic YTpi"]), Err("TokenMissing"));
        assert_eq!(read(&["Bearerabc"]), Err("TokenMissing"));
        for malformed in [
            "Bearer",
            "Bearer ",
            "Bearer a b",
            "Bearer a,b",
            "Bearer \"a\"",
            "Bearer =",
            "Bearer a=b",
        ] {
            assert_eq!(read(&[malformed]), Err("TokenMalformed"), "{malformed}");
        }
        assert_eq!(read(&["Bearer abc", "Bearer abc"]), Err("TokenRepeated"));
        assert_eq!(read(&["Basic YTpi", "Bearer abc"]), Err("TokenRepeated"));
    }
}
