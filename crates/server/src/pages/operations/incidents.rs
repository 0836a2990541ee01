//! What stands in the pages in which staff tells of incidents and maintenance.

use serde::Serialize;
use store::Millis;

use crate::pages::{ChosenPart, IncidentCard, Page, Problem, Shell, Told};

/// One in the list.
#[derive(Debug, Default, Serialize)]
pub struct IncidentRow {
    /// Its id.
    pub id: String,
    /// `incident` or `maintenance`.
    pub kind: &'static str,
    /// In the operator's words.
    pub title: String,
    /// How far it has come.
    pub state: &'static str,
    /// When it began, or is to begin.
    pub starts_at: Millis,
    /// When it was last told of.
    pub updated_at: Millis,
}

/// The list.
#[derive(Debug, Default, Serialize)]
pub struct Incidents {
    /// Around it.
    pub shell: Shell,
    /// This page of them, newest first.
    pub rows: Vec<IncidentRow>,
    /// Whether it is not the first.
    pub is_later: bool,
    /// Where the next begins.
    pub next: Option<String>,
}

impl Page for Incidents {
    const TEMPLATE: &'static str = "operations/incidents";
}

/// What is typed, and what is wrong with it.
#[derive(Debug, Default, Serialize)]
pub struct IncidentForm {
    /// Makes it count once.
    pub once: String,
    /// `incident` or `maintenance`.
    pub kind: &'static str,
    /// One line.
    pub title: String,
    /// Wrong about it.
    pub title_problem: Option<Problem>,
    /// All there are.
    pub parts: Vec<ChosenPart>,
    /// Wrong about them.
    pub components_problem: Option<Problem>,
    /// As a browser writes it, or as it was typed.
    pub starts_at: String,
    /// Wrong about it.
    pub starts_problem: Option<Problem>,
    /// The same.
    pub ends_at: String,
    /// Wrong about it.
    pub ends_problem: Option<Problem>,
    /// Those that can be chosen.
    pub states: Vec<&'static str>,
    /// The one that is.
    pub state: &'static str,
    /// Wrong about it.
    pub state_problem: Option<Problem>,
    /// What is told.
    pub text: String,
    /// Wrong about it.
    pub text_problem: Option<Problem>,
}

/// Something new.
#[derive(Debug, Default, Serialize)]
pub struct NewIncidentPage {
    /// Around it.
    pub shell: Shell,
    /// The form.
    pub form: IncidentForm,
}

impl Page for NewIncidentPage {
    const TEMPLATE: &'static str = "operations/incident_new";
}

/// One, with what was told of it and the forms that go on.
#[derive(Debug, Default, Serialize)]
pub struct ShownIncident {
    /// Around it.
    pub shell: Shell,
    /// All about it.
    pub card: IncidentCard,
    /// None when it is over.
    pub form: Option<IncidentForm>,
    /// What was just done.
    pub done: Option<Told>,
    /// What could not be.
    pub problem: Option<Problem>,
}

impl Page for ShownIncident {
    const TEMPLATE: &'static str = "operations/incident";
}
