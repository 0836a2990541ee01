//! The same for programs. Members stay and keep their meaning; new ones may come (docs/status.md).

use serde_json::{Value, json};
use store::{Incident, Millis};

use super::cards;
use super::page::date;
use crate::clock::rfc3339;
use crate::pages::catalogue::Language;
use crate::platform::Issuer;
use crate::status::components::Component;
use crate::status::view::{Seen, View};

/// Writes it. How many requests there were is nobody else's business: only shares are told.
pub fn write(issuer: &Issuer, view: &View) -> Value {
    let indicator = view.standing.as_str();
    let sentence = match view.is_current {
        true => words(&format!("status-line-{indicator}"), None),
        false => words("status-unwell", None),
    };
    let incident = |one| incident(issuer, one, view.at);
    json!({
        "environment": issuer.realm(),
        "url": issuer.url("/status"),
        "status": { "indicator": indicator, "description": sentence },
        "at": rfc3339(view.at),
        "is_current": view.is_current,
        "known_at": view.known_at.map(rfc3339),
        "components": view.components.iter().map(component).collect::<Vec<_>>(),
        "incidents": view.incidents.iter().map(incident).collect::<Vec<_>>(),
        "maintenance": view.maintenance.iter().map(incident).collect::<Vec<_>>(),
    })
}

fn component(seen: &Seen) -> Value {
    let days = seen.days.iter().map(|day| {
        json!({
            "day": date(day.day), "status": day.standing.as_str(), "failed_percent": day.share as f64 / 100.0,
        })
    });
    json!({
        "id": seen.component.id,
        "name": name(&seen.component),
        "status": seen.standing.as_str(),
        "days": days.collect::<Vec<_>>(),
    })
}

fn incident(issuer: &Issuer, incident: &Incident, now: Millis) -> Value {
    let updates = incident.updates.iter().rev().map(|update| {
        json!({ "at": rfc3339(update.at), "state": update.state.as_str(), "text": update.text })
    });
    json!({
        "id": incident.id,
        "kind": incident.kind.as_str(),
        "title": incident.title,
        "state": cards::state(incident, now),
        "components": incident.components,
        "starts_at": rfc3339(incident.starts_at),
        "ends_at": incident.ends_at.map(rfc3339),
        "resolved_at": incident.resolved_at.map(rfc3339),
        "updated_at": rfc3339(incident.updated_at),
        "url": format!("{}#i-{}", issuer.url("/status"), incident.id),
        "updates": updates.collect::<Vec<_>>(),
    })
}

/// The name of a part in English.
fn name(component: &Component) -> String {
    words(component.name, component.version.as_deref())
}

/// A sentence in English, without the marks that set what is filled in apart from the text around it.
fn words(key: &str, version: Option<&str>) -> String {
    let version = version.map(|version| ("version".to_owned(), version.to_owned()));
    let arguments: Vec<_> = version.into_iter().collect();
    let sentence = Language::English.sentence(key, &arguments);
    sentence.replace(['\u{2068}', '\u{2069}'], "")
}
