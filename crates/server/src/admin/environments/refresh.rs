//! `POST /admin/v1/environments/{environment}/refresh`: overwrites an environment with another one's data, or says what that would change.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use store::{Preview, Refreshed};
use utoipa::{IntoParams, ToSchema};

use crate::admin::description::Conflict;
use crate::admin::operator::Operator;
use crate::admin::parameters::{Named, Parameters};
use crate::admin::problem::Problem;
use crate::admin::scopes::WriteEnvironments;
use crate::clock::rfc3339;
use crate::platform::Platform;
use crate::refresh::{self, Reading, RefreshRefusal};

/// Changes that a preview names one by one.
const NAMED: usize = 200;

/// Whether anything is to happen.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// True only says what would change.
    #[serde(default)]
    dry_run: bool,
}

/// What a refresh changed, or would.
#[derive(Serialize, ToSchema)]
#[schema(as = RefreshReport)]
pub struct Report {
    environment: String,
    from: String,
    /// The source is read as it stood at this moment.
    #[schema(format = DateTime)]
    data_until: String,
    /// Fields that come over as they are; what is not named is made up.
    personal_data: Vec<&'static str>,
    /// Nothing was changed.
    dry_run: bool,
    /// Accounts of the environment after it.
    accounts: u64,
    accounts_arrived: u64,
    accounts_left: u64,
    people_arrived: u64,
    people_changed: u64,
    people_left: u64,
    people_kept: u64,
    /// Credentials whose account is not among those of the source.
    credentials_switched_off: u64,
    /// Credentials that an earlier refresh switched off and whose account is back.
    credentials_switched_on: u64,
    /// In a preview: the first 200 changes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<Change>,
}

/// One change of a preview, named as it will be seen in the environment.
#[derive(Serialize, ToSchema)]
#[schema(as = RefreshChange)]
pub struct Change {
    /// `person-arrives`, `person-changes`, `person-leaves`, `credential-switched-off` or `credential-switched-on`.
    change: &'static str,
    /// A username, or a credential's UUID.
    of: String,
}

/// Refreshes an environment.
///
/// Overwrites its accounts and people with those of the environment that the configuration names; with `dry_run=true` it only says what would
/// change. All of it happens at once, or nothing.
#[utoipa::path(
    post, path = "/environments/{environment}/refresh", operation_id = "refreshEnvironment", tag = "environments",
    params(("environment" = String, Path, description = "Name"), Trial),
    responses((status = 200, description = "What changed", body = Report), Conflict),
    security(("operator" = ["environments:write"])),
)]
pub async fn refresh_now(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteEnvironments>,
    Named(name): Named,
    Parameters(trial): Parameters<Trial>,
) -> Result<Json<Report>, Problem> {
    let issuer = platform.issuer(&name).cloned();
    let issuer =
        issuer.ok_or_else(|| Problem::not_found("There is no environment of that name."))?;
    if trial.dry_run {
        let (reading, preview) = refresh::preview(&platform, &issuer, operator.arrival.now).await?;
        return Ok(Json(Report::of_preview(name, &reading, preview)));
    }
    let audit = operator.audit("environment.refreshed");
    let (reading, done) = refresh::run(&platform, &issuer, None, audit).await?;
    Ok(Json(Report::of(name, &reading, done)))
}

impl Report {
    fn of(environment: String, reading: &Reading, done: Refreshed) -> Self {
        Self {
            environment,
            from: reading.order.source.as_str().to_owned(),
            data_until: rfc3339(reading.data_until),
            personal_data: refresh::personal_fields(&reading.order),
            dry_run: false,
            accounts: done.accounts,
            accounts_arrived: done.accounts_arrived,
            accounts_left: done.accounts_left,
            people_arrived: done.people_arrived,
            people_changed: done.people_changed,
            people_left: done.people_left,
            people_kept: done.people_kept,
            credentials_switched_off: done.switched_off,
            credentials_switched_on: done.switched_on,
            changes: Vec::new(),
        }
    }

    fn of_preview(environment: String, reading: &Reading, preview: Preview) -> Self {
        let counts = preview.counts();
        let people = preview.people;
        let arriving = people.arriving.into_iter();
        let arriving = arriving.map(|one| ("person-arrives", one.username));
        let changed = people.changed.into_iter();
        let changed = changed.map(|one| ("person-changes", one.username));
        let leaving = people.leaving.into_iter();
        let leaving = leaving.map(|(_, username)| ("person-leaves", username));
        let off = preview.switched_off.into_iter();
        let off = off.map(|uuid| ("credential-switched-off", uuid));
        let on = preview.switched_on.into_iter();
        let on = on.map(|uuid| ("credential-switched-on", uuid));
        // What stops somebody's program comes first.
        let changes = off.chain(on).chain(leaving).chain(changed).chain(arriving);
        Self {
            dry_run: true,
            changes: changes
                .take(NAMED)
                .map(|(change, of)| Change { change, of })
                .collect(),
            ..Self::of(environment, reading, counts)
        }
    }
}

impl From<RefreshRefusal> for Problem {
    fn from(refusal: RefreshRefusal) -> Self {
        match refusal {
            RefreshRefusal::NotConfigured => Self::conflict(
                "The configuration names no environment from which this one is refreshed (environments.NAME.refresh).",
            ),
            RefreshRefusal::UnderWay | RefreshRefusal::Done => Self::conflict(
                "This environment is being refreshed already; look again in a moment.",
            ),
            RefreshRefusal::Store(error) => error.into(),
            RefreshRefusal::Random(error) => error.into(),
        }
    }
}
