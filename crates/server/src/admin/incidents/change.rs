//! How an incident goes on, and what was written wrong.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use store::IncidentChange;
use utoipa::ToSchema;

use super::{IncidentView, find, moment, state};
use crate::admin::body::Body;
use crate::admin::description::Conflict;
use crate::admin::idempotency::{IdempotencyKey, Repeatable};
use crate::admin::operator::Operator;
use crate::admin::parameters::Named;
use crate::admin::problem::Problem;
use crate::admin::scopes::WriteIncidents;
use crate::platform::Platform;
use crate::status::incidents;

/// How it goes on.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewIncidentUpdate)]
#[serde(deny_unknown_fields)]
pub struct Update {
    /// As it was, when left out; `resolved` ends it.
    #[schema(pattern = "^(investigating|identified|monitoring|scheduled|resolved)$")]
    state: Option<String>,
    /// Plain text of at most 2,000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// All that can be corrected. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = IncidentEdit)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// One line of at most 200 characters.
    title: Option<String>,
    /// Ids as `/status.json` has them.
    components: Option<Vec<String>>,
    /// RFC 3339.
    #[schema(format = DateTime)]
    starts_at: Option<String>,
    /// Of maintenance.
    #[schema(format = DateTime)]
    ends_at: Option<String>,
}

/// Tells how an incident goes on, or that it is over.
#[utoipa::path(
    post, path = "/incidents/{id}/updates", operation_id = "updateIncident", tag = "incidents",
    params(("id" = String, Path, description = "Its id"), IdempotencyKey),
    request_body = Update,
    responses((status = 201, description = "As it is told now", body = IncidentView), Conflict),
    security(("operator" = ["incidents:write"])),
)]
pub async fn update(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteIncidents>,
    Named(id): Named,
    Repeatable { asked, once }: Repeatable<Update>,
) -> Result<Response, Problem> {
    let told = |platform, operator, update_id| tell(platform, operator, (id, update_id), asked);
    once.answer(platform, operator, StatusCode::CREATED, told)
        .await
}

async fn tell(
    platform: Arc<Platform>,
    operator: Operator<WriteIncidents>,
    (id, update_id): (String, String),
    asked: Update,
) -> Result<IncidentView, Problem> {
    let (issuer, incident) = find(&platform, &id).await?;
    let state = match asked.state.as_deref() {
        Some(word) => state(word)?,
        None => incident.state,
    };
    let what = (state, asked.text.as_str());
    let event = |name| operator.audit(name);
    incidents::tell(&platform, issuer, &incident, &update_id, what, event).await?;
    let (issuer, incident) = find(&platform, &id).await?;
    Ok(IncidentView::of(issuer, incident))
}

/// Corrects title, components and times; what was told stays.
#[utoipa::path(
    patch, path = "/incidents/{id}", operation_id = "editIncident", tag = "incidents",
    params(("id" = String, Path, description = "Its id")),
    request_body = Option<Edit>,
    responses((status = 200, description = "As it is told now", body = IncidentView), Conflict),
    security(("operator" = ["incidents:write"])),
)]
pub async fn edit(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteIncidents>,
    Named(id): Named,
    Body(asked): Body<Edit>,
) -> Result<Json<IncidentView>, Problem> {
    let (issuer, incident) = find(&platform, &id).await?;
    let starts_at = moment("starts_at", asked.starts_at.as_deref())?;
    let ends_at = moment("ends_at", asked.ends_at.as_deref())?;
    let change = IncidentChange {
        title: asked.title.unwrap_or_else(|| incident.title.clone()),
        components: asked
            .components
            .unwrap_or_else(|| incident.components.clone()),
        starts_at: starts_at.unwrap_or(incident.starts_at),
        ends_at: ends_at.or(incident.ends_at),
    };
    let audit = operator.audit("incident.updated");
    incidents::change(&platform, issuer, &incident, change, audit).await?;
    let (issuer, incident) = find(&platform, &id).await?;
    Ok(Json(IncidentView::of(issuer, incident)))
}
