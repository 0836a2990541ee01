//! What stands in the pages of requests.

use serde::Serialize;
use store::Millis;

use super::{Page, Shell};

/// A request in a list, and at the head of its own page.
#[derive(Debug, Default, Serialize)]
pub struct RequestRow {
    /// Its name.
    pub id: String,
    /// When it arrived.
    pub at: Millis,
    /// `token` or `gateway`.
    pub door: String,
    /// `POST`
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Of the answer.
    pub status: u16,
    /// Whether it failed.
    pub failed: bool,
    /// Somebody named the credential and did not prove to be it.
    pub unproven: bool,
    /// The refusal's name.
    pub reason: String,
    /// The same in words; the name where there are none.
    pub why: String,
    /// `1.234`
    pub milliseconds: String,
    /// From where.
    pub remote_address: String,
}

/// The latest requests of a credential.
#[derive(Debug, Default, Serialize)]
pub struct Requests {
    /// Around it.
    pub shell: Shell,
    /// The credential.
    pub uuid: String,
    /// What people call it.
    pub name: String,
    /// The newest first.
    pub rows: Vec<RequestRow>,
    /// Only what failed.
    pub failures: bool,
    /// Days that they are kept; 0: none are.
    pub days: u32,
    /// Whether it is not the first page.
    pub is_later: bool,
    /// Where the next begins.
    pub next: Option<String>,
}

impl Page for Requests {
    const TEMPLATE: &'static str = "requests/list";
}

/// Looking for one.
#[derive(Debug, Default, Serialize)]
pub struct FindRequest {
    /// Around it.
    pub shell: Shell,
    /// What was looked for, and not found.
    pub q: String,
}

impl Page for FindRequest {
    const TEMPLATE: &'static str = "requests/find";
}

/// One half.
#[derive(Debug, Default, Serialize)]
pub struct ShownHalf {
    /// `POST /oauth/token?…` or the status.
    pub first: String,
    /// Name and value.
    pub headers: Vec<(String, String)>,
    /// As far as it was kept.
    pub body: String,
}

/// One request with its answer.
#[derive(Debug, Default, Serialize)]
pub struct ShownRequest {
    /// Around it.
    pub shell: Shell,
    /// The credential.
    pub uuid: String,
    /// What people call it.
    pub name: String,
    /// Its client id.
    pub client_id: String,
    /// About it.
    pub row: RequestRow,
    /// What was asked.
    pub request: ShownHalf,
    /// What was answered.
    pub answer: ShownHalf,
}

impl Page for ShownRequest {
    const TEMPLATE: &'static str = "requests/show";
    const SCRIPT: &'static str = include_str!("portal.js");
}
