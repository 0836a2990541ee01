//! Header fields: those that are known to be harmless show their value, of all others only the name stands there.

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::form::{self, Verdict};
use super::{Blotter, blotted, names};

/// Fields whose value is no secret.
const HARMLESS: [&str; 49] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "accept-ranges",
    "age",
    "allow",
    "cache-control",
    "connection",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-range",
    "content-type",
    "date",
    "deprecation",
    "etag",
    "expect",
    "expires",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-unmodified-since",
    "keep-alive",
    "last-modified",
    "origin",
    "pragma",
    "range",
    "ratelimit",
    "ratelimit-limit",
    "ratelimit-policy",
    "ratelimit-remaining",
    "ratelimit-reset",
    "retry-after",
    "server",
    "sunset",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "vary",
    "via",
    "www-authenticate",
    "x-content-type-options",
    "x-request-id",
    "strict-transport-security",
    "content-security-policy",
];

/// Programs that name themselves in `User-Agent`; anything else there may be anything.
const PROGRAMS: [&str; 41] = [
    "curl",
    "wget",
    "httpie",
    "postmanruntime",
    "insomnia",
    "bruno",
    "python-requests",
    "python-urllib",
    "python-httpx",
    "python",
    "aiohttp",
    "requests-oauthlib",
    "authlib",
    "axios",
    "got",
    "node",
    "node-fetch",
    "undici",
    "superagent",
    "deno",
    "bun",
    "java",
    "java-http-client",
    "okhttp",
    "apache-httpclient",
    "jersey",
    "spring",
    "go-http-client",
    "guzzlehttp",
    "php",
    "symfony",
    "ruby",
    "faraday",
    "rest-client",
    "dotnet",
    "restsharp",
    "powershell",
    "mozilla",
    "chrome",
    "firefox",
    "safari",
];

/// Fields that say media types, languages or codings: words of letters.
const OF_WORDS: [&str; 6] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "content-encoding",
    "content-type",
];

/// The longest value that is shown.
const LONGEST: usize = 1024;

/// Tells the blotter of every value that will not be shown.
pub fn know(headers: &HeaderMap, blotter: &mut Blotter) {
    for (name, value) in headers {
        let text = String::from_utf8_lossy(value.as_bytes());
        if name == header::AUTHORIZATION || name == header::PROXY_AUTHORIZATION {
            know_credentials(&text, blotter);
        } else if name == header::USER_AGENT {
            let strange = text.split(' ').filter(|word| !is_a_program(word));
            strange.for_each(|word| blotter.know(word));
        } else if name == header::COOKIE || name == header::SET_COOKIE {
            blotter.know(&text);
            for cookie in text.split(';') {
                let (_, value) = cookie.split_once('=').unwrap_or(("", cookie));
                blotter.know(value.trim().trim_matches('"'));
            }
        } else if is_address(name) {
            let (_, query) = text.split_once('?').unwrap_or_default();
            form::know(query, &|_, _| Verdict::NameOnly, blotter);
        } else if !HARMLESS.contains(&name.as_str()) && text.len() >= 8 {
            blotter.know(&text);
        }
    }
}

/// Both parts of a Basic header and every spelling of them, or whatever another scheme carries.
fn know_credentials(text: &str, blotter: &mut Blotter) {
    let credentials = text.split_once(' ').map_or(text, |(_, rest)| rest).trim();
    blotter.know(credentials);
    if let Ok(bytes) = STANDARD.decode(credentials)
        && let Ok(pair) = String::from_utf8(bytes)
        && let Some((_, password)) = pair.split_once(':')
    {
        blotter.know(password);
    }
}

/// The fields as they may be shown; `client_id` is the credential's own.
pub fn show(headers: &HeaderMap, client_id: &str, blotter: &Blotter) -> Vec<(String, String)> {
    let shown = headers.iter().map(|(name, value)| {
        let name_shown =
            match names::is_a_name(&name.as_str().replace(|c: char| c.is_ascii_digit(), ""))
                && blotter.is_clean(name.as_str())
            {
                true => name.as_str().to_owned(),
                false => blotted(name.as_str()),
            };
        (name_shown, value_of(name, value, client_id, blotter))
    });
    shown.collect()
}

fn value_of(name: &HeaderName, value: &HeaderValue, client_id: &str, blotter: &Blotter) -> String {
    let text = String::from_utf8_lossy(value.as_bytes());
    if name == header::AUTHORIZATION || name == header::PROXY_AUTHORIZATION {
        return credentials(&text, client_id);
    }
    if name == header::USER_AGENT {
        return programs(&text, blotter);
    }
    if names::has_userinfo(&text) {
        return blotted(&text);
    }
    if is_address(name) {
        let (path, query) = text.split_once('?').unwrap_or((&text, ""));
        let path = blotter.scrub(path);
        return match query {
            "" => path,
            query => format!(
                "{path}?{}",
                form::show(query, &|_, _| Verdict::NameOnly, blotter)
            ),
        };
    }
    if !HARMLESS.contains(&name.as_str()) {
        return blotted(&text);
    }
    if OF_WORDS.contains(&name.as_str())
        && !text.split(|c: char| !c.is_alphanumeric()).all(is_a_word)
    {
        return blotted(&text);
    }
    let end = text.floor_char_boundary(LONGEST.min(text.len()));
    blotter.scrub(text.get(..end).unwrap_or_default())
}

/// A word of letters, a number, or something as short as `v1` and `xhtml2`.
fn is_a_word(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    word.len() <= 20 && (digits == 0 || word.len() <= 6) && word.is_ascii()
}

/// Fields that hold an address, whose query may hold anything.
fn is_address(name: &HeaderName) -> bool {
    name == header::LOCATION || name == header::CONTENT_LOCATION
}

/// `Basic CLIENT:[blotted out]`: the scheme, and the client id where it is the credential's own.
fn credentials(text: &str, client_id: &str) -> String {
    let (scheme, rest) = text.split_once(' ').unwrap_or(("", text));
    let known = ["Basic", "Bearer", "Digest", "Negotiate", "DPoP"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(scheme));
    let Some(known) = known else {
        return blotted(text);
    };
    let pair = STANDARD
        .decode(rest.trim())
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    match pair.as_deref().and_then(|pair| pair.split_once(':')) {
        Some((named, secret)) if known == "Basic" && named == client_id => {
            format!("{known} {client_id}:{}", blotted(secret))
        }
        _ => format!("{known} {}", blotted(rest)),
    }
}

/// `curl/8.5.0` as it is; what is no program that we know is blotted out.
fn programs(text: &str, blotter: &Blotter) -> String {
    let shown = text
        .split(' ')
        .map(|word| match is_a_program(word) && blotter.is_clean(word) {
            true => word.to_owned(),
            false => blotted(word),
        });
    shown.collect::<Vec<_>>().join(" ")
}

fn is_a_program(word: &str) -> bool {
    let (name, version) = word.split_once('/').unwrap_or((word, ""));
    let in_a_version = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    PROGRAMS.contains(&name.to_ascii_lowercase().as_str())
        && version.len() <= 16
        && version.bytes().all(in_a_version)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn s299_a_header_shows_its_value_only_where_it_is_known_to_be_harmless() {
        let mut headers = HeaderMap::new();
        let basic = format!("Basic {}", STANDARD.encode("abc:hunter2x"));
        for (name, value) in [
            ("authorization", basic.as_str()),
            ("authorisation", "hunter2x and more"),
            ("user-agent", "curl/8.5.0 hunter2x"),
            ("accept", "application/json;q=0.9, text/x"),
            ("content-type", "text/hunter2y"),
            ("etag", "hunter2x"),
            ("x-hunter2x", "1"),
            ("cookie", "theme=dark; sid=hunter2z"),
            ("server", "hunter2z"),
            ("origin", "https://anna:hunter2z@host"),
            ("location", "/next?code=1234&state=x"),
        ] {
            headers.append(HeaderName::try_from(name).unwrap(), value.parse().unwrap());
        }
        let mut blotter = Blotter::default();
        know(&headers, &mut blotter);
        let shown = show(&headers, "abc", &blotter);
        let text = format!("{shown:?}");
        assert!(
            !text.contains("hunter2x") && !text.contains("hunter2z"),
            "{text}"
        );
        for part in [
            "Basic abc:[blotted out, 8 characters]",
            "curl/8.5.0 [blotted out, 8 characters]",
            "application/json;q=0.9, text/x",
            "(\"content-type\", \"[blotted out, 13 characters]\")",
            "(\"etag\", \"[blotted out, 8 characters]\")",
            "(\"authorisation\", \"[blotted out, 17 characters]\")",
            "/next?code=[blotted out, 4 characters]&state=[blotted out, 1 characters]",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let mut alone = HeaderMap::new();
        alone.insert("user-agent", "curl/8.14.1".parse().unwrap());
        let mut blotter = Blotter::default();
        know(&alone, &mut blotter);
        assert!(format!("{:?}", show(&alone, "abc", &blotter)).contains("\"curl/8.14.1\""));
        assert!(!format!("{:?}", show(&headers, "other", &blotter)).contains("abc:"));
    }
}
