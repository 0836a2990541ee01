//! A person's sessions, as an operator sees and ends them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;

use super::{Where, audit, person_of};
use crate::admin::operator::Operator;
use crate::admin::parameters::Parameters;
use crate::admin::problem::Problem;
use crate::admin::scopes::{ReadPeople, WritePeople};
use crate::clock::rfc3339;
use crate::platform::Platform;
use crate::tokens::opaque::hex;

/// A browser in which the person is signed in.
#[derive(Serialize)]
pub struct SessionView {
    /// Half of its hash: enough to name it, nothing to use it.
    id: String,
    step: &'static str,
    remote_address: String,
    user_agent: String,
    begun_at: String,
    last_seen_at: String,
    expires_at: String,
}

/// How many were ended.
#[derive(Serialize)]
pub struct Ended {
    id: String,
    username: String,
    sessions_ended: u64,
}

/// `GET /admin/v1/people/{id}/sessions`
pub async fn list(
    State(platform): State<Arc<Platform>>,
    operator: Operator<ReadPeople>,
    Path(id): Path<String>,
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

/// `POST /admin/v1/people/{id}/sessions/end`
pub async fn end(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WritePeople>,
    Path(id): Path<String>,
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
