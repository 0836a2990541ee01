//! What every reader makes of its source: clients, and what of them cannot come.

use std::fmt;

use serde::{Deserialize, Serialize};
use store::Millis;

use super::hashes::Taken;
use super::report::NotComing;
use super::token::{ForeignTokens, TokensNotComing};
use crate::secrets::imported::OldHash;

/// A client as the old server has it. On its way from the command to the server.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignClient {
    /// Where it stands in its source, for the report.
    pub place: String,
    /// To the byte.
    pub client_id: String,
    /// What it is called; empty where it has no name.
    pub name: String,
    /// What it is for; empty where that is not said.
    pub description: String,
    /// Whose, by name, where that is known.
    pub account: Option<String>,
    /// Scope values.
    pub scopes: Vec<String>,
    /// The RFCs' names.
    pub grant_types: Vec<String>,
    /// Where codes may be sent.
    pub redirect_uris: Vec<String>,
    /// It has no secret.
    pub public: bool,
    /// It was switched off.
    pub disabled: bool,
    /// The old server wanted PKCE of it.
    pub pkce_required: bool,
    /// All its secrets.
    pub secrets: Vec<ForeignSecret>,
}

impl ForeignClient {
    /// Takes a secret, or notes why it cannot come.
    pub fn take(
        &mut self,
        secret: Taken,
        expires_at: Option<Millis>,
        obstacles: &mut Vec<Obstacle>,
    ) {
        match secret {
            Ok(hash) => self.secrets.push(ForeignSecret { hash, expires_at }),
            Err(unreadable) => obstacles.push(unreadable.obstacle()),
        }
    }
}

/// What a client can use whose server keeps no grants beside it: a confidential one its own, one that codes are sent to those.
pub fn usual_grants(public: bool, redirects: bool) -> Vec<String> {
    let mut grants = Vec::new();
    if !public {
        grants.push("client_credentials");
    }
    if redirects {
        grants.extend(["authorization_code", "refresh_token"]);
    }
    grants.into_iter().map(str::to_owned).collect()
}

/// One of a client's secrets.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignSecret {
    /// As it was held there.
    pub hash: OldHash,
    /// From when it is refused.
    pub expires_at: Option<Millis>,
}

impl fmt::Debug for ForeignSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ForeignSecret({:?})", self.hash)
    }
}

/// Why something cannot come, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// A sentence.
    pub reason: String,
    /// A sentence.
    pub remedy: String,
}

impl Obstacle {
    /// Two sentences.
    pub fn new(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            remedy: remedy.into(),
        }
    }
}

/// What a reader found.
#[derive(Debug, Default)]
pub struct Reading {
    /// What may come.
    pub clients: Vec<ForeignClient>,
    /// What cannot.
    pub not_coming: Vec<NotComing>,
    /// Tokens that live.
    pub tokens: Vec<ForeignTokens>,
    /// Tokens that live and cannot come.
    pub tokens_not_coming: TokensNotComing,
}

impl Reading {
    /// Takes a client, with what stands in the way of some of its secrets. A confidential client comes with one secret at least.
    pub fn add(&mut self, client: ForeignClient, mut obstacles: Vec<Obstacle>) {
        let comes = client.public || !client.secrets.is_empty();
        if !comes && obstacles.is_empty() {
            obstacles.push(Obstacle::new(
                "It has no secret.",
                "Make a credential for it here, or give it a secret there first.",
            ));
        }
        let what = if comes { "secret" } else { "client" };
        for obstacle in obstacles {
            self.not_coming.push(NotComing::new(
                what,
                &client.client_id,
                &client.place,
                obstacle,
            ));
        }
        if comes {
            self.clients.push(client);
        }
    }

    /// Notes a client that cannot come at all.
    pub fn refuse(&mut self, client_id: &str, place: &str, obstacle: Obstacle) {
        self.not_coming
            .push(NotComing::new("client", client_id, place, obstacle));
    }
}
