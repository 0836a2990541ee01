//! `/admin/v1/incidents`: what everyone is told on the status page of an environment.

pub mod change;
pub mod create;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use store::{Incident, IncidentFilter, IncidentState, Millis};
use utoipa::{IntoParams, ToSchema};

use super::credentials::issuer_of;
use super::operator::Operator;
use super::paging;
use super::parameters::{Named, Parameters};
use super::problem::Problem;
use super::scopes::ReadIncidents;
use crate::clock::rfc3339;
use crate::platform::{Issuer, Platform};
use crate::status::incidents::{self, NotTold};

/// Which incidents.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// The environment's name; may be left out where there is one.
    environment: Option<String>,
    /// True: only what is not over. Maintenance is over when its time has passed.
    #[serde(default)]
    open: bool,
    /// Where the page begins: from the header `Link` of the page before.
    cursor: Option<String>,
    /// Rows of a page at most; 100 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// What was told at one moment.
#[derive(Serialize, ToSchema)]
#[schema(as = IncidentUpdate)]
pub struct UpdateView {
    #[schema(format = DateTime)]
    at: String,
    state: &'static str,
    text: String,
}

/// An incident or maintenance.
#[derive(Serialize, ToSchema)]
#[schema(as = Incident)]
pub struct IncidentView {
    id: String,
    environment: String,
    /// incident or maintenance.
    kind: &'static str,
    title: String,
    /// Ids as `/status.json` has them.
    components: Vec<String>,
    /// investigating, identified, monitoring, resolved; of maintenance scheduled, resolved.
    state: &'static str,
    #[schema(format = DateTime)]
    starts_at: String,
    /// Of maintenance.
    #[schema(format = DateTime)]
    ends_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    #[schema(format = DateTime)]
    resolved_at: Option<String>,
    /// Where everyone reads it.
    url: String,
    /// Oldest first.
    updates: Vec<UpdateView>,
}

/// Lists incidents and maintenance, newest first.
#[utoipa::path(
    get, path = "/incidents", operation_id = "listIncidents", tag = "incidents",
    params(Listing),
    responses((status = 200, description = "A page", body = [IncidentView])),
    security(("operator" = ["incidents:read"])),
)]
pub async fn list(
    State(platform): State<Arc<Platform>>,
    operator: Operator<ReadIncidents>,
    Parameters(listing): Parameters<Listing>,
) -> Result<Response, Problem> {
    let limit = paging::limit(listing.limit)?;
    let issuer = environment_of(&platform, listing.environment.as_deref())?;
    let now = operator.arrival.now;
    let filter = IncidentFilter {
        // What ends now is over.
        not_over_at: listing.open.then_some(now + 1),
        before: paging::read_cursor(listing.cursor.as_deref())?,
    };
    let store = platform.store.in_environment(issuer.name());
    let mut found = store.list_incidents(&filter, limit + 1).await?;
    let next = paging::cut(&mut found, limit, |last| paging::write_cursor(&last.id))?;
    let rows: Vec<_> = found
        .into_iter()
        .map(|incident| IncidentView::of(issuer, incident))
        .collect();
    let limit = limit.to_string();
    let query = [
        ("environment", listing.environment.as_deref()),
        ("open", listing.open.then_some("true")),
        ("limit", Some(limit.as_str())),
    ];
    Ok(paging::page("incidents", &query, &rows, next))
}

/// Shows one with all that was told of it.
#[utoipa::path(
    get, path = "/incidents/{id}", operation_id = "showIncident", tag = "incidents",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "All of it", body = IncidentView)),
    security(("operator" = ["incidents:read"])),
)]
pub async fn show(
    State(platform): State<Arc<Platform>>,
    _: Operator<ReadIncidents>,
    Named(id): Named,
) -> Result<Json<IncidentView>, Problem> {
    let (issuer, incident) = find(&platform, &id).await?;
    Ok(Json(IncidentView::of(issuer, incident)))
}

/// The environment of a name, or the only one.
fn environment_of<'p>(
    platform: &'p Platform,
    name: Option<&str>,
) -> Result<&'p Arc<Issuer>, Problem> {
    match (name, platform.issuers.as_slice()) {
        (Some(name), _) => issuer_of(platform, name),
        (None, [only]) => Ok(only),
        (None, _) => Err(Problem::bad_request(
            "Name the environment (`--environment E`) whose status page is meant.",
        )),
    }
}

/// One, wherever it was told.
async fn find<'p>(
    platform: &'p Platform,
    id: &str,
) -> Result<(&'p Arc<Issuer>, Incident), Problem> {
    for issuer in &platform.issuers {
        let store = platform.store.in_environment(issuer.name());
        if let Some(incident) = store.find_incident(id).await? {
            return Ok((issuer, incident));
        }
    }
    Err(Problem::not_found("There is no incident with this id."))
}

fn state(word: &str) -> Result<IncidentState, Problem> {
    IncidentState::of(word).ok_or_else(|| {
        Problem::bad_request("A state is investigating, identified, monitoring or resolved.")
    })
}

fn moment(member: &str, text: Option<&str>) -> Result<Option<Millis>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let read = incidents::moment(text);
    let unread = || Problem::bad_request(format!("{member} is no time like 2026-11-27T02:00:00Z."));
    read.map(Some).ok_or_else(unread)
}

impl From<NotTold> for Problem {
    fn from(refusal: NotTold) -> Self {
        match refusal {
            NotTold::Unfit { unfit, .. } => unfit.into(),
            NotTold::Store(error) => error.into(),
        }
    }
}

impl IncidentView {
    fn of(issuer: &Issuer, incident: Incident) -> Self {
        let updates = incident.updates.into_iter().map(|update| UpdateView {
            at: rfc3339(update.at),
            state: update.state.as_str(),
            text: update.text,
        });
        Self {
            url: format!("{}#i-{}", issuer.url("/status"), incident.id),
            environment: issuer.realm().to_owned(),
            id: incident.id,
            kind: incident.kind.as_str(),
            title: incident.title,
            components: incident.components,
            state: incident.state.as_str(),
            starts_at: rfc3339(incident.starts_at),
            ends_at: incident.ends_at.map(rfc3339),
            created_at: rfc3339(incident.created_at),
            updated_at: rfc3339(incident.updated_at),
            resolved_at: incident.resolved_at.map(rfc3339),
            updates: updates.collect(),
        }
    }
}
