//! What stands in the page of environments.

use serde::Serialize;

use crate::pages::{Page, Shell};

/// Where a dialect or a setting departs from the RFCs, in the words of whoever wrote it.
#[derive(Debug, Default, Serialize)]
pub struct RelaxationLine {
    /// The setting.
    pub axis: &'static str,
    /// What it allows.
    pub allows: String,
    /// From which section.
    pub departs_from: &'static str,
    /// Why.
    pub reason: String,
}

/// An environment as the configuration made it. Lifetimes are seconds.
#[derive(Debug, Default, Serialize)]
pub struct EnvironmentCard {
    /// Its name.
    pub name: String,
    /// Whether it is this one.
    pub is_here: bool,
    /// Its issuer.
    pub url: String,
    /// Its portal.
    pub portal_url: String,
    /// Its documentation.
    pub docs_url: String,
    /// Its dialect.
    pub dialect: String,
    /// What new access tokens look like.
    pub access_token_format: &'static str,
    /// What signs JWTs.
    pub signing_algorithm: &'static str,
    /// Whether people choose secrets.
    pub chosen_secrets: bool,
    /// Whether people are asked before a client acts for them.
    pub consent: bool,
    /// Grants that are offered in the portal.
    pub grants: Vec<&'static str>,
    /// Each kind and its lifetime.
    pub lifetimes: Vec<(&'static str, u64)>,
    /// Per minute and address; 0: none.
    pub token_requests_per_minute: u32,
    /// At a time and account; 0: none.
    pub concurrent_requests: u32,
    /// Of one credential; 0: no limit.
    pub requests_per_second: u32,
    /// Of one credential; 0: no limit.
    pub requests_per_day: u64,
    /// The two are counted and not enforced.
    pub budgets_monitored: bool,
    /// In force.
    pub relaxations: Vec<RelaxationLine>,
}

/// All of them.
#[derive(Debug, Default, Serialize)]
pub struct Environments {
    /// Around it.
    pub shell: Shell,
    /// By name.
    pub cards: Vec<EnvironmentCard>,
}

impl Page for Environments {
    const TEMPLATE: &'static str = "operations/environments";
}
