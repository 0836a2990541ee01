//! `grantor requests …` and `grantor credentials requests …`

use axum::http::Method;
use clap::{Subcommand, ValueEnum};
use serde_json::Value;

use super::arguments::Named;
use super::ended::Ended;
use super::management::{Management, path};
use super::output::{Output, Shown, print};

const LISTED: &[Shown] = &[
    ("AT", "at"),
    ("DOOR", "door"),
    ("METHOD", "method"),
    ("PATH", "path"),
    ("STATUS", "status"),
    ("REASON", "reason"),
    ("MICROSECONDS", "microseconds"),
    ("FROM", "remote_address"),
    ("KIND", "kind"),
    ("REQUEST", "id"),
];

/// `grantor requests …`
#[derive(Subcommand)]
pub enum RequestsCommand {
    /// Show one with its answer, secrets blotted out: what support wants to have.
    Show {
        /// What the answer had in X-Request-Id.
        id: String,
        /// Its environment; without it, all are looked through.
        #[arg(long, value_name = "E")]
        environment: Option<String>,
        /// As what; JSON is `--json`.
        #[arg(long, value_enum, default_value_t = Format::Txt)]
        format: Format,
    },
}

/// As what a request is shown.
#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    /// Text.
    Txt,
    /// XML.
    Xml,
}

/// Runs one.
pub async fn run(
    management: &Management,
    command: RequestsCommand,
    out: Output,
) -> Result<(), Ended> {
    let RequestsCommand::Show {
        id,
        environment,
        format,
    } = command;
    let format = match (out.json, format) {
        (true, _) => "json",
        (false, Format::Txt) => "txt",
        (false, Format::Xml) => "xml",
    };
    let query = [
        ("environment", environment.as_deref()),
        ("format", Some(format)),
    ];
    let target = path("requests/", &id, "", &query);
    let answer = management.call(Method::GET, &target, None).await?;
    match answer.value {
        Value::String(text) => print(&text),
        record => out.record(&record, LISTED),
    }
}

/// The latest of a credential.
pub async fn of_credential(
    management: &Management,
    named: &Named,
    failures: bool,
    limit: usize,
    out: Output,
) -> Result<(), Ended> {
    let page = limit.clamp(1, 200).to_string();
    let query = [
        ("environment", named.environment.as_deref()),
        ("failures", failures.then_some("true")),
        ("limit", Some(page.as_str())),
    ];
    let target = path("credentials/", &named.id, "/requests", &query);
    out.rows(&management.list(&target, limit).await?, LISTED)
}
