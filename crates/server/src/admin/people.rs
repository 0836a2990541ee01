//! People: those who sign in to an environment. Named by id, or by username in any spelling.

pub mod change;
pub mod create;
pub mod email;
pub mod hand_over;
pub mod sessions;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use store::{AuditEvent, Person};
use utoipa::{IntoParams, ToSchema};

use super::credentials::{environments, issuer_of};
use super::description::Conflict;
use super::operator::Operator;
use super::paging;
use super::parameters::{Named, Parameters};
use super::problem::Problem;
use super::scopes::ReadPeople;
use crate::clock::{self, rfc3339};
use crate::mail::address;
use crate::people::standing::Standing;
use crate::people::username;
use crate::platform::{Issuer, Platform};

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Only of this environment.
    environment: Option<String>,
    /// Only of this account, by name.
    account: Option<String>,
    /// Where the page begins: from the header `Link` of the page before.
    cursor: Option<String>,
    /// Rows of a page at most; 100 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Which environment a person is looked for in.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Where {
    /// The environment's name, needed where several have a person of this username.
    environment: Option<String>,
}

/// A person as it is answered.
#[derive(Serialize, ToSchema)]
#[schema(as = Person)]
pub struct PersonView {
    id: String,
    username: String,
    account: Option<String>,
    role: &'static str,
    environment: String,
    /// Whether a password is set; without one only an invitation lets in.
    password: bool,
    /// Whether an identity provider vouches for the person, who has no password here.
    identity_provider: bool,
    must_change_password: bool,
    second_factor: bool,
    disabled: bool,
    /// active; invited: never came in, and has a link; waiting: never came in and has no link that works; disabled.
    #[schema(pattern = "^(active|invited|waiting|disabled)$")]
    state: &'static str,
    /// Where mail goes: the address that was set, or the username if it is one.
    email: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    last_sign_in_at: Option<String>,
}

impl PersonView {
    /// Of a row.
    pub fn of(person: Person) -> Self {
        Self {
            second_factor: person.has_second_factor(),
            state: Standing::of(&person, clock::now()).as_str(),
            email: address::of(&person).map(|address| address.to_string()),
            password: person.password.is_some(),
            identity_provider: person.vouched_for,
            role: person.role.as_str(),
            environment: person.environment.as_str().to_owned(),
            id: person.id,
            username: person.username,
            account: person.account_name,
            must_change_password: person.must_change_password,
            disabled: person.disabled_at.is_some(),
            created_at: rfc3339(person.created_at),
            last_sign_in_at: person.last_sign_in_at.map(rfc3339),
        }
    }
}

/// Lists people, by environment and username.
#[utoipa::path(
    get, path = "/people", operation_id = "listPeople", tag = "people",
    params(Listing),
    responses((status = 200, description = "A page", body = [PersonView])),
    security(("operator" = ["people:read"])),
)]
pub async fn list(
    State(platform): State<Arc<Platform>>,
    _: Operator<ReadPeople>,
    Parameters(listing): Parameters<Listing>,
) -> Result<Response, Problem> {
    let limit = paging::limit(listing.limit)?;
    let after: Option<(String, String)> = paging::read_cursor(listing.cursor.as_deref())?;
    let mut found = Vec::new();
    for issuer in environments(&platform, listing.environment.as_deref())? {
        let name = issuer.name().as_str();
        let from = match &after {
            Some((environment, _)) if name < environment.as_str() => continue,
            Some((environment, username)) if name == environment => Some(username.as_str()),
            _ => None,
        };
        let left = (limit + 1).saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
        if left == 0 {
            break;
        }
        let store = platform.store.in_environment(issuer.name());
        found.extend(
            store
                .list_people(listing.account.as_deref(), from, left)
                .await?,
        );
    }
    let next = paging::cut(&mut found, limit, |last| {
        let canonical = username::canonical(&last.username).unwrap_or_default();
        paging::write_cursor(&(last.environment.as_str(), canonical))
    })?;
    let rows: Vec<_> = found.into_iter().map(PersonView::of).collect();
    let limit = limit.to_string();
    let query = [
        ("environment", listing.environment.as_deref()),
        ("account", listing.account.as_deref()),
        ("limit", Some(limit.as_str())),
    ];
    Ok(paging::page("people", &query, &rows, next))
}

/// Shows a person.
#[utoipa::path(
    get, path = "/people/{id}", operation_id = "showPerson", tag = "people",
    params(("id" = String, Path, description = "Id, or username in any spelling"), Where),
    responses((status = 200, description = "The person", body = PersonView), Conflict),
    security(("operator" = ["people:read"])),
)]
pub async fn show(
    State(platform): State<Arc<Platform>>,
    _: Operator<ReadPeople>,
    Named(id): Named,
    Parameters(place): Parameters<Where>,
) -> Result<Json<PersonView>, Problem> {
    let (_, person) = person_of(&platform, &id, &place).await?;
    Ok(Json(PersonView::of(person)))
}

/// The person of an id or a username, and where.
pub async fn person_of<'p>(
    platform: &'p Platform,
    id: &str,
    place: &Where,
) -> Result<(&'p Arc<Issuer>, Person), Problem> {
    let canonical = username::canonical(id).ok();
    let mut found = None;
    let all = match &place.environment {
        Some(name) => vec![issuer_of(platform, name)?],
        None => environments(platform, None)?,
    };
    for issuer in all {
        let store = platform.store.in_environment(issuer.name());
        if let Some(person) = store.find_person_by_id(id).await? {
            return Ok((issuer, person));
        }
        let Some(name) = &canonical else { continue };
        let Some(person) = store.find_person(name).await? else {
            continue;
        };
        if found.is_some() {
            return Err(Problem::conflict(
                "Several environments have a person with this username: name one (`--environment E`), or use the id.",
            ));
        }
        found = Some((issuer, person));
    }
    found.ok_or_else(|| Problem::not_found("There is no person with this id or username."))
}

/// Fills an event with the person it is about: by id, so that erasing the person leaves no name behind.
fn audit(event: AuditEvent, person: &Person) -> AuditEvent {
    AuditEvent {
        environment: Some(person.environment.clone()),
        account_id: person.account_id.clone(),
        subject: Some(person.id.clone()),
        ..event
    }
}
