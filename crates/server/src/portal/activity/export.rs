//! The same as a file: CSV for spreadsheets, JSON lines for programs. Written page by page while it is read.

use axum::body::{Body, Bytes};
use axum::extract::RawQuery;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use futures_util::stream;
use serde::Serialize;
use store::{ActivityFilter, StoreError, StoredAuditEvent};

use super::actors::Actors;
use super::{filter, read};
use crate::clock::rfc3339;
use crate::context::Context;
use crate::portal::access::Manager;

/// Rows read at once.
const AT_ONCE: u32 = 1_000;

/// An event in a file.
#[derive(Serialize)]
struct Line {
    at: String,
    event: String,
    actor: String,
    subject: String,
    remote_address: String,
    request_id: String,
    details: String,
}

#[derive(Clone, Copy)]
enum Format {
    Csv,
    JsonLines,
}

/// `GET /portal/activity.csv`
pub async fn csv(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let format = Format::Csv;
    export(context, headers, query, "/portal/activity.csv", format).await
}

/// `GET /portal/activity.jsonl`
pub async fn json_lines(
    context: Context,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let format = Format::JsonLines;
    export(context, headers, query, "/portal/activity.jsonl", format).await
}

async fn export(
    context: Context,
    headers: HeaderMap,
    query: Option<String>,
    path: &str,
    format: Format,
) -> Response {
    let manager = match Manager::of_request(context, headers, path).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    let filter = filter(&manager, &read(query.as_deref()));
    let actors = Actors::seen_from(manager.account_id());
    let audit = manager.audit("activity.exported");
    if let Err(error) = manager.visit.context.platform.store.record(audit).await {
        return manager.visit.unavailable(&error);
    }
    let (content_type, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "activity.csv"),
        Format::JsonLines => ("application/jsonl; charset=utf-8", "activity.jsonl"),
    };
    let mut response = Response::new(body(manager.visit.context, filter, format, actors));
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// Newest first, until there are no more. A database that fails in the middle breaks the file off, so that nobody takes it
/// for whole.
fn body(context: Context, filter: ActivityFilter, format: Format, actors: Actors) -> Body {
    let begin = (context, Some(filter), actors, true);
    let pages = stream::try_unfold(
        begin,
        move |(context, filter, mut actors, is_first)| async move {
            let Some(filter) = filter else {
                return Ok(None);
            };
            let store = context.platform.store.in_environment(context.issuer.name());
            let found = store.activity(filter.clone(), AT_ONCE).await?;
            let last = found.last().map(|event| event.sequence);
            let next = last
                .filter(|_| found.len() == AT_ONCE as usize)
                .map(|before| ActivityFilter {
                    before: Some(before),
                    ..filter
                });
            let mut shown = Vec::with_capacity(found.len());
            for event in found {
                shown.push(actors.without_staff(&store, event).await?);
            }
            let written = Bytes::from(write(shown, format, is_first));
            Ok::<_, StoreError>(Some((written, (context, next, actors, false))))
        },
    );
    Body::from_stream(pages)
}

fn write(events: Vec<StoredAuditEvent>, format: Format, with_head: bool) -> Vec<u8> {
    match format {
        Format::JsonLines => {
            let lines = events.into_iter().map(line);
            lines
                .filter_map(|line| serde_json::to_vec(&line).ok())
                .flat_map(|mut line| {
                    line.push(b'\n');
                    line
                })
                .collect()
        }
        Format::Csv => {
            let mut writer = csv::WriterBuilder::new()
                .has_headers(with_head)
                .from_writer(Vec::new());
            for event in events {
                // Into memory: nothing of it can fail.
                let _ = writer.serialize(line(event).harmless());
            }
            writer.into_inner().unwrap_or_default()
        }
    }
}

fn line(event: StoredAuditEvent) -> Line {
    Line {
        at: rfc3339(event.at),
        event: event.event,
        actor: event.actor,
        subject: event.subject.unwrap_or_default(),
        remote_address: event.remote_address.unwrap_or_default(),
        request_id: event.request_id.unwrap_or_default(),
        details: event.details,
    }
}

impl Line {
    /// A cell that begins like a formula is none: spreadsheets run those.
    fn harmless(mut self) -> Self {
        for cell in [&mut self.actor, &mut self.subject, &mut self.details] {
            if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
                cell.insert(0, '\'');
            }
            // Where a semicolon divides cells, none begins in the middle of this one.
            *cell = cell.replace(';', ",");
        }
        self
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn s280_no_cell_is_a_formula_and_no_line_is_broken() {
        let event = |actor: &str, details: &str| StoredAuditEvent {
            sequence: 1,
            at: 0,
            actor: actor.to_owned(),
            environment: None,
            account_id: None,
            event: "credential.created".to_owned(),
            subject: Some("=1+1".to_owned()),
            remote_address: None,
            request_id: None,
            details: details.to_owned(),
        };
        let events = vec![event("@cmd", "{\"name\":\"a, \\\"b\\\"\"}")];
        let text = String::from_utf8(write(events.clone(), Format::Csv, true)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert!(lines[1].contains(",'@cmd,'=1+1,"), "{text}");
        let text = String::from_utf8(write(events, Format::JsonLines, false)).unwrap();
        let value: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!(value["subject"], "=1+1", "JSON keeps what it was");
    }
}
