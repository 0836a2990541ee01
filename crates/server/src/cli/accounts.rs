//! `grantor accounts …`

use axum::http::Method;
use serde_json::json;

use super::arguments::AccountsCommand;
use super::ended::Ended;
use super::management::{Management, path, with_query};
use super::output::{Output, Shown};

const LISTED: &[Shown] = &[
    ("ID", "id"),
    ("NAME", "name"),
    ("CREDENTIALS", "credentials"),
    ("SUSPENDED", "suspended"),
    ("CREATED", "created_at"),
];

/// What suspending, restoring or revoking touched.
pub const TOUCHED: &[Shown] = &[
    ("id", "id"),
    ("name", "name"),
    ("suspended", "suspended"),
    ("credentials", "credentials"),
    ("live_tokens", "live_tokens"),
    ("sessions", "sessions"),
    ("last_used_at", "last_used_at"),
];

/// Said after a preview.
pub const NOTHING_CHANGED: &str = "\nThis is what would happen. Nothing was changed.";

/// Runs one.
pub async fn run(
    management: &Management,
    command: AccountsCommand,
    out: Output,
) -> Result<(), Ended> {
    let (switch, verb) = match command {
        AccountsCommand::List { search } => {
            let query = [("search", search.as_deref())];
            let path = with_query("/admin/v1/accounts", &query);
            return out.rows(&management.list(&path, usize::MAX).await?, LISTED);
        }
        AccountsCommand::Suspend(switch) => (switch, "/suspend"),
        AccountsCommand::Restore(switch) => (switch, "/restore"),
    };
    let dry_run = switch.dry_run.then_some("true");
    let path = path("accounts/", &switch.account, verb, &[("dry_run", dry_run)]);
    let body = switch.reason.map(|reason| json!({ "reason": reason }));
    let answer = management.call(Method::POST, &path, body.as_ref()).await?;
    out.record(&answer.value, TOUCHED)?;
    match switch.dry_run {
        true => out.remark(NOTHING_CHANGED),
        false => Ok(()),
    }
}
