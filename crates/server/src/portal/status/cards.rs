//! What is told of an incident, as pages and programs show it.

use store::{Incident, IncidentKind, IncidentState, Millis};

use crate::pages::{ChosenPart, IncidentCard, ToldUpdate};
use crate::status::components::Component;
use crate::status::view::is_under_way;

/// How far it has come: of maintenance the time says whether it is under way or over.
pub fn state(incident: &Incident, now: Millis) -> &'static str {
    let passed = incident.ends_at.is_some_and(|end| end <= now);
    match (incident.kind, incident.state) {
        (_, IncidentState::Resolved) | (IncidentKind::Incident, _) => incident.state.as_str(),
        (IncidentKind::Maintenance, _) if is_under_way(incident, now) => "under-way",
        (IncidentKind::Maintenance, _) if passed => "over",
        (IncidentKind::Maintenance, _) => incident.state.as_str(),
    }
}

/// The parts of an environment, those ticked that are named.
pub fn parts(components: &[Component], named: &[String]) -> Vec<ChosenPart> {
    let part = |component: &Component| ChosenPart {
        id: component.id.clone(),
        name: component.name,
        version: component.version.clone(),
        is_chosen: named.contains(&component.id),
    };
    components.iter().map(part).collect()
}

/// All of it, the newest told first. Parts that are not configured any more are left out.
pub fn card(components: &[Component], incident: &Incident, now: Millis) -> IncidentCard {
    let mut concerned = parts(components, &incident.components);
    concerned.retain(|part| part.is_chosen);
    let updates = incident.updates.iter().rev().map(|update| ToldUpdate {
        at: update.at,
        state: update.state.as_str(),
        text: update.text.clone(),
    });
    IncidentCard {
        id: incident.id.clone(),
        kind: incident.kind.as_str(),
        title: incident.title.clone(),
        state: state(incident, now),
        parts: concerned,
        starts_at: incident.starts_at,
        ends_at: incident.ends_at,
        resolved_at: incident.resolved_at,
        updates: updates.collect(),
    }
}
