//! `grantor accounts …`

use axum::http::Method;

use super::arguments::AccountsCommand;
use super::ended::Ended;
use super::management::{Management, path};
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
];

/// Runs one.
pub async fn run(
    management: &Management,
    command: AccountsCommand,
    out: Output,
) -> Result<(), Ended> {
    let (account, verb) = match command {
        AccountsCommand::List => {
            return out.rows(
                &management.list("/admin/v1/accounts", usize::MAX).await?,
                LISTED,
            );
        }
        AccountsCommand::Suspend { account } => (account, "/suspend"),
        AccountsCommand::Restore { account } => (account, "/restore"),
    };
    let answer = management
        .call(Method::POST, &path("accounts/", &account, verb, &[]), None)
        .await?;
    out.record(&answer.value, TOUCHED)
}
