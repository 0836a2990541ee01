//! `request_iso8601: true`: every date with a time in a JSON answer leaves in the one format `yyyy-MM-ddTHH:mm:ssZ`.
//!
//! The answer streams on: a [`scan::Scan`] looks at it as it passes and holds back no more than the text it is in. Everything
//! that is not wholly a date with a time, in a format of the route's or in ISO 8601, passes byte for byte; so do keys of objects.
//! From the place on where an answer is no JSON, all of it does.
//!
//! The length may change, so none is announced, and no digest of what the upstream sent. Its `ETag` stays: it names the
//! resource's state, which the program may want to name again in `If-Match`. A part of an answer cannot be put together with
//! a rewritten one, so `Accept-Ranges` goes, and answers with ranges are not touched.

mod scan;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};

use axum::http::header::{
    ACCEPT_ENCODING, ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    HeaderMap, HeaderName, HeaderValue, VARY,
};
use axum::http::{Method, StatusCode};
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use crate::config::Route;
use scan::Scan;

/// The header that asks for it, in the platforms' spelling.
pub const HEADER: &str = "request_iso8601";
const NAME: HeaderName = HeaderName::from_static(HEADER);
/// They speak about the bytes that the upstream sent.
const OF_THE_BYTES: [&str; 4] = ["content-md5", "digest", "content-digest", "repr-digest"];

/// Whether a request asks for it: `true` in lower case, once. Everything else is a no.
pub fn are_wanted(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(NAME).iter();
    let first = lines.next();
    first.is_some_and(|value| value == "true") && lines.next().is_none()
}

/// Asks the upstream for an answer that can be read.
pub fn ask_for_plain(headers: &mut HeaderMap) {
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
}

/// Whether an answer is rewritten. Sets its headers so that they fit.
pub fn apply(
    route: &Route,
    wanted: bool,
    method: &Method,
    answer: (StatusCode, &mut HeaderMap),
) -> bool {
    let (status, headers) = answer;
    if !is_json(headers) {
        return false;
    }
    // A cache in between must not give the one who asked what the other one got.
    if wanted || !route.date_time_formats.is_empty() {
        headers.append(VARY, HeaderValue::from_static(HEADER));
    }
    let whole = !matches!(
        status,
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED | StatusCode::PARTIAL_CONTENT
    ) && !headers.contains_key(CONTENT_RANGE);
    let plain = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if !(wanted && whole && plain && *method != Method::HEAD) {
        return false;
    }
    headers.remove(CONTENT_LENGTH);
    headers.remove(ACCEPT_RANGES);
    for name in OF_THE_BYTES {
        headers.remove(name);
    }
    true
}

/// JSON, one document or many in a row, in UTF-8. Not events (`text/event-stream`), whose lines only hold pieces of it.
fn is_json(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(CONTENT_TYPE).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return false;
    };
    let Ok(line) = line.to_str() else {
        return false;
    };
    let line = line.to_ascii_lowercase();
    let mut parts = line.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let json = matches!(
        kind,
        "application/json"
            | "text/json"
            | "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
    ) || (kind.starts_with("application/") && kind.ends_with("+json"));
    json && parts
        .filter_map(|parameter| parameter.strip_prefix("charset="))
        .all(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8" | "us-ascii"))
}

/// An answer's body with its dates and times rewritten.
pub struct Rewritten<B> {
    body: B,
    scan: Option<Scan>,
}

impl<B> Rewritten<B> {
    /// By the formats and the zone of the route.
    pub fn new(body: B, route: Arc<Route>) -> Self {
        Self {
            body,
            scan: Some(Scan::new(route)),
        }
    }
}

impl<B: HttpBody<Data = Bytes> + Unpin> HttpBody for Rewritten<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = &mut *self;
        loop {
            let Some(scan) = &mut this.scan else {
                return Poll::Ready(None);
            };
            let piece = match std::task::ready!(Pin::new(&mut this.body).poll_frame(task)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => scan.pass(&data),
                    Err(_) => continue,
                },
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => {
                    let rest = scan.finish();
                    this.scan = None;
                    rest
                }
            };
            if !piece.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(piece))));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        // What is held back comes after the last byte of what it was made of.
        self.scan.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn nx5_only_true_once_is_true() {
        assert!(are_wanted(&headers(&[("request_iso8601", "true")])));
        for value in ["1", "TRUE", "True", "true,true", "false", "", "yes"] {
            assert!(
                !are_wanted(&headers(&[("request_iso8601", value)])),
                "{value}"
            );
        }
        let twice = [("request_iso8601", "true"), ("request_iso8601", "true")];
        assert!(!are_wanted(&headers(&twice)));
        assert!(!are_wanted(&headers(&[("request-iso8601", "true")])));
    }

    #[test]
    fn nx5_what_is_json_in_utf_8_is_read() {
        for kind in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/problem+json",
            "application/vnd.x+json;charset=\"utf-8\"",
            "application/x-ndjson",
        ] {
            assert!(is_json(&headers(&[("content-type", kind)])), "{kind}");
        }
        for kind in [
            "application/json; charset=utf-16",
            "application/json; charset=iso-8859-1",
            "text/event-stream",
            "text/plain",
            "application/javascript",
            "image/png",
        ] {
            assert!(!is_json(&headers(&[("content-type", kind)])), "{kind}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
