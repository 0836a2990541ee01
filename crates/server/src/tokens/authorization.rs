//! The hinge: what a grant decided, before anything is made of it.

use std::sync::Arc;

use oauth::scope::Scope;
use store::{FamilyId, RotationRule, TokenId};

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
    /// A person, and what proves that the person let the client do this.
    Person {
        /// The person's id, which `sub` holds.
        id: String,
        /// What is spent for it in the same transaction.
        by: Proof,
    },
}

/// What a token for a person is given for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The password itself: a new family.
    Password,
    /// A code, which is redeemed: a new family.
    AuthorizationCode(TokenId),
    /// A refresh token, which is rotated: the next generation of its family.
    RefreshToken(Presented),
}

/// A refresh token that was presented and is to be exchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// Its family.
    pub family: FamilyId,
    /// Its generation.
    pub generation: i64,
    /// Its hash.
    pub hash: [u8; 32],
    /// The family's newest generation when it was looked up: if that moved, someone else was faster.
    pub newest_generation: i64,
    /// All that the family may ever be good for; `scope` of the authorization may be less.
    pub rule: RotationRule,
}
