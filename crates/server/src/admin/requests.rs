//! The latest requests of credentials, for a talk with support: listed by credential, shown or taken away by name.
//!
//! They have a scope of their own: whoever may see which credentials there are need not see what is said with them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use store::{AuditEvent, EnvironmentName, RequestRecord};
use utoipa::{IntoParams, ToSchema};

use super::credentials::{bring_uses_up_to_date, environments, locate};
use super::operator::Operator;
use super::paging;
use super::parameters::{Named, Parameters};
use super::problem::Problem;
use super::scopes::ReadRequests;
use crate::clock::rfc3339;
use crate::platform::Platform;
use crate::request_records::{Exchange, Message, text, xml};

/// Which requests of a credential.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Where, when several environments have a client of this id.
    environment: Option<String>,
    /// True: only those that were refused.
    failures: Option<bool>,
    /// Where the page begins: from the header `Link` of the page before.
    cursor: Option<String>,
    /// Rows of a page at most; 100 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Which request, and as what.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// Only in this environment; in all of them when left out.
    environment: Option<String>,
    /// As a file instead of JSON.
    #[param(inline)]
    format: Option<Format>,
}

/// How a request is answered.
#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq, ToSchema)]
#[schema(as = RequestFormat)]
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
#[derive(Serialize, ToSchema)]
#[schema(as = RecordedRequest)]
pub struct RequestView {
    /// Its `X-Request-Id`.
    id: String,
    #[schema(format = DateTime)]
    at: String,
    environment: String,
    credential: String,
    /// `answered`, `refused`, or `unproven`: sent in the credential's name by somebody who did not prove to be it.
    kind: &'static str,
    /// `token` or `gateway`.
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
    request: Option<MessageView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<MessageView>,
}

/// A request or an answer, secrets blotted out.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordedMessage)]
pub struct MessageView {
    /// Name and value of each field, in their order.
    headers: Vec<[String; 2]>,
    /// In brackets where it is not kept, and why.
    body: String,
}

/// Lists the latest requests of a credential, newest first.
#[utoipa::path(
    get, path = "/credentials/{id}/requests", operation_id = "listRequests", tag = "requests",
    params(("id" = String, Path, description = "UUID or client id"), Listing),
    responses((status = 200, description = "A page", body = [RequestView])),
    security(("operator" = ["requests:read"])),
)]
pub async fn list(
    State(platform): State<Arc<Platform>>,
    _: Operator<ReadRequests>,
    Named(id): Named,
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
    let next = paging::cut(&mut found, limit, |last| paging::write_cursor(&last.id))?;
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

/// Shows a request with its answer, secrets blotted out.
///
/// Taking it away as a file stands in the audit trail.
#[utoipa::path(
    get, path = "/requests/{id}", operation_id = "showRequest", tag = "requests",
    params(("id" = String, Path, description = "`X-Request-Id` of its answer"), Shown),
    responses((status = 200, description = "Both halves", content(
        (RequestView = "application/json"), (String = "text/plain; charset=utf-8"), (String = "application/xml; charset=utf-8"),
    ))),
    security(("operator" = ["requests:read"])),
)]
pub async fn show(
    State(platform): State<Arc<Platform>>,
    operator: Operator<ReadRequests>,
    Named(id): Named,
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
                request: Some(exchange.request.into()),
                answer: Some(exchange.answer.into()),
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

impl From<Message> for MessageView {
    fn from(message: Message) -> Self {
        let headers = message.headers.into_iter();
        Self {
            headers: headers.map(|(name, value)| [name, value]).collect(),
            body: message.body,
        }
    }
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
