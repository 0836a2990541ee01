//! What stands in the pages of the platform's own staff: accounts and what stops with them. Keys, environments and the live picture have
//! files of their own.

pub mod environments;
pub mod incidents;
pub mod keys;
pub mod live;

use serde::Serialize;
use store::Millis;

use super::{Page, PersonRow, Problem, Shell, Told};

/// An account.
#[derive(Debug, Default, Serialize)]
pub struct AccountRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Over all environments.
    pub credentials: u64,
    /// In this environment.
    pub people: u64,
    /// When it was made.
    pub created_at: Millis,
    /// Set while it is suspended.
    pub suspended_at: Option<Millis>,
}

/// The list.
#[derive(Debug, Default, Serialize)]
pub struct Accounts {
    /// Around it.
    pub shell: Shell,
    /// How many there are without a search.
    pub total: u64,
    /// What was searched for.
    pub q: String,
    /// This page of them.
    pub rows: Vec<AccountRow>,
    /// Whether it is not the first.
    pub is_later: bool,
    /// Where the next begins.
    pub next: Option<String>,
}

impl Page for Accounts {
    const TEMPLATE: &'static str = "operations/accounts";
}

/// What is asked of one account in an environment.
#[derive(Debug, Default, Serialize)]
pub struct AccountLimits {
    /// Token requests per minute and address; 0: no limit.
    pub token_requests_per_minute: u32,
    /// Requests at a time through the gateway; 0: no limit.
    pub concurrent_requests: u32,
}

/// One account.
#[derive(Debug, Default, Serialize)]
pub struct ShownAccount {
    /// Around it.
    pub shell: Shell,
    /// All about it.
    pub row: AccountRow,
    /// Its credentials in this environment.
    pub credentials_here: u64,
    /// The first of its people in this environment.
    pub people: Vec<PersonRow>,
    /// In force here.
    pub limits: AccountLimits,
    /// What was just done.
    pub done: Option<Told>,
}

impl Page for ShownAccount {
    const TEMPLATE: &'static str = "operations/account";
}

/// An account is about to be suspended or restored.
#[derive(Debug, Default, Serialize)]
pub struct SuspendAccount {
    /// Around it.
    pub shell: Shell,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is about to be restored.
    pub restores: bool,
    /// Credentials that are not switched off.
    pub credentials: u64,
    /// Live opaque tokens; none when they could not be counted in time.
    pub live_tokens: Option<u64>,
    /// Whether some environment's tokens are JWTs, which others judge by themselves and nobody counts.
    pub jwts: bool,
    /// Browsers in which its people are signed in.
    pub sessions: u64,
    /// When any of its credentials was last used.
    pub last_used_at: Option<Millis>,
    /// As typed.
    pub reason: String,
    /// Wrong about the reason.
    pub problem: Option<Problem>,
}

impl Page for SuspendAccount {
    const TEMPLATE: &'static str = "operations/suspend";
}
