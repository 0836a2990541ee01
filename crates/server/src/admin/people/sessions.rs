//! A person's sessions, as an operator sees and ends them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Where, audit, person_of};
use crate::admin::description::Conflict;
use crate::admin::operator::Operator;
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

/// How many were ended.
#[derive(Serialize, ToSchema)]
#[schema(as = EndedSessions)]
pub struct Ended {
    id: String,
    username: String,
    sessions_ended: u64,
}

/// Lists the browsers in which a person is signed in.
#[utoipa::path(
    get, path = "/people/{id}/sessions", operation_id = "listSessions", tag = "people",
    params(("id" = String, Path, description = "Id, or username in any spelling"), Where),
    responses((status = 200, description = "All of them", body = [SessionView]), Conflict),
    security(("operator" = ["people:read"])),
)]
pub async fn list(
    State(platform): State<Arc<Platform>>,
    operator: Operator<ReadPeople>,
    Named(id): Named,
    Parameters(place): Parameters<Where>,
) -> Result<Json<Vec<SessionView>>, Problem> {
    let (issuer, person) = person_of(&platform, &id, &place).await?;
    let store = platform.store.in_environment(issuer.name());
    let sessions = store.sessions_of(&person.id, operator.arrival.now).await?;
    Ok(Json(
        sessions
            .into_iter()
            .map(|facts| SessionView {
                id: hex(&facts.id_hash[..16]),
                step: facts.step.as_str(),
                remote_address: facts.remote_address,
                user_agent: facts.user_agent,
                begun_at: rfc3339(facts.created_at),
                last_seen_at: rfc3339(facts.last_seen_at),
                expires_at: rfc3339(facts.expires_at),
            })
            .collect(),
    ))
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
