//! The latest requests of credentials, for a talk with support: listed by credential, shown or taken away by name.
//!
//! They have a scope of their own: whoever may see which credentials there are need not see what is said with them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use store::{AuditEvent, EnvironmentName, RequestRecord};

use super::credentials::{bring_uses_up_to_date, environments, locate};
use super::operator::Operator;
use super::paging;
use super::parameters::Parameters;
use super::problem::Problem;
use super::scopes::ReadRequests;
use crate::clock::rfc3339;
use crate::platform::Platform;
use crate::request_records::{Exchange, Message, text, xml};

/// Which requests of a credential.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    environment: Option<String>,
    failures: Option<bool>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// Which request, and as what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    environment: Option<String>,
    format: Option<Format>,
}

/// How a request is answered.
#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For programs.
    #[default]
    Json,
    /// As the portal's `.txt`.
    Txt,
    /// As the portal's `.xml`.
    Xml,
}

/// A request as it is answered.
#[derive(Serialize)]
pub struct RequestView {
    id: String,
    at: String,
    environment: String,
    credential: String,
    /// `answered`, `refused`, or `unproven`: sent in the credential's name by somebody who did not prove to be it.
    kind: &'static str,
    door: String,
    method: String,
    path: String,
    status: u16,
    reason: Option<String>,
    microseconds: u64,
    remote_address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Message>,
}

/// `GET /admin/v1/credentials/{id}/requests`: newest first.
pub async fn list(
    State(platform): State<Arc<Platform>>,
    _: Operator<ReadRequests>,
    Path(id): Path<String>,
    Parameters(listing): Parameters<Listing>,
) -> Result<Response, Problem> {
    let limit = paging::limit(listing.limit)?;
    let before: Option<String> = paging::read_cursor(listing.cursor.as_deref())?;
    bring_uses_up_to_date(&platform).await;
    let (environment, client) = locate(&platform, &id, listing.environment.as_deref()).await?;
    let failures = listing.failures.unwrap_or_default();
    let uuid = client.credential.uuid;
    let mut found = platform
        .store
        .in_environment(&environment)
        .requests_of_credential(&uuid, failures, before.as_deref(), limit + 1)
        .await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = match found.last() {
        Some(last) if more => Some(paging::write_cursor(&last.id)?),
        _ => None,
    };
    let rows: Vec<_> = found
        .into_iter()
        .map(|record| RequestView::of(&environment, record))
        .collect();
    let limit = limit.to_string();
    let query = [
        ("environment", listing.environment.as_deref()),
        ("failures", failures.then_some("true")),
        ("limit", Some(&*limit)),
    ];
    let path = format!("credentials/{uuid}/requests");
    Ok(paging::page(&path, &query, &rows, next))
}

/// `GET /admin/v1/requests/{id}`: with both halves, secrets blotted out. Taking it away as a file is noted.
pub async fn show(
    State(platform): State<Arc<Platform>>,
    operator: Operator<ReadRequests>,
    Path(id): Path<String>,
    Parameters(shown): Parameters<Shown>,
) -> Result<Response, Problem> {
    bring_uses_up_to_date(&platform).await;
    let id = id.to_ascii_lowercase();
    for issuer in environments(&platform, shown.environment.as_deref())? {
        let environment = issuer.name();
        let store = platform.store.in_environment(environment);
        let Some(record) = store.find_request(&id).await? else {
            continue;
        };
        let format = shown.format.unwrap_or_default();
        if format == Format::Json {
            let exchange = Exchange::of(&record);
            let view = RequestView {
                query: exchange.query,
                request: Some(exchange.request),
                answer: Some(exchange.answer),
                ..RequestView::of(environment, record)
            };
            return Ok(Json(view).into_response());
        }
        let owner = store.find_client_by_uuid(&record.credential_uuid).await?;
        let audit = AuditEvent {
            environment: Some(environment.clone()),
            account_id: owner.map(|client| client.credential.account_id),
            subject: Some(record.credential_uuid.clone()),
            details: serde_json::json!({ "request": record.id }).to_string(),
            ..operator
                .arrival
                .audit("request.exported", operator.actor.clone())
        };
        platform.store.record(audit).await?;
        return Ok(file(environment, &record, format));
    }
    Err(Problem::not_found(
        "There is no request of this id, or it is no longer kept.",
    ))
}

fn file(environment: &EnvironmentName, record: &RequestRecord, format: Format) -> Response {
    let (written, content_type) = match format {
        Format::Xml => (
            xml(environment.as_str(), record),
            "application/xml; charset=utf-8",
        ),
        Format::Txt | Format::Json => (
            text(environment.as_str(), record),
            "text/plain; charset=utf-8",
        ),
    };
    let mut response = written.into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

impl RequestView {
    fn of(environment: &EnvironmentName, record: RequestRecord) -> Self {
        Self {
            id: record.id,
            at: rfc3339(record.at),
            environment: environment.as_str().to_owned(),
            credential: record.credential_uuid,
            kind: record.kind.as_str(),
            door: record.door,
            method: record.method,
            path: record.path,
            status: record.status,
            reason: record.reason,
            microseconds: record.microseconds,
            remote_address: record.remote_address,
            query: None,
            request: None,
            answer: None,
        }
    }
}
