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
        let written = media_type(headers);
        match written {
            // As nearly everybody writes them: nothing has to be put into lower case for these.
            "" => Self::Other,
            "application/json" => Self::Json,
            "application/x-www-form-urlencoded" => Self::Form,
            _ => Self::of_essence(&essence_of(written)),
        }
    }

    fn of_essence(essence: &str) -> Self {
        match essence {
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

/// The media type without its parameters, in lower case; as much of it as can be one.
pub fn essence(headers: &HeaderMap) -> String {
    essence_of(media_type(headers))
}

fn essence_of(written: &str) -> String {
    let essence = written.chars().take(80).collect::<String>();
    essence.to_ascii_lowercase()
}

/// The media type as it was written, without its parameters.
fn media_type(headers: &HeaderMap) -> &str {
    let text = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    text.split(';').next().unwrap_or_default().trim()
}
