//! The master key: replaced, watched, retired. The key itself never crosses this API.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use store::MasterKeyUse;
use utoipa::ToSchema;

use crate::admin::description::Conflict;
use crate::admin::operator::Operator;
use crate::admin::problem::Problem;
use crate::admin::scopes::{ReadKeys, WriteKeys};
use crate::keys::rekey::{self, Standing};
use crate::platform::Platform;

/// Where a rekey stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Rekey)]
pub struct StandingView {
    current: String,
    retiring: Vec<Retiring>,
}

/// An old key and what still needs it.
#[derive(Serialize, ToSchema)]
#[schema(as = RetiringMasterKey)]
struct Retiring {
    master_key: String,
    signing_keys: u64,
    secrets: u64,
    /// Passwords of people: each moves at its person's next sign-in.
    passwords: u64,
    second_factors: u64,
    /// At most a thousand.
    credentials: Vec<Needing>,
}

/// A credential with a secret under an old key: using or rotating it moves it to the new one.
#[derive(Serialize, ToSchema)]
#[schema(as = CredentialUnderOldKey)]
struct Needing {
    environment: String,
    client_id: String,
    name: String,
}

/// What was retired.
#[derive(Serialize, ToSchema)]
#[schema(as = FinishedRekey)]
pub struct Finished {
    current: String,
    retired: Vec<String>,
}

/// Puts a new master key in front of the old one.
///
/// The old one is read until nothing needs it. The key itself never crosses this API.
#[utoipa::path(
    post, path = "/keys/rekey", operation_id = "beginRekey", tag = "keys",
    responses((status = 200, description = "Where the rekey stands", body = StandingView), Conflict),
    security(("operator" = ["keys:write"])),
)]
pub async fn begin(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteKeys>,
) -> Result<Json<StandingView>, Problem> {
    Ok(Json(StandingView::of(
        rekey::begin(&platform, operator.audit("master_key.added")).await?,
    )))
}

/// Says what still needs an old master key.
#[utoipa::path(
    get, path = "/keys/rekey", operation_id = "showRekey", tag = "keys",
    responses((status = 200, description = "Where the rekey stands", body = StandingView)),
    security(("operator" = ["keys:read"])),
)]
pub async fn status(
    State(platform): State<Arc<Platform>>,
    _: Operator<ReadKeys>,
) -> Result<Json<StandingView>, Problem> {
    Ok(Json(StandingView::of(rekey::standing(&platform).await?)))
}

/// Retires the old master keys; refused while something needs one.
#[utoipa::path(
    post, path = "/keys/rekey/finish", operation_id = "finishRekey", tag = "keys",
    responses((status = 200, description = "What was retired", body = Finished), Conflict),
    security(("operator" = ["keys:write"])),
)]
pub async fn finish(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteKeys>,
) -> Result<Json<Finished>, Problem> {
    let retired = rekey::finish(&platform, operator.audit("master_key.retired")).await?;
    Ok(Json(Finished {
        current: platform.master_keys.load().current().id().to_owned(),
        retired,
    }))
}

impl StandingView {
    fn of(standing: Standing) -> Self {
        Self {
            current: standing.current,
            retiring: standing.retiring.into_iter().map(Retiring::of).collect(),
        }
    }
}

impl Retiring {
    fn of((master_key, needs): (String, MasterKeyUse)) -> Self {
        let credentials = needs
            .credentials
            .into_iter()
            .map(|(environment, client_id, name)| Needing {
                environment,
                client_id,
                name,
            });
        Self {
            master_key,
            signing_keys: needs.signing_keys,
            secrets: needs.secrets,
            passwords: needs.passwords,
            second_factors: needs.second_factors,
            credentials: credentials.collect(),
        }
    }
}
