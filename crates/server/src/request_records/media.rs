//! What kind of body a head announces: what can be read, and so blotted out, is kept; of the rest only how long it was.

use axum::http::{HeaderMap, header};

/// Kinds of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `application/json`, `application/problem+json`, …
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `application/xml`, `text/xml`, `application/soap+xml`, …
    Xml,
    /// `text/plain`, `text/html`, …
    Text,
    /// Anything else, and whatever is compressed.
    Other,
}

impl Kind {
    /// As the head says.
    pub fn of(headers: &HeaderMap) -> Self {
        let is_coded = headers
            .get(header::CONTENT_ENCODING)
            .is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"));
        if is_coded {
            return Self::Other;
        }
        match essence(headers).as_str() {
            "application/json" => Self::Json,
            "application/x-www-form-urlencoded" => Self::Form,
            "application/xml" | "text/xml" => Self::Xml,
            other if other.ends_with("+json") => Self::Json,
            other if other.ends_with("+xml") => Self::Xml,
            // Its names stand in another line than its values.
            "text/csv" | "text/tab-separated-values" => Self::Other,
            other if other.starts_with("text/") => Self::Text,
            _ => Self::Other,
        }
    }
}

/// The media type without its parameters; as much of it as can be one.
pub fn essence(headers: &HeaderMap) -> String {
    let text = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence
        .chars()
        .take(80)
        .collect::<String>()
        .to_ascii_lowercase()
}
