//! `grantor operators …`

use axum::http::Method;
use serde_json::json;

use super::arguments::OperatorsCommand;
use super::ended::Ended;
use super::management::{Management, path};
use super::output::{Output, Shown};

const CREATED: &[Shown] = &[
    ("id", "id"),
    ("name", "name"),
    ("operator_token", "operator_token"),
    ("scopes", "scopes"),
    ("expires_at", "expires_at"),
];
const LISTED: &[Shown] = &[
    ("ID", "id"),
    ("NAME", "name"),
    ("SCOPES", "scopes"),
    ("STATE", "state"),
    ("EXPIRES", "expires_at"),
];
const REVOKED: &[Shown] = &[
    ("id", "id"),
    ("name", "name"),
    ("state", "state"),
    ("revoked_at", "revoked_at"),
];

/// Runs one.
pub async fn run(
    management: &Management,
    command: OperatorsCommand,
    out: Output,
) -> Result<(), Ended> {
    match command {
        OperatorsCommand::Token {
            name,
            scopes,
            expires,
        } => {
            let scopes = if scopes.is_empty() {
                None
            } else {
                Some(scopes)
            };
            let body = json!({ "name": name, "scopes": scopes, "expires_in_seconds": expires });
            let answer = management
                .call(Method::POST, "/admin/v1/operators/tokens", Some(&body))
                .await?;
            out.record(&answer.value, CREATED)?;
            out.remark("\nThe token is shown this once; keep it now.")
        }
        OperatorsCommand::List => out.rows(
            &management
                .list("/admin/v1/operators/tokens", usize::MAX)
                .await?,
            LISTED,
        ),
        OperatorsCommand::Revoke { id } => {
            let answer = management
                .call(
                    Method::POST,
                    &path("operators/tokens/", &id, "/revoke", &[]),
                    None,
                )
                .await?;
            out.record(&answer.value, REVOKED)
        }
    }
}
