//! The bearer token of a request (RFC 6750 §2.1): in the `Authorization` header and nowhere else.
//!
//! RFC 6750 knows two more places, the body and the query. Both are never read: a token in a URL
//! ends up in logs and histories (RFC 9700 §4.3.2), and one in a body would have to be read before
//! anyone is known.

/// Why no token was read from a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoToken {
    /// None was sent, or credentials of another scheme, which RFC 6750 §3.1 counts as none.
    Missing,
    /// What was sent is no token.
    Malformed,
    /// More than one `Authorization` header, of which an upstream might read the other one.
    Repeated,
}

/// The token, from the values of a request's `Authorization` headers.
///
/// # Errors
/// [`NoToken`]
pub fn token<'h>(mut lines: impl Iterator<Item = &'h [u8]>) -> Result<&'h str, NoToken> {
    let line = lines.next().ok_or(NoToken::Missing)?;
    if lines.next().is_some() {
        return Err(NoToken::Repeated);
    }
    let scheme_ends = line
        .iter()
        .position(|&byte| byte == b' ')
        .unwrap_or(line.len());
    let (scheme, token) = line.split_at(scheme_ends);
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return Err(NoToken::Missing);
    }
    match std::str::from_utf8(token.trim_ascii_start()) {
        Ok(token) if is_b64token(token) => Ok(token),
        _ => Err(NoToken::Malformed),
    }
}

/// `b64token` of RFC 6750 §2.1.
fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty()
        && body
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'+' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'h>(lines: &[&'h str]) -> Result<&'h str, NoToken> {
        token(lines.iter().map(|line| line.as_bytes()))
    }

    #[test]
    fn s226_the_token_is_read_from_one_bearer_header() {
        assert_eq!(read(&["Bearer abc.D-1_~+/=="]), Ok("abc.D-1_~+/=="));
        assert_eq!(read(&["bEaReR  abc"]), Ok("abc"));
        assert_eq!(read(&[]), Err(NoToken::Missing));
        assert_eq!(read(&["Basic YTpi"]), Err(NoToken::Missing));
        assert_eq!(read(&["Bearerabc"]), Err(NoToken::Missing));
        for malformed in [
            "Bearer",
            "Bearer ",
            "Bearer a b",
            "Bearer a,b",
            "Bearer \"a\"",
            "Bearer =",
            "Bearer a=b",
        ] {
            assert_eq!(read(&[malformed]), Err(NoToken::Malformed), "{malformed}");
        }
        assert_eq!(read(&["Bearer abc", "Bearer abc"]), Err(NoToken::Repeated));
        assert_eq!(read(&["Basic YTpi", "Bearer abc"]), Err(NoToken::Repeated));
    }
}
