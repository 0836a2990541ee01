//! JSON bodies: every member known, none ignored.
//!
//! A member that is silently ignored makes its sender believe that it was obeyed.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::problem::Problem;

/// A body of JSON. Types must refuse unknown members themselves (`deny_unknown_fields`).
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        read(&bytes(request, state).await?).map(Self)
    }
}

/// The bytes of a JSON body. For the routes whose members are all optional, no body is an empty object.
pub async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| is_json(value.as_bytes()));
    let bytes = Bytes::from_request(request, state)
        .await
        .map_err(|rejection| match rejection.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
            _ => Problem::bad_request("The body ended early."),
        })?;
    match bytes.is_empty() {
        true => Ok(Bytes::from_static(b"{}")),
        false if is_json => Ok(bytes),
        false => Err(Problem::not_json()),
    }
}

fn is_json(content_type: &[u8]) -> bool {
    let kind = content_type
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default();
    kind.trim_ascii().eq_ignore_ascii_case(b"application/json")
}

/// Reads a body's object.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Serde would read an array as a struct's members in their order.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(Problem::bad_request("The body is a JSON object."));
    }
    // Written as an escape, since JSON has no control character in its texts.
    if bytes.windows(6).any(|window| window == b"\\u0000")
        && serde_json::from_slice::<Value>(bytes).is_ok_and(|value| holds_nul(&value))
    {
        return Err(Problem::holds_nul());
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let at = error.path().to_string();
        let what = error.into_inner();
        let place = if at == "." {
            String::new()
        } else {
            format!(" at {at}")
        };
        Problem::bad_request(format!("The body cannot be read{place}: {what}."))
    })?;
    reader
        .end()
        .map_err(|_| Problem::bad_request("Something follows the JSON object in the body."))?;
    Ok(value)
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

/// Reads an optional secret without ever repeating it in an error.
pub fn secret<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<secrecy::SecretString>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.into())),
        _ => Err(serde::de::Error::custom("a secret is a text")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(default, deserialize_with = "secret")]
        secret: Option<secrecy::SecretString>,
    }

    fn refusal(body: &str) -> String {
        read::<Sample>(body.as_bytes())
            .err()
            .map(|problem| problem.detail().to_owned())
            .unwrap_or_default()
    }

    #[test]
    fn s284_unknown_and_repeated_members_are_refused_by_name() {
        assert!(refusal(r#"{"client_id":"x"}"#).contains("client_id"));
        assert!(refusal(r#"{"secret":"a","secret":"b"}"#).contains("secret"));
        assert!(refusal(r#"{} {}"#).contains("follows"));
        assert_eq!(refusal(r#"{}"#), "");
        assert!(refusal(r#"["a"]"#).contains("object"));
        assert!(refusal(r#"{"secret":"a\u0000b"}"#).contains("U+0000"));
        assert_eq!(refusal(r#"{"secret":"a\\u0000b"}"#), "");
    }

    #[test]
    fn a_secret_is_never_repeated() {
        assert!(!refusal(r#"{"secret":12345}"#).contains("12345"));
        assert!(!refusal(r#"{"secret":["canary"]}"#).contains("canary"));
        assert!(
            read::<Sample>(br#"{"secret":"canary"}"#).is_ok_and(|sample| !format!("{sample:?}")
                .contains("canary")
                && sample.secret.is_some())
        );
    }

    #[test]
    fn only_json_is_json() {
        assert!(is_json(b"application/json; charset=utf-8"));
        assert!(!is_json(b"text/plain"));
        assert!(!is_json(b"application/jsonp"));
    }
}
