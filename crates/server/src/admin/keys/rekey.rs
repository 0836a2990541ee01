//! The master key: replaced, watched, retired. The key itself never crosses this API.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use store::MasterKeyUse;

use crate::admin::operator::Operator;
use crate::admin::problem::Problem;
use crate::admin::scopes::{ReadKeys, WriteKeys};
use crate::keys::rekey::{self, Standing};
use crate::platform::Platform;

/// Where a rekey stands.
#[derive(Serialize)]
pub struct StandingView {
    current: String,
    retiring: Vec<Retiring>,
}

/// An old key and what still needs it.
#[derive(Serialize)]
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
#[derive(Serialize)]
struct Needing {
    environment: String,
    client_id: String,
    name: String,
}

/// What was retired.
#[derive(Serialize)]
pub struct Finished {
    current: String,
    retired: Vec<String>,
}

/// `POST /admin/v1/keys/rekey`
pub async fn begin(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteKeys>,
) -> Result<Json<StandingView>, Problem> {
    Ok(Json(StandingView::of(
        rekey::begin(&platform, operator.audit("master_key.added")).await?,
    )))
}

/// `GET /admin/v1/keys/rekey`
pub async fn status(
    State(platform): State<Arc<Platform>>,
    _: Operator<ReadKeys>,
) -> Result<Json<StandingView>, Problem> {
    Ok(Json(StandingView::of(rekey::standing(&platform).await?)))
}

/// `POST /admin/v1/keys/rekey/finish`
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
