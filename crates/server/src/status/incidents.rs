//! What the operator tells everyone: judged, and written with its audit event. The management API and the portal come here alike.
//!
//! Texts are plain and stay as they were written; whoever shows them escapes them, and nothing in them becomes a link.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::json;
use store::{
    AuditEvent, Incident, IncidentChange, IncidentKind, IncidentState, IncidentUpdate, Millis,
    NewIncident, StoreError,
};

use crate::clock::rfc3339;
use crate::platform::{Issuer, Platform};
use crate::text::{self, Unfit, is_control};

/// Characters of a title.
pub const LONGEST_TITLE: usize = 200;
/// Characters of an update.
pub const LONGEST_TEXT: usize = 2_000;
/// How far a time may lie away: a year, in milliseconds.
const FARTHEST: Millis = 366 * 24 * 60 * 60 * 1000;
/// What a clock may be off, in milliseconds.
const SKEW: Millis = 5 * 60 * 1000;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What it is.
    pub kind: IncidentKind,
    /// One line.
    pub title: String,
    /// The parts that it concerns.
    pub components: Vec<String>,
    /// How far it has come; maintenance is always to come.
    pub state: IncidentState,
    /// When it began, or is to begin; None: now.
    pub starts_at: Option<Millis>,
    /// Of maintenance: when it is to end.
    pub ends_at: Option<Millis>,
    /// What is told of it first.
    pub text: String,
}

/// A place in a form, or a member of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The title.
    Title,
    /// What is told.
    Text,
    /// The parts.
    Components,
    /// How far it has come.
    State,
    /// From when.
    Starts,
    /// Until when.
    Ends,
}

/// Why it was not told.
#[derive(Debug, thiserror::Error)]
pub enum NotTold {
    /// What was asked for makes no sense.
    #[error("{}", unfit.sentence)]
    Unfit {
        /// Where.
        field: Field,
        /// How.
        unfit: Unfit,
    },
    /// The database, or what it holds.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn unfit(field: Field, key: &'static str, sentence: &str) -> NotTold {
    let sentence = sentence.to_owned();
    NotTold::Unfit {
        field,
        unfit: Unfit { key, sentence },
    }
}

/// Tells of something new under an id that was drawn before: the same id twice tells it once.
///
/// # Errors
/// See [`NotTold`].
pub async fn open(
    platform: &Platform,
    issuer: &Issuer,
    asked: Asked,
    id: &str,
    now: Millis,
    audit: AuditEvent,
) -> Result<(), NotTold> {
    let change = IncidentChange {
        title: asked.title,
        components: asked.components,
        starts_at: asked.starts_at.unwrap_or(now),
        ends_at: asked.ends_at,
    };
    let change = judged(issuer, asked.kind, change, now)?;
    if asked.kind == IncidentKind::Maintenance && change.ends_at.is_none_or(|end| end <= now) {
        let sentence = "The end must lie ahead.";
        return Err(unfit(Field::Ends, "incident-ends-passed", sentence));
    }
    let state = match asked.kind {
        IncidentKind::Maintenance => IncidentState::Scheduled,
        IncidentKind::Incident => state_of(asked.kind, asked.state)?,
    };
    let text = paragraphs(&asked.text)?;
    let details = json!({
        "kind": asked.kind.as_str(), "title": change.title, "state": state.as_str(), "components": change.components,
        "starts_at": rfc3339(change.starts_at), "ends_at": change.ends_at.map(rfc3339), "text": text,
    });
    let new = NewIncident {
        id: id.to_owned(),
        kind: asked.kind,
        title: change.title,
        components: change.components,
        state,
        starts_at: change.starts_at,
        ends_at: change.ends_at,
        text,
        created_at: now,
    };
    let audit = about(audit, issuer, id, details);
    let store = platform.store.in_environment(issuer.name());
    store.open_incident(new, audit).await?;
    issuer.status.forget();
    Ok(())
}

/// Tells how it goes on, under an id of its own; `event` makes the audit event of a name.
///
/// # Errors
/// See [`NotTold`].
pub async fn tell(
    platform: &Platform,
    issuer: &Issuer,
    incident: &Incident,
    update_id: &str,
    (state, text): (IncidentState, &str),
    event: impl FnOnce(&'static str) -> AuditEvent,
) -> Result<(), NotTold> {
    let state = state_of(incident.kind, state)?;
    let text = paragraphs(text)?;
    let details = json!({
        "kind": incident.kind.as_str(), "title": incident.title, "state": state.as_str(), "components": incident.components, "text": text,
    });
    let name = match state {
        IncidentState::Resolved => "incident.resolved",
        _ => "incident.updated",
    };
    let audit = about(event(name), issuer, &incident.id, details);
    let at = audit.at;
    let update = IncidentUpdate { at, state, text };
    let store = platform.store.in_environment(issuer.name());
    store
        .tell_of_incident(&incident.id, update_id, update, audit)
        .await?;
    issuer.status.forget();
    Ok(())
}

/// Corrects title, parts and times.
///
/// # Errors
/// See [`NotTold`].
pub async fn change(
    platform: &Platform,
    issuer: &Issuer,
    incident: &Incident,
    change: IncidentChange,
    audit: AuditEvent,
) -> Result<(), NotTold> {
    let now = audit.at;
    let change = judged(issuer, incident.kind, change, now)?;
    let details = json!({
        "kind": incident.kind.as_str(), "title": change.title, "state": incident.state.as_str(), "components": change.components,
        "starts_at": rfc3339(change.starts_at), "ends_at": change.ends_at.map(rfc3339), "text": null,
    });
    let audit = about(audit, issuer, &incident.id, details);
    let store = platform.store.in_environment(issuer.name());
    store
        .change_incident(&incident.id, change, now, audit)
        .await?;
    issuer.status.forget();
    Ok(())
}

/// Reads a moment: RFC 3339, or a day and a time without a zone, which is UTC, as browsers send it.
pub fn moment(text: &str) -> Option<Millis> {
    let text = text.trim();
    let exact = text.parse::<Timestamp>().ok();
    let local = || {
        let local = text.parse::<DateTime>().ok()?;
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    Some(exact.or_else(local)?.as_millisecond())
}

fn about(audit: AuditEvent, issuer: &Issuer, id: &str, details: serde_json::Value) -> AuditEvent {
    AuditEvent {
        environment: Some(issuer.name().clone()),
        subject: Some(id.to_owned()),
        details: details.to_string(),
        ..audit
    }
}

fn judged(
    issuer: &Issuer,
    kind: IncidentKind,
    mut change: IncidentChange,
    now: Millis,
) -> Result<IncidentChange, NotTold> {
    change.title = change.title.trim().to_owned();
    text::required("title", &change.title, LONGEST_TITLE).map_err(|unfit| NotTold::Unfit {
        field: Field::Title,
        unfit,
    })?;
    let known = issuer.status.components();
    for named in &change.components {
        if known.iter().all(|component| component.id != *named) {
            let ids: Vec<_> = known.iter().map(|one| one.id.as_str()).collect();
            let sentence = format!("The components here are {}.", ids.join(", "));
            return Err(unfit(Field::Components, "incident-component", &sentence));
        }
    }
    let is_named = |id: &String| change.components.contains(id);
    let ids = known.iter().map(|component| &component.id);
    change.components = ids.filter(|id| is_named(id)).cloned().collect();
    if (change.starts_at - now).abs() > FARTHEST {
        let sentence = "The beginning lies more than a year away.";
        return Err(unfit(Field::Starts, "incident-too-far", sentence));
    }
    match (kind, change.ends_at) {
        (IncidentKind::Incident, _) if change.starts_at > now + SKEW => {
            let sentence = "An incident has begun; what is to come is maintenance.";
            Err(unfit(Field::Starts, "incident-not-begun", sentence))
        }
        (IncidentKind::Incident, Some(_)) => {
            let sentence = "An incident ends when it is told to be resolved.";
            Err(unfit(Field::Ends, "incident-has-no-end", sentence))
        }
        (IncidentKind::Maintenance, None) => {
            let sentence = "Maintenance needs a beginning and an end.";
            Err(unfit(Field::Ends, "incident-needs-end", sentence))
        }
        (IncidentKind::Maintenance, Some(end))
            if end <= change.starts_at || end - now > FARTHEST =>
        {
            let sentence = "The end must come after the beginning, and within a year.";
            Err(unfit(Field::Ends, "incident-ends-early", sentence))
        }
        _ => Ok(change),
    }
}

fn state_of(kind: IncidentKind, state: IncidentState) -> Result<IncidentState, NotTold> {
    if kind.states().contains(&state) {
        return Ok(state);
    }
    let words: Vec<_> = kind.states().iter().map(|state| state.as_str()).collect();
    let sentence = format!("The state is one of {}.", words.join(", "));
    Err(unfit(Field::State, "incident-state-unfit", &sentence))
}

/// A text of several lines, bounded and without control characters; its line ends are made alike.
fn paragraphs(written: &str) -> Result<String, NotTold> {
    let text = written.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    let field = Field::Text;
    if text.is_empty() {
        return Err(unfit(field, "text-empty", "The text must not be empty."));
    }
    if text.chars().count() > LONGEST_TEXT {
        let sentence = format!("The text is longer than {LONGEST_TEXT} characters.");
        return Err(unfit(field, "text-too-long", &sentence));
    }
    if text.chars().any(|one| one != '\n' && is_control(one)) {
        let sentence = "The text must not have control characters.";
        return Err(unfit(field, "text-control-character", sentence));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn texts_have_lines_and_an_end() {
        assert_eq!(paragraphs(" a\r\n\r\nb\r").unwrap(), "a\n\nb");
        assert!(paragraphs("<script>alert(1)</script> ]]> &amp;").is_ok());
        let long = "ä".repeat(LONGEST_TEXT + 1);
        for bad in ["", " \n ", "a\0b", "a\u{1b}[2Jb", "a\u{2028}b", &long] {
            assert!(paragraphs(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_moment_without_a_zone_is_utc() {
        let expected = Some(1_790_000_000_000);
        for good in [
            "2026-09-21T14:13:20Z",
            "2026-09-21T16:13:20+02:00",
            "2026-09-21T14:13:20",
            " 2026-09-21T14:13:20.000Z ",
        ] {
            assert_eq!(moment(good), expected, "{good}");
        }
        assert_eq!(moment("2026-09-21T14:13"), Some(1_789_999_980_000));
        for bad in ["", "tomorrow", "2026-13-01T00:00", "1790000000"] {
            assert_eq!(moment(bad), None, "{bad}");
        }
    }
}
