//! `grantor import FORMAT SOURCE`: reads the old server here, and hands what it read to the management API.

use axum::body::Bytes;
use axum::http::Method;
use serde_json::json;

use super::accounts::NOTHING_CHANGED;
use super::arguments::ImportArguments;
use super::ended::Ended;
use super::management::{Management, path};
use super::output::{Output, Shown};
use super::progress::Progress;
use crate::import::report::Report;
use crate::import::{self, Options};

const TOLD: &[Shown] = &[
    ("environment", "environment"),
    ("format", "format"),
    ("clients that are new", "clients_new"),
    ("secrets that are new", "secrets_new"),
    ("accounts made", "accounts_new"),
    ("clients with a later secret", "clients_with_later_secrets"),
    ("clients as they were", "clients_unchanged"),
    ("tokens that are new", "tokens_new"),
    ("tokens as they were", "tokens_unchanged"),
    ("tokens that cannot come", "tokens_not_coming"),
];

const LEFT_OUT: &[Shown] = &[
    ("LEFT OUT", "what"),
    ("VALUE", "value"),
    ("CLIENTS", "clients"),
    ("ONE OF THEM", "example"),
    ("WHY", "reason"),
];

const NOT_COMING: &[Shown] = &[
    ("CANNOT COME", "what"),
    ("CLIENT ID", "client_id"),
    ("WHERE", "place"),
    ("WHY", "reason"),
    ("WHAT TO DO", "remedy"),
];

/// Runs it.
pub async fn run(
    management: &Management,
    arguments: ImportArguments,
    out: Output,
) -> Result<(), Ended> {
    let options = Options {
        account_by: arguments.account_by,
        secrets: arguments.secrets,
        grant_types: arguments.grant_type,
        no_tokens: arguments.no_tokens,
        tokens: arguments.tokens,
        people: arguments.people,
        now: crate::clock::now(),
        scopes: arguments.scope,
    };
    let progress = Progress::new();
    progress.say("Reading the old server");
    let reading = import::read(arguments.format, &arguments.source, &options).await;
    let reading = reading.map_err(|error| {
        progress.end();
        Ended::refused(crate::text::sentence(&error.to_string()))
    })?;
    let asked = json!({
        "format": arguments.format.name(), "version": arguments.version, "dry_run": arguments.dry_run, "clients": reading.clients,
        "tokens": reading.tokens, "tokens_until": arguments.tokens_until,
    });
    let body = Bytes::from(asked.to_string());
    let path = path("environments/", &arguments.environment, "/import", &[]);
    let answered = progress
        .sending(body, |body| management.send(Method::POST, &path, body))
        .await;
    progress.end();
    let mut report: Report = serde_json::from_value(answered?.value)
        .map_err(|error| Ended::refused(format!("The server's report cannot be read: {error}.")))?;
    report.tokens_not_coming += reading.tokens_not_coming.count();
    let unread = reading.not_coming.into_iter();
    report
        .not_coming
        .splice(0..0, unread.chain(reading.tokens_not_coming.rows()));
    tell(&report, out)
}

fn tell(report: &Report, out: Output) -> Result<(), Ended> {
    let value = serde_json::to_value(report)
        .map_err(|error| Ended::refused(format!("The report cannot be printed: {error}.")))?;
    out.record(&value, TOLD)?;
    if out.json {
        return Ok(());
    }
    for (member, shown) in [("left_out", LEFT_OUT), ("not_coming", NOT_COMING)] {
        let rows = value.get(member).and_then(|rows| rows.as_array());
        if let Some(rows) = rows.filter(|rows| !rows.is_empty()) {
            out.remark("")?;
            out.rows(rows, shown)?;
        }
    }
    match report.dry_run {
        true => out.remark(NOTHING_CHANGED),
        false => Ok(()),
    }
}
