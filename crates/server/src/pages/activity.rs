//! What stands in the page of what people did.

use serde::Serialize;
use store::Millis;

use super::{Page, Shell};

/// An event.
#[derive(Debug, Default, Serialize)]
pub struct ActivityRow {
    /// When.
    pub at: Millis,
    /// In words.
    pub what: String,
    /// The name in the audit trail.
    pub event: String,
    /// `person`, `credential`, `operator` or `platform`.
    pub actor_kind: &'static str,
    /// By name.
    pub actor: String,
    /// What it happened to.
    pub subject_id: String,
    /// The same by name.
    pub subject: String,
    /// From where.
    pub remote_address: String,
    /// As the logs have it.
    pub request_id: String,
}

/// What people did.
#[derive(Debug, Default, Serialize)]
pub struct Activity {
    /// Around it.
    pub shell: Shell,
    /// This page of it, the newest first.
    pub rows: Vec<ActivityRow>,
    /// Beginnings of events that can be chosen.
    pub kinds: Vec<&'static str>,
    /// The one chosen.
    pub kind: &'static str,
    /// What it happened to.
    pub subject: String,
    /// Whether it is not the first page.
    pub is_later: bool,
    /// Where the next begins.
    pub next: Option<i64>,
}

impl Page for Activity {
    const TEMPLATE: &'static str = "activity";
}
