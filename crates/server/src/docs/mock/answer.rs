//! A mock's answers on the wire. Every one says what it is, may be read by any page, and can do nothing in a browser.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::documented::{Choice, Shown, of_status, plain, shown};
use super::invent;
use super::media::{MediaType, accepted};
use super::operations::{Described, Operation};
use super::place::Place;
use super::refusal::MockRefusal;

/// Says that nobody took this answer from the real thing.
const MOCK: HeaderName = HeaderName::from_static("x-grantor-mock");
/// Says what is wrong, also where the documented answer has no room for a sentence.
const SAYS: HeaderName = HeaderName::from_static("x-grantor-mock-says");
/// Which of the preferences were met (RFC 7240 §3).
pub const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// Documented headers that are not sent: they would reach beyond the mock, into the portal that has the same host, or into
/// the connection.
const NOT_SENT: [&str; 14] = [
    "set-cookie",
    "clear-site-data",
    "strict-transport-security",
    "content-security-policy",
    "content-type",
    "content-length",
    "content-encoding",
    "connection",
    "keep-alive",
    "transfer-encoding",
    "trailer",
    "upgrade",
    "cache-control",
    "x-content-type-options",
];

/// A documented answer in the kind that is accepted best.
///
/// # Errors
/// It is documented in other kinds only.
pub fn documented(
    described: &Described,
    choice: &Choice<'_>,
    accept: &HeaderMap,
) -> Result<Response, MockRefusal> {
    let offered = shown(&described.document, choice);
    if offered.is_empty() || is_bodiless(choice.status) {
        return Ok(written(described, choice, None));
    }
    let kinds: Vec<MediaType> = offered.iter().map(|shown| shown.kind.clone()).collect();
    let chosen = accepted(accept, &kinds).and_then(|index| offered.get(index));
    // Of a refusal the sender is told in any kind.
    let chosen = chosen.or_else(|| offered.first().filter(|_| choice.status >= 400));
    match chosen {
        Some(shown) => Ok(written(described, choice, Some(shown))),
        None => {
            let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
            Err(MockRefusal::NotAcceptable(kinds.join(", ")))
        }
    }
}

/// A refusal, in the shape that the operation documents for it where it does.
pub fn refused(described: Option<(&Described, &Operation)>, refusal: &MockRefusal) -> Response {
    let (status, word) = refusal.status();
    let sentence = refusal.sentence();
    let shaped = described.and_then(|(described, operation)| {
        let place = described.place(&operation.pointer)?;
        shaped(described, &place, status.as_u16(), (refusal, &sentence))
    });
    let mut response = shaped.unwrap_or_else(|| {
        let body = json!({ "error": word, "error_description": sentence });
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = status;
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    });
    let headers = response.headers_mut();
    insert(headers, SAYS, &sentence);
    if let MockRefusal::MethodUnknown(allow) = refusal {
        insert(headers, ALLOW, allow);
    }
    if let MockRefusal::Body(_) = refusal {
        // What is left of the body cannot be told from a next request.
        insert(headers, CONNECTION, "close");
    }
    response
}

fn shaped(
    described: &Described,
    operation: &Place<'_>,
    status: u16,
    (refusal, sentence): (&MockRefusal, &str),
) -> Option<Response> {
    let exact = |status: u16| {
        let responses = operation.member("responses")?;
        responses.member(&status.to_string())?;
        of_status(operation, status)
    };
    // What is well-formed and yet wrong has a status of its own for many (RFC 9110 §15.5.21).
    let also = if status == 400 { exact(422) } else { None };
    let choice = exact(status)
        .or(also)
        .or_else(|| of_status(operation, status))?;
    let mut offered = shown(&described.document, &choice);
    let mut chosen = if offered.is_empty() {
        return None;
    } else {
        offered.remove(0)
    };
    if let Some(value) = fitting(&choice, &chosen.kind, refusal.oauth_error()) {
        chosen.value = value;
    }
    chosen.say(&described.document, sentence);
    Some(written(described, &choice, Some(&chosen)))
}

/// Of several examples the one with this `error`; else the one of a request that is not right.
fn fitting(choice: &Choice<'_>, kind: &MediaType, error: &str) -> Option<Value> {
    let content = choice.response.member("content")?;
    let mut media = content.members();
    let (_, media) = media.find(|(name, _)| MediaType::of(name).as_ref() == Some(kind))?;
    let examples = media.member("examples")?;
    let values: Vec<&Value> = examples
        .members()
        .filter_map(|(_, example)| example.value.get("value"))
        .collect();
    let with = |error: &str| {
        values
            .iter()
            .find(|value| value.get("error").is_some_and(|said| said == error))
    };
    with(error)
        .or_else(|| with("invalid_request"))
        .map(|value| (*value).clone())
}

fn written(described: &Described, choice: &Choice<'_>, shown: Option<&Shown>) -> Response {
    let body = shown.map_or_else(Body::empty, |shown| Body::from(shown.written()));
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(choice.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    if let Some(shown) = shown {
        insert(headers, CONTENT_TYPE, &shown.kind.to_string());
    }
    let documented = choice.response.member("headers");
    for (name, header) in documented.iter().flat_map(|headers| headers.members()) {
        let lower = name.to_ascii_lowercase();
        let is_ours = lower.starts_with("access-control-") || lower.starts_with("x-grantor-mock");
        if is_ours || NOT_SENT.contains(&lower.as_str()) {
            continue;
        }
        if let Ok(name) = HeaderName::from_bytes(lower.as_bytes()) {
            insert(headers, name, &plain(&example(described, &header)));
        }
    }
    response
}

fn example(described: &Described, header: &Place<'_>) -> Value {
    if let Some(example) = header.value.get("example") {
        return example.clone();
    }
    let first = header.member("examples").and_then(|examples| {
        let mut values = examples.members();
        values.find_map(|(_, example)| example.value.get("value").cloned())
    });
    let schema = header.member("schema");
    first.unwrap_or_else(|| match schema {
        Some(schema) => invent::value(&described.document, schema.value),
        None => "string".into(),
    })
}

/// Statuses that have no body (RFC 9110 §15).
fn is_bodiless(status: u16) -> bool {
    matches!(status, 204 | 205 | 304)
}

/// Whether a browser asks if a page may ask (Fetch §3.2.2).
pub fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// It may. What it names is allowed as it stands: `*` would not cover `Authorization`.
pub fn preflight(asked: &HeaderMap) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    insert(
        headers,
        ACCESS_CONTROL_ALLOW_METHODS,
        "GET, HEAD, PUT, POST, DELETE, PATCH, OPTIONS",
    );
    insert(headers, ACCESS_CONTROL_MAX_AGE, "600");
    if let Some(names) = asked.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    response
}

/// What may be asked at a path (RFC 9110 §9.3.7).
pub fn options(allow: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    insert(response.headers_mut(), ALLOW, allow);
    response
}

/// An answer as it leaves the mock, whoever made it.
pub fn marked(mut response: Response, method: &Method) -> Response {
    let headers = response.headers_mut();
    insert(headers, MOCK, "true");
    insert(headers, CACHE_CONTROL, "no-store");
    insert(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    // The portal has the same host: nothing that a description holds runs there.
    insert(
        headers,
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; sandbox",
    );
    insert(headers, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    insert(headers, ACCESS_CONTROL_EXPOSE_HEADERS, "*");
    if method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    response
}

fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    // A sentence may quote a description, which may hold anything.
    let visible: String = text
        .chars()
        .map(|sign| if matches!(sign, ' '..='~') { sign } else { '?' })
        .collect();
    if let Ok(value) = HeaderValue::from_str(&visible) {
        headers.insert(name, value);
    }
}
