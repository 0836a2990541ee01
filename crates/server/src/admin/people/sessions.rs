//! A person's sessions, as an operator sees and ends them.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Where, audit, person_of};
use crate::admin::description::Conflict;
use crate::admin::operator::Operator;
use crate::admin::paging;
use crate::admin::parameters::{Named, Parameters};
use crate::admin::problem::Problem;
use crate::admin::scopes::{ReadPeople, WritePeople};
use crate::clock::rfc3339;
use crate::platform::Platform;
use crate::tokens::opaque::hex;

/// A browser in which the person is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// Half of its hash: enough to name it, nothing to use it.
    id: String,
    step: &'static str,
    remote_address: String,
    user_agent: String,
    #[schema(format = DateTime)]
    begun_at: String,
    #[schema(format = DateTime)]
    last_seen_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// The environment's name, needed where several have a person of this username.
    environment: Option<String>,
    /// Where the page begins: from the header `Link` of the page before.
    cursor: Option<String>,
    /// Rows of a page at most; 100 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// How many were ended.
#[derive(Serialize, ToSchema)]
#[schema(as = EndedSessions)]
pub struct Ended {
    id: String,
    username: String,
    sessions_ended: u64,
}

/// Lists the browsers in which a person is signed in, newest first.
#[utoipa::path(
    get, path = "/people/{id}/sessions", operation_id = "listSessions", tag = "people",
    params(("id" = String, Path, description = "Id, or username in any spelling"), Listing),
    responses((status = 200, description = "A page", body = [SessionView]), Conflict),
    security(("operator" = ["people:read"])),
)]
pub async fn list(
    State(platform): State<Arc<Platform>>,
    operator: Operator<ReadPeople>,
    Named(id): Named,
    Parameters(listing): Parameters<Listing>,
) -> Result<Response, Problem> {
    let place = Where {
        environment: listing.environment,
    };
    let (issuer, person) = person_of(&platform, &id, &place).await?;
    let store = platform.store.in_environment(issuer.name());
    let sessions = store.sessions_of(&person.id, operator.arrival.now).await?;
    let rows = sessions.into_iter().map(|facts| {
        let id = hex(&facts.id_hash[..16]);
        let view = SessionView {
            id: id.clone(),
            step: facts.step.as_str(),
            remote_address: facts.remote_address,
            user_agent: facts.user_agent,
            begun_at: rfc3339(facts.created_at),
            last_seen_at: rfc3339(facts.last_seen_at),
            expires_at: rfc3339(facts.expires_at),
        };
        ((Reverse(facts.created_at), id), view)
    });
    let path = format!("people/{}/sessions", person.id);
    let query = [("environment", place.environment.as_deref())];
    let cursor = listing.cursor.as_deref();
    paging::part(&path, &query, rows.collect(), cursor, listing.limit)
}

/// Signs a person out everywhere.
#[utoipa::path(
    post, path = "/people/{id}/sessions/end", operation_id = "endSessions", tag = "people",
    params(("id" = String, Path, description = "Id, or username in any spelling"), Where),
    responses((status = 200, description = "How many ended", body = Ended), Conflict),
    security(("operator" = ["people:write"])),
)]
pub async fn end(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Named(id): Named,
    Parameters(place): Parameters<Where>,
) -> Result<Json<Ended>, Problem> {
    let (issuer, person) = person_of(&platform, &id, &place).await?;
    let store = platform.store.in_environment(issuer.name());
    let event = audit(operator.audit("person.sessions_ended"), &person);
    let sessions_ended = store.end_sessions_of(&person.id, None, event).await?;
    Ok(Json(Ended {
        id: person.id,
        username: person.username,
        sessions_ended,
    }))
}
