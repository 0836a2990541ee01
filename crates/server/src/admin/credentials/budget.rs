//! How much a credential may ask for, where that differs from its environment's.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Deserializer};
use store::{AuditEvent, Budget, Change, Client, Credential, EnvironmentName, Refused, StoreError};
use utoipa::ToSchema;

use super::view::CredentialView;
use super::{Within, locate};
use crate::admin::body::Body;
use crate::admin::description::Conflict;
use crate::admin::operator::Operator;
use crate::admin::parameters::{Named, Parameters};
use crate::admin::problem::Problem;
use crate::admin::scopes::WriteCredentials;
use crate::platform::Platform;

/// What a credential's own budget becomes. A member that is left out stays; null is what the environment says, 0 is no limit.
#[derive(Deserialize, ToSchema)]
#[schema(as = BudgetEdit)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// Requests in any second.
    #[serde(default, deserialize_with = "written")]
    #[schema(value_type = Option<u32>, maximum = 1000000)]
    requests_per_second: Option<Option<u64>>,
    /// Requests on one day, UTC.
    #[serde(default, deserialize_with = "written")]
    #[schema(value_type = Option<u64>, maximum = 1000000000000u64)]
    requests_per_day: Option<Option<u64>>,
}

const MOST_PER_SECOND: u64 = 1_000_000;
/// How often a budget is edited that others edit at the same moment.
const ATTEMPTS: u32 = 3;
const MOST_PER_DAY: u64 = 1_000_000_000_000;

/// Tells a null that was written from a member that was not.
fn written<'d, D: Deserializer<'d>>(value: D) -> Result<Option<Option<u64>>, D::Error> {
    Option::<u64>::deserialize(value).map(Some)
}

/// Gives a credential a budget of its own, or takes it away.
///
/// Counted are requests through the gateway. What is beyond is answered 429, or only counted where the environment's
/// budgets are monitored.
#[utoipa::path(
    patch, path = "/credentials/{id}/budget", operation_id = "setBudget", tag = "credentials",
    params(("id" = String, Path, description = "UUID or client id"), Within),
    request_body = Edit,
    responses((status = 200, description = "As it is now", body = CredentialView), Conflict),
    security(("operator" = ["credentials:write"])),
)]
pub async fn set(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteCredentials>,
    Named(id): Named,
    Parameters(within): Parameters<Within>,
    Body(edit): Body<Edit>,
) -> Result<Json<CredentialView>, Problem> {
    let edited = read(&edit)?;
    let mut attempts = ATTEMPTS;
    loop {
        attempts -= 1;
        let (environment, client) = locate(&platform, &id, within.environment.as_deref()).await?;
        let budget = edited(client.credential.budget);
        match write(&platform, &operator, (&environment, &client), budget).await {
            // Somebody else edited it in between: what they left is edited.
            Err(StoreError::Refused(Refused::Conflict(_))) if attempts > 0 => {}
            written => {
                let client = Client {
                    credential: written?,
                    ..client
                };
                platform.forget(&Change::Credential(client.credential.uuid.clone()));
                return Ok(Json(CredentialView::of(&environment, &client)));
            }
        }
    }
}

async fn write(
    platform: &Platform,
    operator: &Operator<WriteCredentials>,
    (environment, client): (&EnvironmentName, &Client),
    budget: Budget,
) -> Result<Credential, StoreError> {
    let credential = &client.credential;
    let details = serde_json::json!({
        "client_id": credential.client_id,
        "name": credential.name,
        "requests_per_second": budget.requests_per_second,
        "requests_per_day": budget.requests_per_day,
    });
    let audit = AuditEvent {
        environment: Some(environment.clone()),
        account_id: Some(credential.account_id.clone()),
        subject: Some(credential.uuid.clone()),
        details: details.to_string(),
        ..operator.audit("credential.budget_changed")
    };
    let store = platform.store.in_environment(environment);
    let edit = (credential.budget, budget);
    store
        .set_budget(&credential.uuid, edit, operator.arrival.now, audit)
        .await
}

/// What the budget becomes of the one there was.
fn read(edit: &Edit) -> Result<impl Fn(Budget) -> Budget, Problem> {
    let (per_second, per_day) = (edit.requests_per_second, edit.requests_per_day);
    if per_second.is_none() && per_day.is_none() {
        return Err(Problem::bad_request(
            "Say what to change: requests_per_second, requests_per_day, or both.",
        ));
    }
    let judged = [
        ("requests_per_second", per_second, MOST_PER_SECOND),
        ("requests_per_day", per_day, MOST_PER_DAY),
    ];
    for (name, value, most) in judged {
        if value.flatten().is_some_and(|value| value > most) {
            return Err(Problem::bad_request(format!(
                "{name} is at most {most}; 0 is no limit."
            )));
        }
    }
    Ok(move |before: Budget| Budget {
        requests_per_second: per_second.unwrap_or(before.requests_per_second),
        requests_per_day: per_day.unwrap_or(before.requests_per_day),
    })
}
