//! `POST /admin/v1/incidents`

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use store::{IncidentKind, IncidentState};
use utoipa::ToSchema;

use super::{IncidentView, environment_of, find, moment, state};
use crate::admin::idempotency::{IdempotencyKey, Repeatable, Told};
use crate::admin::operator::Operator;
use crate::admin::problem::Problem;
use crate::admin::scopes::WriteIncidents;
use crate::platform::Platform;
use crate::status::incidents::{self, Asked};

/// What is to be told.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewIncident, example = json!({
    "environment": "production", "title": "Tokens are slow", "components": ["tokens"], "text": "We are looking for the cause.",
}))]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The environment's name; may be left out where there is one.
    environment: Option<String>,
    /// incident or maintenance; incident when left out.
    #[schema(pattern = "^(incident|maintenance)$")]
    kind: Option<String>,
    /// One line of at most 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// Ids as `/status.json` has them.
    #[serde(default)]
    components: Vec<String>,
    /// investigating, identified, monitoring or resolved; investigating when left out. Maintenance is scheduled.
    #[schema(pattern = "^(investigating|identified|monitoring|scheduled|resolved)$")]
    state: Option<String>,
    /// RFC 3339; now when left out. Of maintenance: when it is to begin.
    #[schema(format = DateTime)]
    starts_at: Option<String>,
    /// Of maintenance, which needs it: when it is to end.
    #[schema(format = DateTime)]
    ends_at: Option<String>,
    /// What is told of it first: plain text of at most 2,000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

impl Told for IncidentView {
    const ONCE: &'static [&'static str] = &[];
}

/// Tells of an incident, or announces maintenance.
///
/// Everyone can read it as soon as it is answered.
#[utoipa::path(
    post, path = "/incidents", operation_id = "createIncident", tag = "incidents",
    params(IdempotencyKey),
    request_body = Wanted,
    responses((status = 201, description = "As it is told", body = IncidentView), crate::admin::description::Conflict),
    security(("operator" = ["incidents:write"])),
)]
pub async fn create(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteIncidents>,
    Repeatable { asked, once }: Repeatable<Wanted>,
) -> Result<Response, Problem> {
    let made = |platform, operator, id| make(platform, operator, asked, id);
    once.answer(platform, operator, StatusCode::CREATED, made)
        .await
}

async fn make(
    platform: Arc<Platform>,
    operator: Operator<WriteIncidents>,
    wanted: Wanted,
    id: String,
) -> Result<IncidentView, Problem> {
    let issuer = environment_of(&platform, wanted.environment.as_deref())?;
    let kind = match wanted.kind.as_deref() {
        None => IncidentKind::Incident,
        Some(word) => IncidentKind::of(word)
            .ok_or_else(|| Problem::bad_request("A kind is incident or maintenance."))?,
    };
    let asked = Asked {
        kind,
        title: wanted.title,
        components: wanted.components,
        state: match wanted.state.as_deref() {
            Some(word) => state(word)?,
            None => IncidentState::Investigating,
        },
        starts_at: moment("starts_at", wanted.starts_at.as_deref())?,
        ends_at: moment("ends_at", wanted.ends_at.as_deref())?,
        text: wanted.text,
    };
    let (now, audit) = (operator.arrival.now, operator.audit("incident.opened"));
    incidents::open(&platform, issuer, asked, &id, now, audit).await?;
    let (issuer, incident) = find(&platform, &id).await?;
    Ok(IncidentView::of(issuer, incident))
}
