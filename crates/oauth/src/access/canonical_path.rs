//! The one form in which a path is decided upon and sent on.
//!
//! A gateway that tidies a path before it decides, and an upstream that tidies it differently, will
//! one day disagree about which resource was meant. So nothing is tidied here: a path is either
//! already in its one form, and then its very bytes go upstream, or it is refused.
//!
//! The form, after RFC 3986 §3.3 and §6.2.2: segments of `pchar` separated by single slashes,
//! without a slash at the end; nothing that is a dot segment, or ends in a dot or a blank, where
//! some file systems drop it; no `;`, which some servers cut off as a parameter; nothing encoded
//! that need not be; hex digits in upper case; and no encoding that would become structure when
//! somebody decodes it, once or twice: `/ \ ? # % ; .`, control characters, or their look-alikes
//! that Unicode folds into them. What remains decodes to UTF-8.
//!
//! Reserved characters such as `@` and `:` may stand as they are or encoded, since common clients
//! encode them (`encodeURIComponent`). Both spellings mean the same resource to an upstream, so
//! routes are matched on the decoded path, which has the same segments as the one received.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Why a path is not in its one form. For the log; whoever sent it hears one sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCanonical {
    /// It does not begin with a slash.
    NotAbsolute,
    /// `//`, or a slash at the end.
    EmptySegment,
    /// `.`, `..`, or a segment that ends in a dot or begins or ends with a blank.
    DotsOrBlanks,
    /// A byte that may not stand in a path as it is.
    ForbiddenByte,
    /// `%` without two hex digits, or with lower-case ones.
    BrokenEncoding,
    /// An encoded letter, digit, hyphen, dot, underscore or tilde.
    NeedlessEncoding,
    /// An encoded character that would be structure once decoded.
    EncodedStructure,
    /// What is encoded is not UTF-8.
    NotUtf8,
    /// The query holds something else than visible ASCII.
    QueryNotVisible,
}

/// The decoded path, for matching routes; the path itself is what goes upstream.
///
/// # Errors
/// The first rule that the path breaks.
pub fn decoded(path: &str) -> Result<Cow<'_, str>, NotCanonical> {
    let segments = path.strip_prefix('/').ok_or(NotCanonical::NotAbsolute)?;
    if segments.is_empty() {
        return Ok(Cow::Borrowed(path));
    }
    for segment in segments.split('/') {
        check_segment(segment)?;
    }
    percent_decode_str(path)
        .decode_utf8()
        .map_err(|_| NotCanonical::NotUtf8)
}

/// The query is the upstream's matter, but it must be able to stand in a request line.
///
/// # Errors
/// [`NotCanonical::QueryNotVisible`].
pub fn check_query(query: Option<&str>) -> Result<(), NotCanonical> {
    match query {
        Some(query) if !query.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err(NotCanonical::QueryNotVisible)
        }
        _ => Ok(()),
    }
}

fn check_segment(segment: &str) -> Result<(), NotCanonical> {
    if segment.is_empty() {
        return Err(NotCanonical::EmptySegment);
    }
    let mut rest = segment.as_bytes();
    let mut encoded = false;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'%' {
            let (byte, tail) = decode_one(tail)?;
            check_encoded(byte)?;
            rest = tail;
            encoded = true;
        } else if !is_plain(byte) {
            return Err(NotCanonical::ForbiddenByte);
        }
    }
    if !encoded {
        return if segment.ends_with('.') {
            Err(NotCanonical::DotsOrBlanks)
        } else {
            Ok(())
        };
    }
    let text = percent_decode_str(segment)
        .decode_utf8()
        .map_err(|_| NotCanonical::NotUtf8)?;
    if text.chars().any(folds_into_structure) {
        return Err(NotCanonical::EncodedStructure);
    }
    if text.starts_with(' ') || text.ends_with([' ', '.']) {
        return Err(NotCanonical::DotsOrBlanks);
    }
    Ok(())
}

/// The byte that two upper-case hex digits stand for, and what follows them.
fn decode_one(digits: &[u8]) -> Result<(u8, &[u8]), NotCanonical> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    };
    let [high, low, rest @ ..] = digits else {
        return Err(NotCanonical::BrokenEncoding);
    };
    match (value(*high), value(*low)) {
        (Some(high), Some(low)) => Ok((high << 4 | low, rest)),
        _ => Err(NotCanonical::BrokenEncoding),
    }
}

/// `pchar` of RFC 3986 §3.3 without `;`, which some servers take for the end of the segment.
fn is_plain(byte: u8) -> bool {
    is_unreserved(byte) || b"!$&'()*+,=:@".contains(&byte)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

fn check_encoded(byte: u8) -> Result<(), NotCanonical> {
    match byte {
        0..=0x1F | 0x7F | b'/' | b'\\' | b'?' | b'#' | b'%' | b';' | b'.' => {
            Err(NotCanonical::EncodedStructure)
        }
        _ if is_unreserved(byte) => Err(NotCanonical::NeedlessEncoding),
        _ => Ok(()),
    }
}

/// Control characters beyond ASCII, and characters that Unicode's compatibility forms (NFKC) or a
/// code page's best fit turn into one of `. / \ ; ? # %`, or into several characters with one of them.
fn folds_into_structure(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{2024}'..='\u{2026}' | '\u{2488}'..='\u{249B}' | '\u{33C2}' | '\u{33C7}' | '\u{33D8}' // leaders, "1.", "a.m."
                | '\u{FE19}' | '\u{FE30}' | '\u{FE52}' | '\u{FF0E}' // vertical, small and full-width dots
                | '\u{2044}' | '\u{2215}' | '\u{FF0F}' | '\u{2100}' | '\u{2101}' | '\u{2105}' | '\u{2106}' // slashes, "a/c"
                | '\u{FE68}' | '\u{FF3C}' // backslashes
                | '\u{037E}' | '\u{FE14}' | '\u{FE54}' | '\u{FF1B}' // semicolons
                | '\u{2047}'..='\u{2049}' | '\u{FE16}' | '\u{FE56}' | '\u{FF1F}' // question marks
                | '\u{FE5F}' | '\u{FF03}' | '\u{FE6A}' | '\u{FF05}' // number and percent signs
        )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn s229_a_path_that_climbs_is_refused_in_every_spelling() {
        for path in [
            "/public/../v1/orders",
            "/public/%2e%2e/v1/orders",
            "/public/%2E%2E/v1/orders",
            "/public/%252e%252e/v1/orders",
            "/public/..%2fv1/orders",
            "/public/..%2Fv1/orders",
            "/public/..;/v1/orders",
            "/public/.%2e/",
            "/public/.%2E/x",
            "/public\\..\\v1",
            "/public/%5C../v1",
            "/..",
            "/.",
            "/public/..",
            "/public/...",
            "/%C0%AE%C0%AE/x",
            "/%EF%BC%8E%EF%BC%8E/x",
            "/public/%E2%80%A5/v1",
            "/public%EF%BC%8Fv1",
        ] {
            assert!(decoded(path).is_err(), "{path}");
        }
    }

    #[test]
    fn s230_a_path_that_an_upstream_might_read_otherwise_is_refused() {
        for (path, why) in [
            ("//v1/orders", NotCanonical::EmptySegment),
            ("/v1//orders", NotCanonical::EmptySegment),
            ("/v1/./orders", NotCanonical::DotsOrBlanks),
            ("/v1/orders/", NotCanonical::EmptySegment),
            ("/v1/orders.", NotCanonical::DotsOrBlanks),
            ("/v1/orders;x=1", NotCanonical::ForbiddenByte),
            ("/v1/orders%3Bx=1", NotCanonical::EncodedStructure),
            ("/v1/orders%00", NotCanonical::EncodedStructure),
            ("/v1/orders%20", NotCanonical::DotsOrBlanks),
            ("/v1/%20orders", NotCanonical::DotsOrBlanks),
            ("/v1/%6frders", NotCanonical::BrokenEncoding),
            ("/v1/%6Frders", NotCanonical::NeedlessEncoding),
            ("/v1/orders%3F", NotCanonical::EncodedStructure),
            ("/v1/orders%3f", NotCanonical::BrokenEncoding),
            ("/v1/orders%23x", NotCanonical::EncodedStructure),
            ("/v1/orders%25", NotCanonical::EncodedStructure),
            ("/v1/orders%0D%0A", NotCanonical::EncodedStructure),
            ("/v1/orders%C2%85", NotCanonical::EncodedStructure),
            ("/v1/é", NotCanonical::ForbiddenByte),
            ("/v1/a b", NotCanonical::ForbiddenByte),
            ("/v1/a|b", NotCanonical::ForbiddenByte),
            ("", NotCanonical::NotAbsolute),
            ("*", NotCanonical::NotAbsolute),
            ("v1", NotCanonical::NotAbsolute),
        ] {
            assert_eq!(decoded(path), Err(why), "{path}");
        }
    }

    #[test]
    fn s242_a_malformed_path_is_refused() {
        for path in [
            "/%",
            "/%z",
            "/%zz",
            "/%1",
            "/x%",
            "/%%41",
            "/%ED%A0%80",
            "/%C0%AF",
            "/%FF",
        ] {
            assert!(decoded(path).is_err(), "{path}");
        }
        assert!(check_query(Some("a=b&c=/public/../%zz")).is_ok());
        assert_eq!(
            check_query(Some("a=\u{e9}")),
            Err(NotCanonical::QueryNotVisible)
        );
        assert_eq!(
            check_query(Some("a\u{7f}")),
            Err(NotCanonical::QueryNotVisible)
        );
    }

    #[test]
    fn paths_that_integrators_send_are_let_through() {
        for (path, means) in [
            ("/", "/"),
            ("/v2/shifts", "/v2/shifts"),
            (
                "/v2/shifts/2026-01-01T10:00:00+01:00",
                "/v2/shifts/2026-01-01T10:00:00+01:00",
            ),
            ("/orders.json", "/orders.json"),
            ("/.well-known/x", "/.well-known/x"),
            ("/customer/a%40b.example", "/customer/a@b.example"),
            ("/files/My%20file.pdf", "/files/My file.pdf"),
            ("/k%C3%B6ln/~me", "/köln/~me"),
            ("/Odata(1)/$value", "/Odata(1)/$value"),
        ] {
            assert_eq!(decoded(path).unwrap(), means);
        }
    }

    /// Bytes that are likelier than others to find a hole: structure, encodings, double encodings.
    const PIECES: [&str; 40] = [
        "/",
        "/",
        "/",
        "//",
        ".",
        "..",
        "%2E",
        "%2e",
        "%2F",
        "%2f",
        "%5C",
        "\\",
        "%25",
        "%",
        "%252E",
        ";",
        "%3B",
        "?",
        "#",
        "%23",
        "a",
        "v1",
        "orders",
        "public",
        "Z",
        "0",
        "~",
        ":",
        "@",
        "%40",
        "%20",
        " ",
        "%00",
        "%C3%A9",
        "%C0%AE",
        "%EF%BC%8F",
        "%E2%80%A5",
        "\u{e9}",
        "%7E",
        "+",
    ];

    fn generated(seed: u64) -> String {
        // xorshift64*: the same paths on every run, so that a failure can be looked at again.
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = || {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33
        };
        let mut path = String::from("/");
        for _ in 0..next() % 9 {
            match next() % 8 {
                0 => path.push(char::from((next() % 128) as u8)),
                1 => path.push_str(&format!("%{:02X}", next() % 256)),
                _ => path.push_str(PIECES.get(next() as usize % PIECES.len()).unwrap()),
            }
        }
        path
    }

    /// Ten rounds make 200,000 paths, the five hundred of `./soak` ten million.
    #[test]
    fn s253_what_was_authorised_is_what_is_sent_rounds() {
        let rounds = std::env::var("GRANTOR_ROUNDS").map_or(10, |rounds| rounds.parse().unwrap());
        let mut accepted = 0;
        for seed in 0..rounds * 20_000_u64 {
            let path = generated(seed);
            let Ok(means) = decoded(&path) else { continue };
            accepted += 1;
            // The bytes survive the journey through the types that carry them upstream.
            let uri: http::Uri = path.parse().unwrap();
            assert_eq!(uri.path(), path);
            assert_eq!(uri.query(), None);
            // Decoding changes no structure, neither once nor again.
            assert_eq!(means.split('/').count(), path.split('/').count(), "{path}");
            assert_eq!(
                percent_decode_str(&means).decode_utf8().unwrap(),
                means,
                "{path}"
            );
            assert!(!means.contains(['\\', '?', '#', ';', '%', '\0']), "{path}");
            assert!(
                means == "/"
                    || means
                        .split('/')
                        .skip(1)
                        .all(|segment| !segment.is_empty() && !segment.ends_with('.')),
                "{path}"
            );
            // No parser that resolves dot segments finds another path.
            let resolved = url::Url::parse("http://upstream")
                .unwrap()
                .join(&path)
                .unwrap();
            assert_eq!(resolved.path(), path, "{path}");
            assert_eq!(resolved.host_str(), Some("upstream"), "{path}");
        }
        assert!(
            accepted > rounds * 500,
            "only {accepted} paths were accepted: the generator is too wild to prove anything"
        );
    }
}
