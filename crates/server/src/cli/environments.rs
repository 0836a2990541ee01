//! `grantor environments list`, `grantor environments refresh E`, `grantor openapi E`, `grantor openapi --management`

use axum::http::Method;
use serde_json::Value;

use super::accounts::NOTHING_CHANGED;
use super::arguments::EnvironmentsCommand;
use super::ended::Ended;
use super::management::{Management, path};
use super::output::{self, Output, Shown};
use crate::admin::description;
use crate::config::Config;
use crate::docs::description::description;

const LISTED: &[Shown] = &[
    ("NAME", "name"),
    ("URL", "url"),
    ("DIALECT", "dialect"),
    ("TOKEN URL", "token_url"),
    ("TOKENS", "access_token_format"),
    ("SECRETS", "secrets"),
    ("NEXT REFRESH", "next_refresh_at"),
    ("LAST REFRESH", "last_refresh_at"),
];

const REFRESHED: &[Shown] = &[
    ("environment", "environment"),
    ("from", "from"),
    ("data until", "data_until"),
    ("accounts", "accounts"),
    ("accounts arrived", "accounts_arrived"),
    ("accounts left", "accounts_left"),
    ("people arrived", "people_arrived"),
    ("people changed", "people_changed"),
    ("people left", "people_left"),
    ("people kept", "people_kept"),
    ("credentials switched off", "credentials_switched_off"),
    ("credentials switched on", "credentials_switched_on"),
];

const CHANGES: &[Shown] = &[("CHANGE", "change"), ("OF", "of")];

/// Runs one.
pub async fn run(
    management: &Management,
    command: EnvironmentsCommand,
    out: Output,
) -> Result<(), Ended> {
    match command {
        EnvironmentsCommand::List => {
            let path = "/admin/v1/environments";
            out.rows(&management.list(path, usize::MAX).await?, LISTED)
        }
        EnvironmentsCommand::Refresh {
            environment,
            dry_run,
        } => refresh(management, &environment, dry_run, out).await,
    }
}

async fn refresh(
    management: &Management,
    environment: &str,
    dry_run: bool,
    out: Output,
) -> Result<(), Ended> {
    let query = [("dry_run", dry_run.then_some("true"))];
    let path = path("environments/", environment, "/refresh", &query);
    let answer = management.call(Method::POST, &path, None).await?;
    out.record(&answer.value, REFRESHED)?;
    if !dry_run {
        return Ok(());
    }
    let changes = answer.value.get("changes").and_then(Value::as_array);
    if let Some(changes) = changes.filter(|_| !out.json) {
        out.remark("")?;
        out.rows(changes, CHANGES)?;
    }
    out.remark(NOTHING_CHANGED)
}

/// Prints the description of one; it follows from the configuration alone.
pub fn openapi(config: &Config, name: &str) -> Result<(), Ended> {
    let environment = config.environment(name).ok_or_else(|| {
        let known: Vec<_> = config
            .environments
            .iter()
            .map(|environment| environment.name.as_str())
            .collect();
        Ended::refused(format!(
            "There is no such environment; the configuration has {}.",
            known.join(", ")
        ))
    })?;
    output::print(&output::pretty(&description(config, environment)))
}

/// Prints the description of the management API; it follows from the binary alone.
pub fn management() -> Result<(), Ended> {
    output::print(&output::pretty(description::document()))
}
