//! A request as a file for support. Taking it away is noted.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use store::{AuditEvent, Client, RequestRecord};

use crate::portal::access::Manager;
use crate::portal::credentials::show::about;
use crate::request_records::{text, xml};

/// The files there are.
#[derive(Clone, Copy, Debug)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Xml,
}

impl Format {
    /// `id.txt` as the id and the format.
    pub fn of(name: &str) -> (&str, Option<Self>) {
        match name.rsplit_once('.') {
            Some((id, "txt")) => (id, Some(Self::Text)),
            Some((id, "xml")) => (id, Some(Self::Xml)),
            _ => (name, None),
        }
    }
}

/// The file.
pub async fn file(
    manager: &Manager,
    record: &RequestRecord,
    client: &Client,
    format: Format,
) -> Response {
    let context = &manager.visit.context;
    let (written, content_type, ending) = match format {
        Format::Text => (
            text(context.issuer.realm(), record),
            "text/plain; charset=utf-8",
            "txt",
        ),
        Format::Xml => (
            xml(context.issuer.realm(), record),
            "application/xml; charset=utf-8",
            "xml",
        ),
    };
    let audit = AuditEvent {
        details: serde_json::json!({ "request": record.id, "format": ending }).to_string(),
        ..about(manager, client, "request.exported")
    };
    if let Err(error) = context.platform.store.record(audit).await {
        return manager.visit.unavailable(&error);
    }
    let mut response = Response::new(Body::from(written));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    // The name is hex digits.
    let disposition = format!("attachment; filename=\"request-{}.{ending}\"", record.id);
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
