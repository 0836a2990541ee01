//! `/portal/people/{id}/role` and `/portal/people/{id}/disable`: each says first what will happen, and is refused where an account would
//! have nobody left to manage it.

use axum::extract::{Path, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::{MemberChange, Person, Role, StoreError};

use super::show::after;
use super::{ROLES, about, of_form, role_of, row};
use crate::context::Context;
use crate::pages::{ChangePerson, Problem, see_other};
use crate::portal::access::{Manager, back_to};

/// `GET /portal/people/{id}/role`
pub async fn show_role(context: Context, Path(id): Path<String>, headers: HeaderMap) -> Response {
    show(context, &id, headers, Change::Role).await
}

/// `GET /portal/people/{id}/disable`
pub async fn show_disable(
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    show(context, &id, headers, Change::Disable).await
}

/// `POST /portal/people/{id}/role`
pub async fn set_role(context: Context, Path(id): Path<String>, request: Request) -> Response {
    let (manager, form, person) = match of_form(context, &id, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let Some(role) = role_of(&form) else {
        let problem = Some(Problem::of("person-role-unfit"));
        return ask(&manager, person, Change::Role, problem).await;
    };
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let audit = store::AuditEvent {
        details: serde_json::json!({ "from": person.role.as_str(), "to": role.as_str() })
            .to_string(),
        ..about(&manager, &person, "person.role_changed")
    };
    let account = person.account_id.as_deref().unwrap_or_default();
    let keeps = keeps_a_manager(&manager);
    let changed = store
        .set_role_of_member(account, &person.id, role, keeps, context.now, audit)
        .await;
    finish(&manager, person, Change::Role, changed).await
}

/// `POST /portal/people/{id}/disable`
pub async fn disable(context: Context, Path(id): Path<String>, request: Request) -> Response {
    let (manager, _, person) = match of_form(context, &id, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let audit = about(&manager, &person, "person.disabled");
    let account = person.account_id.as_deref().unwrap_or_default();
    let keeps = keeps_a_manager(&manager);
    let changed = store
        .disable_member(account, &person.id, keeps, context.now, audit)
        .await;
    context
        .platform
        .forget(&store::Change::Person(person.id.clone()));
    finish(&manager, person, Change::Disable, changed).await
}

/// Which of the two.
#[derive(Clone, Copy, PartialEq)]
enum Change {
    Role,
    Disable,
}

/// Staff may leave an account without anyone, and is told so; its own people may not.
fn keeps_a_manager(manager: &Manager) -> bool {
    manager.account_id().is_some()
}

async fn finish(
    manager: &Manager,
    person: Person,
    change: Change,
    changed: Result<MemberChange, StoreError>,
) -> Response {
    let done = match change {
        Change::Role => "done-person-role",
        Change::Disable => "done-person-disabled",
    };
    let is_self = person.id == manager.session.person.id;
    match changed {
        // Whoever changed the own role or went is signed out by it.
        Ok(MemberChange::Made(_)) if is_self => see_other("/portal"),
        Ok(MemberChange::Made(ended)) => after(manager, &person, done, ended.sessions).await,
        Ok(MemberChange::Nothing) => after(manager, &person, "done-person-nothing", 0).await,
        Ok(MemberChange::LastManager) => {
            let problem = Some(Problem::of("person-last-manager"));
            ask(manager, person, change, problem).await
        }
        Err(error) => manager.visit.unavailable(&error),
    }
}

async fn show(context: Context, id: &str, headers: HeaderMap, change: Change) -> Response {
    let path = back_to("/portal/people", id, "");
    let manager = match Manager::of_request(context, headers, &path).await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    match manager.person(id).await {
        Ok(person) => ask(&manager, person, change, None).await,
        Err(response) => response,
    }
}

async fn ask(
    manager: &Manager,
    person: Person,
    change: Change,
    problem: Option<Problem>,
) -> Response {
    let context = &manager.visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let read = async {
        let sessions = store.sessions_of(&person.id, context.now).await?;
        let consents = store.consents_of(&person.id).await?;
        let account = person.account_id.as_deref().unwrap_or_default();
        let managers = store.managers_of(account).await?;
        Ok::<_, StoreError>((sessions.len() as u64, consents.len() as u64, managers))
    };
    let (sessions, applications, managers) = match read.await {
        Ok(read) => read,
        Err(error) => return manager.visit.unavailable(&error),
    };
    let is_manager = person.role == Role::AccountManager && person.disabled_at.is_none();
    let page = ChangePerson {
        shell: manager.shell("people"),
        disables: change == Change::Disable,
        sessions,
        applications,
        last: is_manager && managers <= 1,
        roles: ROLES.map(Role::as_str).to_vec(),
        row: row(manager, person),
        problem,
    };
    let status = match problem {
        Some(_) => StatusCode::CONFLICT,
        None => StatusCode::OK,
    };
    manager.visit.show(status, &page)
}
