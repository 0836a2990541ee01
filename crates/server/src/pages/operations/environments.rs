//! What stands in the page of environments.

use serde::Serialize;
use store::Millis;

use crate::pages::{Page, Problem, Shell};

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
    /// Where it is overwritten from, and when.
    pub refresh: Option<RefreshLine>,
}

/// How an environment is refreshed.
#[derive(Debug, Default, Serialize)]
pub struct RefreshLine {
    /// The environment whose data is taken.
    pub from: String,
    /// Five cron fields.
    pub schedule: String,
    /// The time zone they are read in.
    pub timezone: String,
    /// When the next run is due.
    pub next_at: Option<Millis>,
    /// When the last one ended.
    pub last_at: Option<Millis>,
    /// Whether the newest run failed.
    pub failed: bool,
}

/// What a refresh would change, or did.
#[derive(Debug, Default, Serialize)]
pub struct RefreshNumbers {
    /// Accounts after it.
    pub accounts: u64,
    /// Accounts that come.
    pub accounts_arrived: u64,
    /// Accounts that go.
    pub accounts_left: u64,
    /// People who come.
    pub people_arrived: u64,
    /// People who stay and are changed.
    pub people_changed: u64,
    /// People who go.
    pub people_left: u64,
    /// People who stay as they are.
    pub people_kept: u64,
    /// Credentials that are switched off.
    pub switched_off: u64,
    /// Credentials that are switched on again.
    pub switched_on: u64,
}

/// One change that is about to happen.
#[derive(Debug, Default, Serialize)]
pub struct RefreshChange {
    /// `person-arrives`, `person-changes`, `person-leaves`, `credential-off` or `credential-on`.
    pub change: &'static str,
    /// A username as it will be seen here, or a credential's UUID.
    pub of: String,
}

/// An environment is about to be refreshed, or was.
#[derive(Debug, Default, Serialize)]
pub struct RefreshEnvironment {
    /// Around it.
    pub shell: Shell,
    /// From where, and when.
    pub line: RefreshLine,
    /// The source is read as it stood then.
    pub data_until: Millis,
    /// Fields that come over as they are.
    pub personal_data: Vec<&'static str>,
    /// Whether whoever is new is invited by mail.
    pub invites: bool,
    /// How much.
    pub numbers: RefreshNumbers,
    /// The first of the changes.
    pub changes: Vec<RefreshChange>,
    /// How many more there are.
    pub more: u64,
    /// It is done.
    pub done: bool,
    /// What was typed is not the environment's name, or another run is under way.
    pub problem: Option<Problem>,
}

impl Page for RefreshEnvironment {
    const TEMPLATE: &'static str = "operations/refresh";
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
