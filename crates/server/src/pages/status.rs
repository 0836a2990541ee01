//! What stands in the status page, which everyone may read.

use serde::Serialize;
use store::Millis;

use super::Page;

/// A part of the environment, by its sentence.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ChosenPart {
    /// As programs call it.
    pub id: String,
    /// The sentence that names it.
    pub name: &'static str,
    /// The version in that sentence.
    pub version: Option<String>,
    /// Whether it is ticked, in a form.
    pub is_chosen: bool,
}

/// One day as a bar.
#[derive(Debug, Default, Serialize)]
pub struct DayBar {
    /// `2026-11-26`
    pub day: String,
    /// How it was.
    pub standing: &'static str,
    /// Percent that failed; none where nothing did.
    pub share: Option<String>,
    /// From the left.
    pub x: usize,
    /// From the top.
    pub y: u32,
    /// Of 32.
    pub height: u32,
}

/// A part and its last days.
#[derive(Debug, Default, Serialize)]
pub struct Part {
    /// As programs call it.
    pub id: String,
    /// The sentence that names it.
    pub name: &'static str,
    /// The version in that sentence.
    pub version: Option<String>,
    /// How it is now.
    pub standing: &'static str,
    /// Oldest first.
    pub bars: Vec<DayBar>,
    /// Days on which it was impaired or down.
    pub bad: usize,
    /// Days of which nothing is known.
    pub unknown: usize,
}

/// A day on which something failed, and how much of each part.
#[derive(Debug, Default, Serialize)]
pub struct FailedDay {
    /// `2026-11-26`
    pub day: String,
    /// Percent, in the order of the parts.
    pub shares: Vec<Option<String>>,
}

/// What was told at one moment.
#[derive(Debug, Default, Serialize)]
pub struct ToldUpdate {
    /// When.
    pub at: Millis,
    /// How far it had come.
    pub state: &'static str,
    /// In the operator's words.
    pub text: String,
}

/// Something that is told of.
#[derive(Debug, Default, Serialize)]
pub struct IncidentCard {
    /// Its id.
    pub id: String,
    /// `incident` or `maintenance`.
    pub kind: &'static str,
    /// In the operator's words.
    pub title: String,
    /// How far it has come; of maintenance also `under-way` and `over`.
    pub state: &'static str,
    /// What it concerns.
    pub parts: Vec<ChosenPart>,
    /// When it began, or is to begin.
    pub starts_at: Millis,
    /// When it is to end.
    pub ends_at: Option<Millis>,
    /// When it was said to be over.
    pub resolved_at: Option<Millis>,
    /// Newest first.
    pub updates: Vec<ToldUpdate>,
}

/// From when on something counts, in percent.
#[derive(Debug, Default, Serialize)]
pub struct Thresholds {
    /// A day is amber above it.
    pub day_degraded: String,
    /// A day is red above it.
    pub day_down: String,
    /// A part is impaired above it.
    pub now_degraded: String,
    /// A part is down above it.
    pub now_down: String,
    /// Over so many minutes.
    pub now_minutes: i64,
    /// Fewer failures say nothing.
    pub fewest: u64,
}

/// How the environment is doing.
#[derive(Debug, Default, Serialize)]
pub struct Status {
    /// Which entry of the menu this is.
    pub current: &'static str,
    /// All of it in one word.
    pub standing: &'static str,
    /// Whether the database said so just now.
    pub is_current: bool,
    /// When it was made.
    pub at: Millis,
    /// When the database last said something.
    pub known_at: Option<Millis>,
    /// The parts.
    pub parts: Vec<Part>,
    /// Newest first; only days on which something failed.
    pub failures: Vec<FailedDay>,
    /// What is wrong, or under way.
    pub current_incidents: Vec<IncidentCard>,
    /// What is to come.
    pub planned: Vec<IncidentCard>,
    /// What is over.
    pub past: Vec<IncidentCard>,
    /// From when on something counts.
    pub thresholds: Thresholds,
}

impl Page for Status {
    const TEMPLATE: &'static str = "status";
}
