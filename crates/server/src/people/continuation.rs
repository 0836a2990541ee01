//! Where a person goes on after signing in, sealed: no address is ever taken from a request.
//!
//! What a page carries through its forms is encrypted and authenticated under the master key, bound to
//! the environment and to the browser it was made for. Another browser cannot go on with it, so nobody
//! can begin a flow and have someone else finish it.

use serde::{Deserialize, Serialize};
use store::Millis;

use super::cookies::CookieValue;
use super::sealed;
use super::sessions::Way;
use crate::context::Context;

/// How long a page may stay open.
const LIFETIME: Millis = 30 * 60 * 1000;
/// What it is sealed for.
const PURPOSE: &str = "continuation";

/// What comes after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Next {
    /// The portal's first page.
    Portal,
    /// The page of the portal that was asked for.
    Page(String),
    /// The authorization request that began it, as it came.
    Authorization(Vec<(String, String)>),
}

/// A flow that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Continuation {
    /// What comes after.
    pub next: Next,
    /// When it was begun: a sign-in after it satisfies `prompt=login`.
    pub started_at: Millis,
    /// What a person answered when asked for consent since: the person's id, and whether it was yes.
    #[serde(default)]
    pub decision: Option<(String, bool)>,
    /// The client that waits, by name.
    #[serde(default)]
    pub client_name: Option<String>,
    /// Who saw the person prove who it is, where a step is still to come.
    #[serde(default)]
    pub way: Way,
}

impl Continuation {
    /// Begins now.
    pub fn new(context: &Context, next: Next) -> Self {
        Self {
            next,
            started_at: context.now,
            decision: None,
            client_name: None,
            way: Way::Here,
        }
    }

    /// As a form or an address carries it. None when it cannot be encrypted.
    pub fn seal(&self, context: &Context, browser: &CookieValue) -> Option<String> {
        sealed::seal(context, browser, PURPOSE, self)
    }

    /// What was sealed for this browser in the last half hour.
    pub fn open(context: &Context, browser: Option<&CookieValue>, text: &str) -> Option<Self> {
        let continuation: Self = sealed::open(context, browser, PURPOSE, text)?;
        let age = context.now - continuation.started_at;
        (0..=LIFETIME).contains(&age).then_some(continuation)
    }
}
