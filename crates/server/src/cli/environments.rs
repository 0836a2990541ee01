//! `grantor environments list`, `grantor openapi E`, `grantor openapi --management`

use super::ended::Ended;
use super::management::Management;
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
];

/// Lists them.
pub async fn list(management: &Management, out: Output) -> Result<(), Ended> {
    out.rows(
        &management
            .list("/admin/v1/environments", usize::MAX)
            .await?,
        LISTED,
    )
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
