//! The form of an incident: what is filled in at first, what was typed, and which field a refusal belongs to.

use store::{Incident, IncidentKind, IncidentState, Millis};

use crate::clock::rfc3339;
use crate::pages::{IncidentForm, Problem};
use crate::people::once;
use crate::portal::access::Manager;
use crate::portal::form::Form;
use crate::portal::status::cards;
use crate::random::NoRandomness;
use crate::status::incidents::{self, Field, NotTold};

/// What the form's `once` is drawn for.
pub const PURPOSE: &str = "incident";

/// An empty one.
///
/// # Errors
/// The operating system gives no random numbers.
pub fn empty(manager: &Manager, kind: IncidentKind) -> Result<IncidentForm, NoRandomness> {
    let context = &manager.visit.context;
    // Maintenance is announced before there is anything else to say of it.
    let most = match kind {
        IncidentKind::Maintenance => 1,
        IncidentKind::Incident => usize::MAX,
    };
    let states = kind.states().iter().take(most);
    Ok(IncidentForm {
        once: once::draw(context, &manager.session, PURPOSE)?,
        kind: kind.as_str(),
        parts: cards::parts(context.issuer.status.components(), &[]),
        states: states.map(|state| state.as_str()).collect(),
        state: kind.states().first().map_or("", |state| state.as_str()),
        ..IncidentForm::default()
    })
}

/// One that goes on with an incident.
///
/// # Errors
/// The operating system gives no random numbers.
pub fn begun(manager: &Manager, incident: &Incident) -> Result<IncidentForm, NoRandomness> {
    let components = manager.visit.context.issuer.status.components();
    Ok(IncidentForm {
        title: incident.title.clone(),
        parts: cards::parts(components, &incident.components),
        starts_at: as_a_browser_writes(incident.starts_at),
        ends_at: incident
            .ends_at
            .map(as_a_browser_writes)
            .unwrap_or_default(),
        states: incident
            .kind
            .states()
            .iter()
            .map(|state| state.as_str())
            .collect(),
        state: incident.state.as_str(),
        ..empty(manager, incident.kind)?
    })
}

/// Lays what was typed about it over a form.
pub fn about(form: &mut IncidentForm, typed: &Form) {
    form.title = typed.get("title").to_owned();
    let chosen: Vec<_> = typed.all("component").collect();
    for part in &mut form.parts {
        part.is_chosen = chosen.contains(&&*part.id);
    }
    form.starts_at = typed.get("starts_at").to_owned();
    form.ends_at = typed.get("ends_at").to_owned();
}

/// Lays what is told over a form.
pub fn told(form: &mut IncidentForm, typed: &Form) {
    form.text = typed.get("text").to_owned();
    if let Some(state) = IncidentState::of(typed.get("state")) {
        form.state = state.as_str();
    }
}

/// The time in a field: none where it is empty.
///
/// # Errors
/// What cannot be read.
pub fn time(field: Field, typed: &str) -> Result<Option<Millis>, (Field, Problem)> {
    match typed.trim() {
        "" => Ok(None),
        typed => match incidents::moment(typed) {
            None => Err((field, Problem::of("incident-time-unread"))),
            read => Ok(read),
        },
    }
}

/// Puts a problem beside its field.
pub fn mark(form: &mut IncidentForm, (field, problem): (Field, Problem)) {
    let place = match field {
        Field::Title => &mut form.title_problem,
        Field::Text => &mut form.text_problem,
        Field::Components => &mut form.components_problem,
        Field::State => &mut form.state_problem,
        Field::Starts => &mut form.starts_problem,
        Field::Ends => &mut form.ends_problem,
    };
    *place = Some(problem);
}

/// The field that a refusal belongs to; what belongs to none is given back.
///
/// # Errors
/// The database.
pub fn field_of(refusal: NotTold) -> Result<(Field, Problem), store::StoreError> {
    match refusal {
        NotTold::Unfit { field, unfit } => Ok((field, Problem::of(unfit.key))),
        NotTold::Store(error) => Err(error),
    }
}

/// `2026-11-27T02:00`
fn as_a_browser_writes(at: Millis) -> String {
    let exact = rfc3339(at);
    exact.get(..16).unwrap_or_default().to_owned()
}
