//! What a reader may keep, and asks about again by its mark (RFC 9110 §8.8.3, §13.1.2).

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The mark of a text.
pub struct Kept(String);

impl Kept {
    /// Its mark: other texts have others.
    pub fn of(text: &[u8]) -> Self {
        let hash = digest(&SHA256, text);
        let hash = hash.as_ref().get(..16).unwrap_or_default();
        Self(format!("\"{}\"", URL_SAFE_NO_PAD.encode(hash)))
    }

    /// The text, or that nothing has changed for whoever has it already.
    pub fn answer(&self, asked: &HeaderMap, body: Body, may: &'static str) -> Response {
        let known = asked
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|mark| mark.trim().trim_start_matches("W/"))
            .any(|mark| mark == self.0 || mark == "*");
        let mut response = if known {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            Response::new(body)
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(may));
        if let Ok(mark) = HeaderValue::from_str(&self.0) {
            headers.insert(header::ETAG, mark);
        }
        response
    }
}
