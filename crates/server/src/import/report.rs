//! What a run tells: how much came, and what did not, row by row.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::client::Obstacle;

/// Something that cannot come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = NotImported)]
pub struct NotComing {
    /// `client`, `secret` where the client comes without it, or `token`.
    pub what: String,
    /// Whose, as far as it is known.
    pub client_id: String,
    /// Where in the source.
    pub place: String,
    /// Why.
    pub reason: String,
    /// What can be done.
    pub remedy: String,
}

impl NotComing {
    /// One row of the report.
    pub fn new(what: &str, client_id: &str, place: &str, obstacle: Obstacle) -> Self {
        Self {
            what: what.to_owned(),
            client_id: client_id.to_owned(),
            place: place.to_owned(),
            reason: obstacle.reason,
            remedy: obstacle.remedy,
        }
    }
}

/// A detail that clients come without.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LeftOut)]
pub struct LeftOut {
    /// `scope`, `grant type`, `redirect URI` or `token's scope`.
    pub what: String,
    /// Which.
    pub value: String,
    /// Why.
    pub reason: String,
    /// How many clients have it, or how many authorizations where a token's scope is meant.
    pub clients: u64,
    /// One of them; of an authorization its client.
    pub example: String,
}

/// What came of a run, or would.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportReport)]
pub struct Report {
    /// Where.
    pub environment: String,
    /// Out of what.
    pub format: String,
    /// Nothing was changed.
    pub dry_run: bool,
    /// Clients that are new here.
    pub clients_new: u64,
    /// Their secrets.
    pub secrets_new: u64,
    /// Accounts that were made for them.
    pub accounts_new: u64,
    /// Clients that came before and got another secret there since.
    pub clients_with_later_secrets: u64,
    /// Clients that came before and are as they were.
    pub clients_unchanged: u64,
    /// Tokens that go on working here.
    pub tokens_new: u64,
    /// Tokens that came before.
    pub tokens_unchanged: u64,
    /// Tokens that live there and cannot come; a few of each kind are named among the rest.
    pub tokens_not_coming: u64,
    /// Details that clients come without.
    pub left_out: Vec<LeftOut>,
    /// What cannot come.
    pub not_coming: Vec<NotComing>,
}
