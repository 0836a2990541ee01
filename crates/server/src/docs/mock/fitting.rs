//! Which of several examples fits a request: the one that is called what the request asked for.
//!
//! A description has an answer for each grant; whoever asks with `grant_type=refresh_token` means the one of that name.

use axum::http::header::CONTENT_TYPE;
use serde_json::Value;

use super::media::MediaType;
use crate::endpoints::request::Received;

/// The examples of an environment's own description that are meant where a request names none: its members have no order,
/// in which one of them would be the first.
pub const USUAL: [&str; 4] = [
    "client_credentials",
    "live",
    "invalid_request",
    "invalid_client",
];

/// The name of the example; None where none fits better than another.
pub fn example(names: Vec<String>, received: &Received, usual: &[&str]) -> Option<String> {
    if names.len() < 2 {
        return None;
    }
    let sent = values(received);
    let is_sent = |name: &&String| sent.iter().any(|value| value == *name);
    let is_usual = |name: &&String| usual.contains(&name.as_str());
    let fitting = names.iter().find(is_sent);
    fitting.or_else(|| names.iter().find(is_usual)).cloned()
}

/// The texts that a request holds, in its query and at the top of its body.
fn values(received: &Received) -> Vec<String> {
    let pairs = |encoded: &[u8]| {
        let pairs = form_urlencoded::parse(encoded);
        pairs.map(|(_, value)| value.into_owned()).collect()
    };
    let mut values: Vec<String> = pairs(received.head.uri.query().unwrap_or_default().as_bytes());
    let kind = received.head.headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| MediaType::of(kind.to_str().ok()?));
    if kind.as_ref().is_some_and(MediaType::is_form) {
        values.extend(pairs(&received.body));
    }
    if kind.as_ref().is_some_and(MediaType::is_json)
        && let Ok(Value::Object(members)) = serde_json::from_slice(&received.body)
    {
        let texts = members.into_iter().filter_map(|(_, value)| match value {
            Value::String(text) => Some(text),
            _ => None,
        });
        values.extend(texts);
    }
    values
}
