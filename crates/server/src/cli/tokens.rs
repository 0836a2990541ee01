//! `grantor tokens …`

use axum::http::Method;
use serde_json::{Map, Value};

use super::accounts;
use super::arguments::TokensCommand;
use super::ended::Ended;
use super::management::Management;
use super::output::{Output, Shown};

const OF_CREDENTIAL: &[Shown] = &[
    ("uuid", "uuid"),
    ("client_id", "client_id"),
    ("environment", "environment"),
    ("live_tokens", "live_tokens"),
];

/// Runs one.
pub async fn run(
    management: &Management,
    command: TokensCommand,
    out: Output,
) -> Result<(), Ended> {
    let TokensCommand::Revoke {
        credential,
        account,
        environment,
    } = command;
    let shown = if account.is_some() {
        accounts::TOUCHED
    } else {
        OF_CREDENTIAL
    };
    let mut body = Map::new();
    for (name, value) in [
        ("credential", credential),
        ("account", account),
        ("environment", environment),
    ] {
        value.map(|value| body.insert(name.to_owned(), value.into()));
    }
    let answer = management
        .call(
            Method::POST,
            "/admin/v1/tokens/revoke",
            Some(&Value::Object(body)),
        )
        .await?;
    out.record(&answer.value, shown)
}
