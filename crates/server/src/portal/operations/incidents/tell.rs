//! `/portal/operations/status/{id}/update` and `/edit`: how it goes on, and what was written wrong.

use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::Response;
use store::{Incident, IncidentChange, IncidentState, StoreError};

use super::{form, incident, of, shown};
use crate::context::Context;
use crate::pages::Problem;
use crate::people::once;
use crate::portal::access::Manager;
use crate::portal::form::Form;
use crate::status::incidents::{self, Field, NotTold};

/// `POST /portal/operations/status/{id}/update`
pub async fn update(context: Context, Path(id): Path<String>, request: Request) -> Response {
    let (manager, found, typed) = match received(context, &id, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let context = &manager.visit.context;
    let (session, presented) = (&manager.session, typed.get("once"));
    let Some(update_id) = once::open(context, session, form::PURPOSE, presented) else {
        return manager.visit.too_old();
    };
    let done = match IncidentState::of(typed.get("state")) {
        None => Err(Ok((Field::State, Problem::of("incident-state-unfit")))),
        Some(state) => {
            let (platform, issuer) = (&context.platform, &context.issuer);
            let what = (state, typed.get("text"));
            let event = |name| manager.audit(name);
            incidents::tell(platform, issuer, &found, &update_id, what, event)
                .await
                .map_err(form::field_of)
        }
    };
    answer(&manager, &found, &typed, (done, "done-incident-told")).await
}

/// `POST /portal/operations/status/{id}/edit`
pub async fn edit(context: Context, Path(id): Path<String>, request: Request) -> Response {
    let (manager, found, typed) = match received(context, &id, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let context = &manager.visit.context;
    let done = match read(&found, &typed) {
        Err(problem) => Err(Ok(problem)),
        Ok(change) => {
            let (platform, issuer) = (&context.platform, &context.issuer);
            let audit = manager.audit("incident.updated");
            let changed: Result<(), NotTold> =
                incidents::change(platform, issuer, &found, change, audit).await;
            changed.map_err(form::field_of)
        }
    };
    answer(&manager, &found, &typed, (done, "done-incident-changed")).await
}

async fn received(
    context: Context,
    id: &str,
    request: Request,
) -> Result<(Manager, Incident, Form), Response> {
    let (manager, typed) = Manager::of_staff_form(context, request).await?;
    let found = incident(&manager, id).await?;
    Ok((manager, found, typed))
}

/// A field that is left empty keeps what was there before; a browser writes no seconds, so a time that was not touched stays.
fn read(incident: &Incident, typed: &Form) -> Result<IncidentChange, (Field, Problem)> {
    let kept = |read: Option<i64>, before: i64| match read {
        Some(read) if read != before - before.rem_euclid(60_000) => read,
        _ => before,
    };
    let starts_at = form::time(Field::Starts, typed.get("starts_at"))?;
    let ends_at = form::time(Field::Ends, typed.get("ends_at"))?;
    Ok(IncidentChange {
        title: typed.get("title").to_owned(),
        components: typed.all("component").map(str::to_owned).collect(),
        starts_at: kept(starts_at, incident.starts_at),
        ends_at: match incident.ends_at {
            Some(before) => Some(kept(ends_at, before)),
            None => ends_at,
        },
    })
}

/// What came of a form: done, a problem beside a field, or the database.
type Done = Result<(), Result<(Field, Problem), StoreError>>;

async fn answer(
    manager: &Manager,
    before: &Incident,
    typed: &Form,
    (done, sentence): (Done, &'static str),
) -> Response {
    let conflict = match done {
        Ok(()) => None,
        Err(Err(StoreError::Refused(_))) => Some(Problem::of("incident-conflict")),
        Err(Err(error)) => return manager.visit.unavailable(&error),
        Err(Ok(problem)) => return refuse(manager, before, typed, problem),
    };
    let now = match incident(manager, &before.id).await {
        Ok(now) => now,
        Err(response) => return response,
    };
    let Some(conflict) = conflict else {
        return of(manager, &now, StatusCode::OK, Some(sentence));
    };
    match form::begun(manager, &now) {
        Ok(form) => {
            let more = (form, None, Some(conflict));
            shown(manager, &now, StatusCode::CONFLICT, more)
        }
        Err(error) => manager.visit.unavailable(&error),
    }
}

fn refuse(
    manager: &Manager,
    incident: &Incident,
    typed: &Form,
    problem: (Field, Problem),
) -> Response {
    let mut filled = match form::begun(manager, incident) {
        Ok(form) => form,
        Err(error) => return manager.visit.unavailable(&error),
    };
    // Each of the two forms has fields of its own; the other one stays as it was.
    match typed.all("text").next() {
        Some(_) => form::told(&mut filled, typed),
        None => form::about(&mut filled, typed),
    }
    form::mark(&mut filled, problem);
    let more = (filled, None, None);
    shown(manager, incident, StatusCode::BAD_REQUEST, more)
}
