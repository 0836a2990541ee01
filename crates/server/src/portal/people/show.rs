//! `/portal/people/{id}`: one person, let in again, signed out, invited anew.

use axum::extract::{Path, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::{Person, StoreError, TicketKind};

use super::new::invited;
use super::{about, of_form, row};
use crate::context::Context;
use crate::pages::{ShownPerson, Told};
use crate::people::tickets::{self, Holder, TicketError};
use crate::portal::access::{Manager, back_to};

/// `GET /portal/people/{id}`
pub async fn show(context: Context, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let path = back_to("/portal/people", &id, "");
    let manager = match Manager::of_request(context, headers, &path).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    match manager.person(&id).await {
        Ok(person) => page(&manager, person, None).await,
        Err(response) => response,
    }
}

/// `POST /portal/people/{id}/enable`: may sign in again; what was ended stays ended.
pub async fn enable(context: Context, Path(id): Path<String>, request: Request) -> Response {
    let (manager, _, person) = match of_form(context, &id, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let audit = about(&manager, &person, "person.enabled");
    match store.enable_person(&person.id, context.now, audit).await {
        Ok(_) => after(&manager, &person, "done-person-enabled", 0).await,
        Err(error) => manager.visit.unavailable(&error),
    }
}

/// `POST /portal/people/{id}/sessions/end`: signed out everywhere.
pub async fn end_sessions(context: Context, Path(id): Path<String>, request: Request) -> Response {
    let (manager, _, person) = match of_form(context, &id, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let audit = about(&manager, &person, "person.sessions_ended");
    // One's own browser goes on: whoever wants to leave it signs out.
    let own = person.id == manager.session.person.id;
    let except = own.then_some(manager.session.facts.id_hash);
    match store.end_sessions_of(&person.id, except, audit).await {
        Ok(ended) => after(&manager, &person, "done-person-sessions-ended", ended).await,
        Err(error) => manager.visit.unavailable(&error),
    }
}

/// `POST /portal/people/{id}/invitation`: a link for a first password, or for a forgotten one.
pub async fn invite(context: Context, Path(id): Path<String>, request: Request) -> Response {
    let (manager, _, person) = match of_form(context, &id, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let context = &manager.visit.context;
    let audit = about(&manager, &person, "person.invited");
    let (platform, issuer) = (&context.platform, &context.issuer);
    let invitation = TicketKind::Invitation;
    let holder = Holder::member(&person.id, person.account_id.as_deref());
    match tickets::issue(platform, issuer, invitation, holder, context.now, audit).await {
        Ok(link) => invited(&manager, &person, link).await,
        // Disabled, or another's by now: the page shows which.
        Err(TicketError::Store(StoreError::Refused(_))) => {
            after(&manager, &person, "done-person-nothing", 0).await
        }
        Err(error) => manager.visit.unavailable(&error),
    }
}

/// The person's page as it stands after a change, with a word about it.
pub async fn after(
    manager: &Manager,
    person: &Person,
    sentence: &'static str,
    number: u64,
) -> Response {
    match manager.person(&person.id).await {
        Ok(person) => page(manager, person, Some(Told { sentence, number })).await,
        Err(response) => response,
    }
}

async fn page(manager: &Manager, person: Person, done: Option<Told>) -> Response {
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let sessions = match store.sessions_of(&person.id, context.now).await {
        Ok(sessions) => sessions.len() as u64,
        Err(error) => return manager.visit.unavailable(&error),
    };
    let page = ShownPerson {
        shell: manager.shell("people"),
        of_all: manager.account_id().is_none(),
        sessions,
        row: row(manager, person),
        done,
    };
    manager.visit.show(StatusCode::OK, &page)
}
