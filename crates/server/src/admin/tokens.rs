//! `POST /admin/v1/tokens/revoke`: ends every live access token of a credential or an account, now.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::{AuditEvent, Change};
use utoipa::ToSchema;

use super::accounts::{self, Touched, account_of};
use super::body::Body;
use super::credentials::locate;
use super::description::{Conflict, NotFound};
use super::operator::Operator;
use super::problem::Problem;
use super::scopes::WriteTokens;
use crate::platform::Platform;

/// Whose tokens: one of a credential and an account.
#[derive(Deserialize, ToSchema)]
#[schema(as = WhoseTokens)]
#[serde(deny_unknown_fields)]
pub struct Whose {
    /// UUID or client id.
    credential: Option<String>,
    /// Where a client id alone could mean two.
    environment: Option<String>,
    /// Name or id.
    account: Option<String>,
}

/// What ended.
#[derive(Serialize, ToSchema)]
#[schema(as = EndedTokens)]
#[serde(untagged)]
pub enum Ended {
    /// Those of a credential.
    OfCredential(Revoked),
    /// Those of an account.
    OfAccount(Touched),
}

/// A credential whose tokens ended.
#[derive(Serialize, ToSchema)]
#[schema(as = RevokedTokens)]
pub struct Revoked {
    uuid: String,
    client_id: String,
    environment: String,
    /// Opaque tokens that were live until now; JWTs end as well and are not counted.
    live_tokens: u64,
}

/// Ends every live access token of a credential or an account, now.
#[utoipa::path(
    post, path = "/tokens/revoke", operation_id = "revokeTokens", tag = "tokens",
    request_body = Whose,
    responses((status = 200, description = "What ended", body = Ended), NotFound, Conflict),
    security(("operator" = ["tokens:write"])),
)]
pub async fn revoke(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteTokens>,
    Body(whose): Body<Whose>,
) -> Result<Json<Ended>, Problem> {
    match (whose.credential, whose.account) {
        (Some(id), None) => Ok(Json(Ended::OfCredential(
            of_credential(&platform, &operator, &id, whose.environment.as_deref()).await?,
        ))),
        (None, Some(_)) if whose.environment.is_some() => Err(Problem::bad_request(
            "An account is one over all environments, so leave the environment out.",
        )),
        (None, Some(name)) => Ok(Json(Ended::OfAccount(
            of_account(&platform, &operator, &name).await?,
        ))),
        _ => Err(Problem::bad_request(
            "Name either a credential (`--credential ID`) or an account (`--account A`).",
        )),
    }
}

async fn of_credential(
    platform: &Platform,
    operator: &Operator<WriteTokens>,
    id: &str,
    environment: Option<&str>,
) -> Result<Revoked, Problem> {
    let (environment, client) = locate(platform, id, environment).await?;
    let credential = client.credential;
    let audit = AuditEvent {
        environment: Some(environment.clone()),
        account_id: Some(credential.account_id),
        subject: Some(credential.uuid.clone()),
        ..operator.audit("credential.tokens_revoked")
    };
    let store = platform.store.in_environment(&environment);
    let live_tokens = store
        .revoke_tokens_of_credential(&credential.uuid, operator.arrival.now, audit)
        .await?;
    platform.forget(&Change::Credential(credential.uuid.clone()));
    Ok(Revoked {
        uuid: credential.uuid,
        client_id: credential.client_id,
        environment: environment.as_str().to_owned(),
        live_tokens,
    })
}

async fn of_account(
    platform: &Platform,
    operator: &Operator<WriteTokens>,
    name: &str,
) -> Result<Touched, Problem> {
    let account = account_of(platform, name).await?;
    let audit = accounts::audit(operator.audit("account.tokens_revoked"), &account);
    let stopped = platform
        .store
        .revoke_tokens_of_account(&account.id, operator.arrival.now, audit)
        .await?;
    platform.forget(&Change::Account(account.id.clone()));
    let suspended = account.suspended_at.is_some();
    Ok(Touched::of(account, suspended, stopped))
}
