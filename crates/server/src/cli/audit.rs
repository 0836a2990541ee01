//! `grantor audit …`

use axum::http::Method;
use serde_json::Value;

use super::arguments::AuditCommand;
use super::ended::Ended;
use super::management::{Management, with_query};
use super::output::{Output, Shown};

const LISTED: &[Shown] = &[
    ("NUMBER", "sequence"),
    ("AT", "at"),
    ("WHO", "actor"),
    ("EVENT", "event"),
    ("ENVIRONMENT", "environment"),
    ("SUBJECT", "subject"),
    ("FROM", "remote_address"),
    ("REQUEST", "request_id"),
];

const VERIFIED: &[Shown] = &[
    ("intact", "intact"),
    ("rows", "rows"),
    ("broken_at", "broken_at"),
];

/// Runs one.
pub async fn run(management: &Management, command: AuditCommand, out: Output) -> Result<(), Ended> {
    match command {
        AuditCommand::List {
            environment,
            account,
            subject,
            event,
            limit,
        } => {
            let page = limit.clamp(1, 200).to_string();
            let query = [
                ("environment", environment.as_deref()),
                ("account", account.as_deref()),
                ("subject", subject.as_deref()),
                ("event", event.as_deref()),
                ("limit", Some(page.as_str())),
            ];
            out.rows(
                &management
                    .list(&with_query("/admin/v1/audit", &query), limit)
                    .await?,
                LISTED,
            )
        }
        AuditCommand::Verify => {
            let verified = management
                .call(Method::GET, "/admin/v1/audit/verify", None)
                .await?
                .value;
            out.record(&verified, VERIFIED)?;
            match verified.get("broken_at").and_then(Value::as_i64) {
                None => Ok(()),
                Some(at) => Err(Ended::refused(format!(
                    "The audit trail was changed, or events are missing, at number {at}."
                ))),
            }
        }
    }
}
