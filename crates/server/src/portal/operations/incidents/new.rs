//! `/portal/operations/status/new`: something new is told, once however often the form is sent.

use axum::extract::{RawQuery, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::{IncidentKind, IncidentState, Refused, StoreError};

use super::{LIST, form, incident, of};
use crate::context::Context;
use crate::pages::{IncidentForm, NewIncidentPage, Problem};
use crate::people::once;
use crate::portal::access::Manager;
use crate::portal::form::Form;
use crate::status::incidents::{self, Asked, Field, NotTold};

/// `GET /portal/operations/status/new`
pub async fn show(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let manager = match Manager::of_staff(context, headers, LIST).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    let kind = match query.as_deref() {
        Some("kind=maintenance") => IncidentKind::Maintenance,
        _ => IncidentKind::Incident,
    };
    match form::empty(&manager, kind) {
        Ok(form) => ask(&manager, form, StatusCode::OK),
        Err(error) => manager.visit.unavailable(&error),
    }
}

/// `POST /portal/operations/status/new`
pub async fn submit(context: Context, request: Request) -> Response {
    let (manager, typed) = match Manager::of_staff_form(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let context = &manager.visit.context;
    let (session, presented) = (&manager.session, typed.get("once"));
    let Some(id) = once::open(context, session, form::PURPOSE, presented) else {
        return manager.visit.too_old();
    };
    let kind = IncidentKind::of(typed.get("kind")).unwrap_or(IncidentKind::Incident);
    let told = match read(kind, &typed) {
        Ok(asked) => {
            let (platform, issuer) = (&context.platform, &context.issuer);
            let audit = manager.audit("incident.opened");
            match incidents::open(platform, issuer, asked, &id, context.now, audit).await {
                // Sent twice, told once.
                Err(NotTold::Store(StoreError::Refused(Refused::Exists(_)))) => Ok(()),
                told => told.map_err(form::field_of),
            }
        }
        Err(problem) => Err(Ok(problem)),
    };
    match told {
        Ok(()) => match incident(&manager, &id).await {
            Ok(made) => of(
                &manager,
                &made,
                StatusCode::CREATED,
                Some("done-incident-opened"),
            ),
            Err(response) => response,
        },
        Err(Ok(problem)) => refuse(&manager, kind, &typed, problem),
        Err(Err(error)) => manager.visit.unavailable(&error),
    }
}

fn read(kind: IncidentKind, typed: &Form) -> Result<Asked, (Field, Problem)> {
    let state = IncidentState::of(typed.get("state"));
    let unfit = || (Field::State, Problem::of("incident-state-unfit"));
    Ok(Asked {
        kind,
        title: typed.get("title").to_owned(),
        components: typed.all("component").map(str::to_owned).collect(),
        state: state.ok_or_else(unfit)?,
        starts_at: form::time(Field::Starts, typed.get("starts_at"))?,
        ends_at: form::time(Field::Ends, typed.get("ends_at"))?,
        text: typed.get("text").to_owned(),
    })
}

fn refuse(
    manager: &Manager,
    kind: IncidentKind,
    typed: &Form,
    problem: (Field, Problem),
) -> Response {
    let mut filled = match form::empty(manager, kind) {
        Ok(form) => form,
        Err(error) => return manager.visit.unavailable(&error),
    };
    form::about(&mut filled, typed);
    form::told(&mut filled, typed);
    form::mark(&mut filled, problem);
    ask(manager, filled, StatusCode::BAD_REQUEST)
}

fn ask(manager: &Manager, form: IncidentForm, status: StatusCode) -> Response {
    let page = NewIncidentPage {
        shell: manager.shell("incidents"),
        form,
    };
    manager.visit.show(status, &page)
}
