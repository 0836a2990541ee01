//! `POST /admin/v1/environments/{environment}/export`: what was made here since, for the server that somebody returns to.

use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use store::Millis;
use utoipa::ToSchema;

use crate::admin::body::Body;
use crate::admin::operator::Operator;
use crate::admin::parameters::Named;
use crate::admin::problem::Problem;
use crate::admin::scopes::WriteKeys;
use crate::config::OldServer;
use crate::platform::Platform;
use crate::way_back::run::{self, Export};

/// Where to.
#[derive(Deserialize, ToSchema)]
#[schema(as = ExportRequest)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// `doorkeeper`, `hydra` or `keycloak`.
    format: String,
    /// What was made before is there already: a time (RFC 3339), or a day in UTC.
    #[schema(example = "2026-11-01")]
    since: Option<String>,
}

/// Writes the credentials made here in an old server's form.
///
/// The answer holds secrets or hashes of them, for all credentials at once: hence the scope that opens the keys.
#[utoipa::path(
    post, path = "/environments/{environment}/export", operation_id = "exportCredentials", tag = "environments",
    params(("environment" = String, Path, description = "Name")),
    request_body = Asked,
    responses((status = 200, description = "What its people load, and what cannot go back", body = Export)),
    security(("operator" = ["keys:write"])),
)]
pub async fn export(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteKeys>,
    Named(name): Named,
    Body(asked): Body<Asked>,
) -> Result<Json<Export>, Problem> {
    let issuer = platform
        .issuer(&name)
        .ok_or_else(|| Problem::not_found("There is no environment of that name."))?;
    let server = OldServer::from_name(&asked.format).ok_or_else(|| {
        Problem::bad_request(
            "There is no way back to that; there is one to doorkeeper, hydra and keycloak.",
        )
    })?;
    let since = asked.since.as_deref().map(moment).transpose()?;
    let audit = operator.audit("environment.exported");
    Ok(Json(
        run::run(&platform, issuer, server, since, audit).await?,
    ))
}

fn moment(text: &str) -> Result<Millis, Problem> {
    let at = match jiff::civil::Date::from_str(text) {
        Ok(day) => day
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map(|day| day.timestamp()),
        Err(_) => jiff::Timestamp::from_str(text),
    };
    at.map(jiff::Timestamp::as_millisecond).map_err(|_| {
        Problem::bad_request("`since` is no time; write it as 2026-11-01 or 2026-11-01T08:00:00Z.")
    })
}
