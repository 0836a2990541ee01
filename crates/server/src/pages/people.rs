//! What stands in the pages of people.

use serde::Serialize;
use store::Millis;

use super::{Page, Problem, Shell};

const SCRIPT: &str = include_str!("portal.js");

/// What was just done: a key of the catalogue, and a number in the sentence.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Told {
    /// The sentence.
    pub sentence: &'static str,
    /// Such as how many browsers were signed out.
    pub number: u64,
}

/// Someone.
#[derive(Debug, Default, Serialize)]
pub struct PersonRow {
    /// Id.
    pub id: String,
    /// As it was first spelled.
    pub username: String,
    /// Of which account.
    pub account_id: String,
    /// The same by name.
    pub account: String,
    /// `account-manager` or `member`.
    pub role: &'static str,
    /// `waiting`, `invited`, `active` or `disabled`.
    pub state: &'static str,
    /// Where mail to the person goes, if anywhere.
    pub mail: Option<String>,
    /// Whether a second factor is on.
    pub second_factor: bool,
    /// Whether it is who looks.
    pub is_self: bool,
    /// When the person was made.
    pub created_at: Millis,
    /// When a session was last begun.
    pub last_sign_in_at: Option<Millis>,
}

/// The list.
#[derive(Debug, Default, Serialize)]
pub struct People {
    /// Around it.
    pub shell: Shell,
    /// How many there are without a search.
    pub total: u64,
    /// Over all accounts.
    pub of_all: bool,
    /// The one account that is looked at, by id and name, where there are several.
    pub account: Option<(String, String)>,
    /// What was searched for.
    pub q: String,
    /// This page of them.
    pub rows: Vec<PersonRow>,
    /// Whether it is not the first.
    pub is_later: bool,
    /// Where the next begins.
    pub next: Option<String>,
}

impl Page for People {
    const TEMPLATE: &'static str = "people/list";
}

/// Someone is about to be invited.
#[derive(Debug, Default, Serialize)]
pub struct NewPersonPage {
    /// Around it.
    pub shell: Shell,
    /// What makes pressing twice invite one.
    pub once: String,
    /// Whether the account is asked for.
    pub asks_account: bool,
    /// As typed.
    pub account: String,
    /// As typed.
    pub username: String,
    /// Those that can be given.
    pub roles: Vec<&'static str>,
    /// The one chosen.
    pub role: &'static str,
    /// Wrong about the account.
    pub account_problem: Option<Problem>,
    /// Wrong about the name.
    pub username_problem: Option<Problem>,
    /// Wrong about the role.
    pub role_problem: Option<Problem>,
}

impl Page for NewPersonPage {
    const TEMPLATE: &'static str = "people/new";
}

/// The only page that shows an invitation, and shows it once.
#[derive(Default, Serialize)]
pub struct Invited {
    /// Around it.
    pub shell: Shell,
    /// Who.
    pub id: String,
    /// By name.
    pub username: String,
    /// What the person may do.
    pub role: &'static str,
    /// Where a password is chosen, once.
    pub link: String,
    /// From when it is dead.
    pub expires_at: Millis,
    /// Where it was mailed as well.
    pub mailed_to: Option<String>,
    /// Mail is configured, and this was not taken.
    pub not_mailed: bool,
}

impl Page for Invited {
    const TEMPLATE: &'static str = "people/invited";
    const SCRIPT: &'static str = SCRIPT;
}

/// One person.
#[derive(Debug, Default, Serialize)]
pub struct ShownPerson {
    /// Around it.
    pub shell: Shell,
    /// All about it.
    pub row: PersonRow,
    /// Whether who looks may look at every account.
    pub of_all: bool,
    /// Browsers in which the person is signed in.
    pub sessions: u64,
    /// What was just done.
    pub done: Option<Told>,
}

impl Page for ShownPerson {
    const TEMPLATE: &'static str = "people/show";
}

/// A role is about to change, or a person to be let in no more.
#[derive(Debug, Default, Serialize)]
pub struct ChangePerson {
    /// Around it.
    pub shell: Shell,
    /// Who.
    pub row: PersonRow,
    /// Whether the person is to be let in no more.
    pub disables: bool,
    /// Browsers that will be signed out.
    pub sessions: u64,
    /// Clients that may act for the person no more.
    pub applications: u64,
    /// Whether nobody else manages the account.
    pub last: bool,
    /// Those that can be given.
    pub roles: Vec<&'static str>,
    /// Why it was not done.
    pub problem: Option<Problem>,
}

impl Page for ChangePerson {
    const TEMPLATE: &'static str = "people/change";
}
