//! `GET /admin/v1/environments`: what the configuration made of each environment, and when it is refreshed.

pub mod export;
pub mod import;
pub mod refresh;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use oauth::dialect::Relaxation;
use serde::Serialize;
use store::RefreshOutcome;
use utoipa::ToSchema;

use super::operator::Operator;
use super::problem::Problem;
use super::scopes::ReadEnvironments;
use crate::clock::rfc3339;
use crate::config::SecretKind;
use crate::config::check::checked;
use crate::platform::{Issuer, Platform};

/// An environment. Lifetimes are seconds.
#[derive(Serialize, ToSchema)]
#[schema(as = Environment)]
pub struct EnvironmentView {
    name: String,
    url: String,
    dialect: String,
    token_url: String,
    docs_url: String,
    portal_url: String,
    access_token_format: &'static str,
    signing_algorithm: &'static str,
    access_token_lifetime: u64,
    refresh_token_lifetime: u64,
    authorization_code_lifetime: u64,
    session_lifetime: u64,
    key_announcement: u64,
    consent: bool,
    default_grant: &'static str,
    secrets: &'static str,
    token_requests_per_minute: u32,
    concurrent_requests: u32,
    /// The environment that it is overwritten from, on a schedule.
    refresh_from: Option<String>,
    /// Minute, hour, day of the month, month, day of the week, and the time zone they are read in.
    refresh_schedule: Option<String>,
    #[schema(format = DateTime)]
    next_refresh_at: Option<String>,
    /// When the newest refresh that changed something ended.
    #[schema(format = DateTime)]
    last_refresh_at: Option<String>,
    /// How the newest ended: `running`, `done` or `failed`.
    last_refresh_outcome: Option<&'static str>,
    /// Where it departs from the RFCs, as `grantor check` lists it.
    relaxations: Vec<RelaxationView>,
}

/// A relaxation in force.
#[derive(Serialize, ToSchema)]
#[schema(as = Relaxation)]
pub struct RelaxationView {
    axis: &'static str,
    allows: String,
    departs_from: &'static str,
    reason: String,
}

/// Lists the environments of the configuration.
#[utoipa::path(
    get, path = "/environments", operation_id = "listEnvironments", tag = "environments",
    responses((status = 200, description = "All of them", body = [EnvironmentView])),
    security(("operator" = ["environments:read"])),
)]
pub async fn list(
    State(platform): State<Arc<Platform>>,
    operator: Operator<ReadEnvironments>,
) -> Result<Json<Vec<EnvironmentView>>, Problem> {
    let mut views = Vec::new();
    for issuer in &platform.issuers {
        let mut view = EnvironmentView::of(issuer);
        if let Some(refresh) = &issuer.environment.refresh {
            let store = platform.store.in_environment(issuer.name());
            let newest = store.last_refresh(None).await?;
            let done = store.last_refresh(Some(RefreshOutcome::Done)).await?;
            let schedule = &refresh.schedule;
            view.refresh_from = Some(refresh.from.as_str().to_owned());
            view.refresh_schedule = Some(format!("{} {}", schedule.as_str(), schedule.timezone()));
            view.next_refresh_at = schedule.next_after(operator.arrival.now).map(rfc3339);
            view.last_refresh_at = done.and_then(|one| one.ended_at).map(rfc3339);
            view.last_refresh_outcome = newest.map(|one| one.outcome.as_str());
        }
        views.push(view);
    }
    Ok(Json(views))
}

impl EnvironmentView {
    fn of(issuer: &Issuer) -> Self {
        let environment = &issuer.environment;
        let relaxations = checked(environment).relaxations;
        Self {
            name: issuer.realm().to_owned(),
            url: environment.url.clone(),
            dialect: environment.dialect.name.clone(),
            token_url: issuer.url(&environment.paths.token),
            docs_url: issuer.url(&environment.paths.docs),
            portal_url: issuer.url("/portal"),
            access_token_format: environment.access_token_format.as_str(),
            signing_algorithm: environment.signing_algorithm.as_str(),
            access_token_lifetime: environment.access_token_lifetime,
            refresh_token_lifetime: environment.refresh_token_lifetime,
            authorization_code_lifetime: environment.authorization_code_lifetime,
            session_lifetime: environment.session_lifetime,
            key_announcement: environment.key_announcement,
            consent: environment.consent,
            default_grant: environment.default_grant.as_str(),
            secrets: match environment.secrets {
                SecretKind::Generated => "generated",
                SecretKind::Chosen => "chosen",
            },
            token_requests_per_minute: environment.token_requests_per_minute,
            concurrent_requests: environment.concurrent_requests,
            refresh_from: None,
            refresh_schedule: None,
            next_refresh_at: None,
            last_refresh_at: None,
            last_refresh_outcome: None,
            relaxations: relaxations.into_iter().map(RelaxationView::of).collect(),
        }
    }
}

impl RelaxationView {
    fn of(relaxation: Relaxation) -> Self {
        Self {
            axis: relaxation.axis,
            allows: relaxation.allows,
            departs_from: relaxation.departs_from,
            reason: relaxation.reason,
        }
    }
}
