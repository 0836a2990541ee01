//! `grantor webhooks …` and `grantor mail …`

use axum::http::Method;
use serde_json::{Value, json};

use super::arguments::{MailCommand, WebhooksCommand};
use super::ended::Ended;
use super::management::{Management, path, with_query};
use super::output::{Output, Shown};

const LISTED: &[Shown] = &[
    ("NAME", "name"),
    ("URL", "url"),
    ("WAITING", "waiting"),
    ("DELIVERED", "delivered"),
    ("GIVEN UP", "given_up"),
    ("LAST TRIED", "last_attempt_at"),
    ("WHAT CAME OF IT", "last_outcome"),
];
const DELIVERIES: &[Shown] = &[
    ("ID", "id"),
    ("WEBHOOK", "webhook"),
    ("EVENT", "event"),
    ("ENVIRONMENT", "environment"),
    ("AT", "occurred_at"),
    ("STATE", "state"),
    ("TRIED", "attempts"),
    ("NEXT", "next_attempt_at"),
    ("WHAT CAME OF IT", "last_outcome"),
];
const DELIVERY: &[Shown] = &[
    ("id", "id"),
    ("webhook", "webhook"),
    ("event", "event"),
    ("state", "state"),
    ("next_attempt_at", "next_attempt_at"),
];
const TRIED: &[Shown] = &[
    ("id", "id"),
    ("delivered", "delivered"),
    ("outcome", "outcome"),
];
const MAILED: &[Shown] = &[("to", "to"), ("sent", "sent"), ("outcome", "outcome")];

/// Runs one.
pub async fn run(
    management: &Management,
    command: WebhooksCommand,
    out: Output,
) -> Result<(), Ended> {
    match command {
        WebhooksCommand::List => {
            let answer = management
                .call(Method::GET, "/admin/v1/webhooks", None)
                .await?;
            out.rows(answer.value.as_array().map_or(&[], Vec::as_slice), LISTED)
        }
        WebhooksCommand::Deliveries {
            webhook,
            state,
            event,
            limit,
        } => {
            let page = limit.clamp(1, 200).to_string();
            let query = [
                ("webhook", webhook.as_deref()),
                ("state", state.as_deref()),
                ("event", event.as_deref()),
                ("limit", Some(page.as_str())),
            ];
            let at = with_query("/admin/v1/webhooks/deliveries", &query);
            out.rows(&management.list(&at, limit).await?, DELIVERIES)
        }
        WebhooksCommand::Retry { id } => {
            let at = path("webhooks/deliveries/", &id, "/retry", &[]);
            let answer = management.call(Method::POST, &at, None).await?;
            out.record(&answer.value, DELIVERY)
        }
        WebhooksCommand::Test { name } => {
            let at = path("webhooks/", &name, "/test", &[]);
            let tried = management.call(Method::POST, &at, None).await?.value;
            out.record(&tried, TRIED)?;
            succeeded(&tried, "delivered", "The webhook did not take it")
        }
    }
}

/// Runs one.
pub async fn mail(management: &Management, command: MailCommand, out: Output) -> Result<(), Ended> {
    let MailCommand::Test { to, environment } = command;
    let mut body = json!({ "to": to });
    if let Some(environment) = environment {
        body["environment"] = environment.into();
    }
    let tried = management
        .call(Method::POST, "/admin/v1/mail/test", Some(&body))
        .await?
        .value;
    out.record(&tried, MAILED)?;
    succeeded(&tried, "sent", "The mail was not sent")
}

/// The exit status tells scripts, too.
fn succeeded(tried: &Value, member: &str, complaint: &str) -> Result<(), Ended> {
    if tried.get(member) == Some(&Value::Bool(true)) {
        return Ok(());
    }
    let outcome = tried.get("outcome").and_then(Value::as_str);
    let outcome = outcome.unwrap_or_default();
    Err(Ended::refused(format!("{complaint}: {outcome}.")))
}
