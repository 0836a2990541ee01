//! `POST /admin/v1/environments/{environment}/import`: brings clients of another server, with their ids, secrets and live tokens, or says what would come.

use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use store::Millis;
use utoipa::ToSchema;

use crate::admin::body::Body;
use crate::admin::description::Conflict;
use crate::admin::operator::Operator;
use crate::admin::parameters::Named;
use crate::admin::problem::Problem;
use crate::admin::scopes::WriteCredentials;
use crate::import::client::ForeignClient;
use crate::import::format::Format;
use crate::import::report::Report;
use crate::import::run;
use crate::import::token::ForeignTokens;
use crate::platform::Platform;
use crate::text;

/// The largest list that is read: a hundred thousand clients have some fifty million bytes.
pub const LARGEST_BODY: usize = 256 * 1024 * 1024;

/// What `grantor import` read at the old server.
#[derive(Deserialize, ToSchema)]
#[schema(as = ImportRequest)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The format's name.
    format: String,
    /// The version of the API that the clients are for; may be left out where there is one.
    version: Option<String>,
    /// True only says what would come.
    #[serde(default)]
    dry_run: bool,
    /// The clients, as the command reads them. Their members may change with the command's version.
    #[schema(value_type = Vec<Object>)]
    clients: Vec<ForeignClient>,
    /// Their tokens that live, in the same way.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    tokens: Vec<ForeignTokens>,
    /// When tokens end here that never end there, in milliseconds since 1970; without it those do not come.
    tokens_until: Option<Millis>,
}

/// Brings clients of another server.
///
/// Their ids and secrets stay what they are. All that can come comes at once, or nothing; a client that came before stays as it is.
/// Meant for the command `grantor import`, which reads the old server.
#[utoipa::path(
    post, path = "/environments/{environment}/import", operation_id = "importClients", tag = "environments",
    params(("environment" = String, Path, description = "Name")),
    request_body = Asked,
    responses((status = 200, description = "What came, and what cannot", body = Report), Conflict),
    security(("operator" = ["credentials:write"])),
)]
pub async fn import(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteCredentials>,
    Named(name): Named,
    Body(asked): Body<Asked>,
) -> Result<Json<Report>, Problem> {
    let issuer = platform.issuer(&name).cloned();
    let issuer =
        issuer.ok_or_else(|| Problem::not_found("There is no environment of that name."))?;
    let format = Format::from_str(&asked.format)
        .map_err(|error| Problem::bad_request(text::sentence(&error)))?;
    let asked = run::Asked {
        format: format.name().to_owned(),
        version: asked.version,
        clients: asked.clients,
        tokens: asked.tokens,
        tokens_until: asked.tokens_until,
        dry_run: asked.dry_run,
    };
    let audit = operator.audit("environment.imported");
    Ok(Json(run::run(&platform, &issuer, asked, audit).await?))
}
