//! The hinge: what a grant decided, before anything is made of it.

use std::sync::Arc;

use oauth::scope::Scope;

use crate::clients::KnownClient;

/// A decision to issue. A grant returns it; the token endpoint hands it to the mint.
#[derive(Debug)]
pub struct Authorization {
    /// Who asked and proved it.
    pub client: Arc<KnownClient>,
    /// On whose behalf: the client itself, or a person.
    pub subject: Subject,
    /// What the token will be good for.
    pub scope: Scope,
    /// Seconds.
    pub lifetime: u64,
}

/// Whom a token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The client itself (`client_credentials`); RFC 9068 §2.2 then puts its client id into `sub`.
    Client,
}
