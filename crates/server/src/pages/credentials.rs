//! What stands in the pages of credentials.

use serde::Serialize;
use store::Millis;

use super::{Page, Problem};

const SCRIPT: &str = include_str!("portal.js");

/// What stands around every page of someone who is signed in.
#[derive(Debug, Default, Serialize)]
pub struct Shell {
    /// Who.
    pub username: String,
    /// Of which account; none for an operator.
    pub account: Option<String>,
    /// Whether there are credentials to manage.
    pub manages: bool,
    /// Whether it is the platform's own staff.
    pub operates: bool,
    /// Which page this is: `portal` or a tab.
    pub current: &'static str,
    /// The documentation.
    pub docs_url: String,
    /// Name, address and whether it is this one.
    pub environments: Vec<(String, String, bool)>,
}

/// What is known of a secret.
#[derive(Debug, Default, Serialize)]
pub struct SecretLine {
    /// The last four characters; empty for one that a person chose or that came from another server.
    pub hint: String,
    /// It came from another server, and waits for its first use.
    pub imported: bool,
    /// When it was made.
    pub created_at: Millis,
    /// From when it is refused.
    pub expires_at: Option<Millis>,
    /// When it was last used.
    pub last_used_at: Option<Millis>,
    /// From where.
    pub last_used_address: Option<String>,
}

/// A scope and what is permitted in it.
#[derive(Debug, Default, Serialize)]
pub struct ScopeLine {
    /// As people call it.
    pub name: String,
    /// read, add, write, delete; none where the platform has no permissions.
    pub permissions: Vec<&'static str>,
}

/// A credential.
#[derive(Debug, Default, Serialize)]
pub struct CredentialRow {
    /// For support.
    pub uuid: String,
    /// For the token endpoint.
    pub client_id: String,
    /// Whose.
    pub account: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Of the API.
    pub version: Option<String>,
    /// How it gets tokens.
    pub grants: Vec<String>,
    /// Where codes are sent.
    pub redirect_uris: Vec<String>,
    /// The platform has no scopes: it may do everything.
    pub everything: bool,
    /// What it may do.
    pub scopes: Vec<ScopeLine>,
    /// The same counted: `("read", 16)`.
    pub summary: Vec<(&'static str, usize)>,
    /// The newest first.
    pub secrets: Vec<SecretLine>,
    /// When any of them was last used.
    pub last_used_at: Option<Millis>,
    /// From where.
    pub last_used_address: Option<String>,
    /// Switched off.
    pub disabled: bool,
    /// By a refresh of the environment, since the account was not among those that came over.
    pub disabled_by_refresh: bool,
    /// When it was made.
    pub created_at: Millis,
    /// Requests of the last thirty days, tokens among them.
    pub requests: u64,
    /// Requests of today that were passed on.
    pub today: u64,
    /// The height of each day's bar, 0 to 26.
    pub days: Vec<u8>,
}

/// The list.
#[derive(Debug, Default, Serialize)]
pub struct Credentials {
    /// Around it.
    pub shell: Shell,
    /// How many there are without a search.
    pub total: u64,
    /// Over all accounts.
    pub of_all: bool,
    /// Whether the platform has versions.
    pub versions: bool,
    /// The one account that is looked at, by id and name, where there are several.
    pub account: Option<(String, String)>,
    /// What was searched for.
    pub q: String,
    /// `name` or `newest`.
    pub sort: &'static str,
    /// Secrets that end soon and have no successor: the credential's UUID and name, and when.
    pub expiring: Vec<(String, String, Millis)>,
    /// This page of them.
    pub rows: Vec<CredentialRow>,
    /// Whether it is not the first.
    pub is_later: bool,
    /// Where the next begins.
    pub next: Option<String>,
    /// What was just done, as a key of the catalogue.
    pub done: Option<&'static str>,
}

impl Page for Credentials {
    const TEMPLATE: &'static str = "credentials/list";
    const SCRIPT: &'static str = SCRIPT;
}

/// A box of the grid.
#[derive(Debug, Default, Serialize)]
pub struct PermissionBox {
    /// `shifts.read`, or the bare scope.
    pub value: String,
    /// `read`; empty for the bare scope.
    pub permission: &'static str,
    /// Whether it is ticked.
    pub checked: bool,
}

/// A line of the grid.
#[derive(Debug, Default, Serialize)]
pub struct ScopeBoxes {
    /// As people call it.
    pub name: String,
    /// One per column.
    pub boxes: Vec<PermissionBox>,
}

/// A column of the grid.
#[derive(Debug, Default, Serialize)]
pub struct Column {
    /// `read`; empty for bare scopes.
    pub name: &'static str,
    /// Of HTTP.
    pub methods: &'static str,
}

/// A credential is about to be made.
#[derive(Debug, Default, Serialize)]
pub struct NewCredential {
    /// Around it.
    pub shell: Shell,
    /// What makes pressing twice make one.
    pub once: String,
    /// Whether the account is asked for.
    pub asks_account: bool,
    /// As typed.
    pub account: String,
    /// As typed.
    pub name: String,
    /// As typed.
    pub description: String,
    /// Those there are.
    pub versions: Vec<String>,
    /// The one chosen.
    pub version: Option<String>,
    /// Grants that are offered.
    pub grants: Vec<&'static str>,
    /// The one chosen.
    pub grant: &'static str,
    /// Whether codes are among them.
    pub asks_redirect_uris: bool,
    /// As typed, one a line.
    pub redirect_uris: String,
    /// Of the grid.
    pub columns: Vec<Column>,
    /// Of the grid.
    pub scopes: Vec<ScopeBoxes>,
    /// Ways to fill the grid.
    pub presets: Vec<&'static str>,
    /// Whether people choose secrets here.
    pub asks_secret: bool,
    /// Days after which a secret may end; 0 is never.
    pub lifetimes: Vec<u64>,
    /// The one chosen.
    pub lifetime: u64,
    /// Wrong as a whole.
    pub problem: Option<Problem>,
    /// Wrong about the account.
    pub account_problem: Option<Problem>,
    /// Wrong about the name.
    pub name_problem: Option<Problem>,
    /// Wrong about the description.
    pub description_problem: Option<Problem>,
    /// Wrong about the grid.
    pub allow_problem: Option<Problem>,
    /// Wrong about the grant.
    pub grant_problem: Option<Problem>,
    /// Wrong about the redirect URIs.
    pub redirect_problem: Option<Problem>,
    /// Wrong about the secret.
    pub secret_problem: Option<Problem>,
}

impl Page for NewCredential {
    const TEMPLATE: &'static str = "credentials/new";
    const SCRIPT: &'static str = SCRIPT;
}

/// The only page that shows a secret, and shows it once.
#[derive(Default, Serialize)]
pub struct CredentialMade {
    /// Around it.
    pub shell: Shell,
    /// What people call it.
    pub name: String,
    /// For the token endpoint.
    pub client_id: String,
    /// For support.
    pub uuid: String,
    /// This once; none where its person chose it.
    pub secret: Option<String>,
    /// All of it as a text file, in base64.
    pub download: String,
    /// Where tokens are.
    pub token_url: String,
    /// Where the documentation is.
    pub docs_url: String,
    /// The line that gets a token; none where it takes more than a line.
    pub line: Option<String>,
    /// When the secret ends by itself.
    pub secret_expires_at: Option<Millis>,
    /// After a rotation: when the other secret ends.
    pub others_expire_at: Option<Millis>,
}

impl Page for CredentialMade {
    const TEMPLATE: &'static str = "credentials/made";
    const SCRIPT: &'static str = SCRIPT;
}

/// How much a credential may ask for.
#[derive(Debug, Default, Serialize)]
pub struct BudgetLine {
    /// Requests in any second; 0: no limit.
    pub per_second: u64,
    /// Requests on one day; 0: no limit.
    pub per_day: u64,
    /// Of them used today.
    pub used: u64,
    /// The same in hundredths, 100 at most.
    pub percent: u64,
    /// What is beyond passes all the same.
    pub monitored: bool,
}

/// One credential.
#[derive(Debug, Default, Serialize)]
pub struct ShownCredential {
    /// Around it.
    pub shell: Shell,
    /// All about it.
    pub row: CredentialRow,
    /// Where tokens are.
    pub token_url: String,
    /// Where the documentation is.
    pub docs_url: String,
    /// How much it may ask for, where that is limited.
    pub budget: Option<BudgetLine>,
    /// Somebody used a secret that was replaced since it was replaced.
    pub still_old: bool,
    /// As typed.
    pub name: String,
    /// As typed.
    pub description: String,
    /// Wrong about the name.
    pub name_problem: Option<Problem>,
    /// Wrong about the description.
    pub description_problem: Option<Problem>,
    /// What was just done.
    pub done: Option<&'static str>,
}

impl Page for ShownCredential {
    const TEMPLATE: &'static str = "credentials/show";
    const SCRIPT: &'static str = SCRIPT;
}

/// A secret is about to be replaced.
#[derive(Debug, Default, Serialize)]
pub struct RotateSecret {
    /// Around it.
    pub shell: Shell,
    /// Which credential.
    pub uuid: String,
    /// What people call it.
    pub name: String,
    /// What makes pressing twice rotate once.
    pub once: String,
    /// Two live already: the older one ends at once.
    pub third: bool,
    /// Days that are offered.
    pub overlaps: Vec<u64>,
    /// The one chosen.
    pub overlap: u64,
    /// Days after which a secret may end; 0 is never.
    pub lifetimes: Vec<u64>,
    /// Whether people choose secrets here.
    pub asks_secret: bool,
    /// Wrong as a whole.
    pub problem: Option<Problem>,
    /// Wrong about the secret.
    pub secret_problem: Option<Problem>,
}

impl Page for RotateSecret {
    const TEMPLATE: &'static str = "credentials/rotate";
}

/// A credential is about to be switched off.
#[derive(Debug, Default, Serialize)]
pub struct DisableCredential {
    /// Around it.
    pub shell: Shell,
    /// Which.
    pub uuid: String,
    /// What people call it.
    pub name: String,
    /// Tokens that would be refused; none when they could not be counted in time.
    pub live_tokens: Option<u64>,
    /// Whether its tokens are JWTs, which others judge by themselves and nobody counts.
    pub jwts: bool,
    /// When it was last used.
    pub last_used_at: Option<Millis>,
    /// From where.
    pub last_used_address: Option<String>,
}

impl Page for DisableCredential {
    const TEMPLATE: &'static str = "credentials/disable";
}

/// A credential is about to go.
#[derive(Debug, Default, Serialize)]
pub struct DeleteCredential {
    /// Around it.
    pub shell: Shell,
    /// Which.
    pub uuid: String,
    /// What has to be typed.
    pub name: String,
    /// Tokens that would stop working.
    pub live_tokens: u64,
    /// When it was last used.
    pub last_used_at: Option<Millis>,
    /// From where.
    pub last_used_address: Option<String>,
    /// What was typed is not the name.
    pub problem: Option<Problem>,
}

impl Page for DeleteCredential {
    const TEMPLATE: &'static str = "credentials/delete";
}
