//! `/portal/operations/status`: what staff tells everyone, for this environment.

mod form;
pub mod new;
pub mod tell;

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::{Incident, IncidentFilter, IncidentState};

use crate::context::Context;
use crate::pages::{IncidentForm, IncidentRow, Incidents, Problem, ShownIncident, Told};
use crate::portal::access::{Manager, back_to, nothing_here};
use crate::portal::status::cards;
use crate::random::canonical_uuid;

/// Rows of a page.
const ROWS: u32 = 25;
/// Where they are.
const LIST: &str = "/portal/operations/status";

/// `GET /portal/operations/status`
pub async fn list(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let manager = match Manager::of_staff(context, headers, LIST).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    let query = query.unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let after = pairs.find(|(name, _)| name == "after");
    let before = after.and_then(|(_, id)| canonical_uuid(&id));
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let filter = IncidentFilter {
        not_over_at: None,
        before,
    };
    let mut found = match store.list_incidents(&filter, ROWS + 1).await {
        Ok(found) => found,
        Err(error) => return manager.visit.unavailable(&error),
    };
    let more = found.len() > ROWS as usize;
    found.truncate(ROWS as usize);
    let row = |incident: &Incident| IncidentRow {
        id: incident.id.clone(),
        kind: incident.kind.as_str(),
        title: incident.title.clone(),
        state: cards::state(incident, context.now),
        starts_at: incident.starts_at,
        updated_at: incident.updated_at,
    };
    let page = Incidents {
        shell: manager.shell("incidents"),
        rows: found.iter().map(row).collect(),
        is_later: filter.before.is_some(),
        next: found.last().filter(|_| more).map(|last| last.id.clone()),
    };
    manager.visit.show(StatusCode::OK, &page)
}

/// `GET /portal/operations/status/{id}`
pub async fn show(context: Context, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let manager = match Manager::of_staff(context, headers, &back_to(LIST, &id, "")).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    match incident(&manager, &id).await {
        Ok(found) => of(&manager, &found, StatusCode::OK, None),
        Err(response) => response,
    }
}

/// The one of an id, in this environment.
async fn incident(manager: &Manager, id: &str) -> Result<Incident, Response> {
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let id = canonical_uuid(id).ok_or_else(|| nothing_here(&manager.visit))?;
    let found = store.find_incident(&id).await;
    found
        .map_err(|error| manager.visit.unavailable(&error))?
        .ok_or_else(|| nothing_here(&manager.visit))
}

/// Its page, with what was just done.
fn of(
    manager: &Manager,
    incident: &Incident,
    status: StatusCode,
    done: Option<&'static str>,
) -> Response {
    let form = match form::begun(manager, incident) {
        Ok(form) => form,
        Err(error) => return manager.visit.unavailable(&error),
    };
    let done = done.map(|sentence| Told {
        sentence,
        number: 0,
    });
    shown(manager, incident, status, (form, done, None))
}

/// Its page, with forms as they are filled in.
fn shown(
    manager: &Manager,
    incident: &Incident,
    status: StatusCode,
    (form, done, problem): (IncidentForm, Option<Told>, Option<Problem>),
) -> Response {
    let context = &manager.visit.context;
    let components = context.issuer.status.components();
    let is_over = incident.state == IncidentState::Resolved;
    let page = ShownIncident {
        shell: manager.shell("incidents"),
        card: cards::card(components, incident, context.now),
        form: (!is_over).then_some(form),
        done,
        problem,
    };
    manager.visit.show(status, &page)
}
