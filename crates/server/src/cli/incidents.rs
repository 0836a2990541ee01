//! `grantor incidents …`

use axum::http::Method;
use serde_json::{Value, json};

use super::arguments::IncidentsCommand;
use super::ended::Ended;
use super::management::{Management, path, with_query};
use super::output::{Output, Shown};

const LISTED: &[Shown] = &[
    ("ID", "id"),
    ("KIND", "kind"),
    ("TITLE", "title"),
    ("STATE", "state"),
    ("COMPONENTS", "components"),
    ("FROM", "starts_at"),
    ("UNTIL", "ends_at"),
    ("RESOLVED", "resolved_at"),
];
const SHOWN: &[Shown] = &[
    ("id", "id"),
    ("environment", "environment"),
    ("kind", "kind"),
    ("title", "title"),
    ("state", "state"),
    ("components", "components"),
    ("starts_at", "starts_at"),
    ("ends_at", "ends_at"),
    ("resolved_at", "resolved_at"),
    ("url", "url"),
];

/// Runs one.
pub async fn run(
    management: &Management,
    command: IncidentsCommand,
    out: Output,
) -> Result<(), Ended> {
    let (method, at, body) = match command {
        IncidentsCommand::List {
            environment,
            open,
            limit,
        } => {
            let page = limit.clamp(1, 200).to_string();
            let query = [
                ("environment", environment.as_deref()),
                ("open", open.then_some("true")),
                ("limit", Some(page.as_str())),
            ];
            let at = with_query("/admin/v1/incidents", &query);
            return out.rows(&management.list(&at, limit).await?, LISTED);
        }
        IncidentsCommand::Create(new) => {
            let kind = if new.maintenance {
                "maintenance"
            } else {
                "incident"
            };
            let body = json!({
                "environment": new.environment, "kind": kind, "title": new.title, "components": new.components,
                "state": new.state, "starts_at": new.from, "ends_at": new.until, "text": new.text,
            });
            (Method::POST, "/admin/v1/incidents".to_owned(), body)
        }
        IncidentsCommand::Update { id, text, state } => {
            let body = json!({ "state": state, "text": text });
            (Method::POST, updates_of(&id), body)
        }
        IncidentsCommand::Resolve { id, text } => {
            let body = json!({ "state": "resolved", "text": text });
            (Method::POST, updates_of(&id), body)
        }
        IncidentsCommand::Edit {
            id,
            title,
            components,
            from,
            until,
        } => {
            let mut body = json!({ "title": title, "starts_at": from, "ends_at": until });
            if !components.is_empty() {
                body["components"] = Value::from(components);
            }
            (Method::PATCH, path("incidents/", &id, "", &[]), body)
        }
    };
    let answer = management.call(method, &at, Some(&body)).await?;
    out.record(&answer.value, SHOWN)
}

fn updates_of(id: &str) -> String {
    path("incidents/", id, "/updates", &[])
}
