//! Tokens as a reader finds them: of each no more than a digest, and whose it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use store::Millis;

use super::client::Obstacle;
use super::report::NotComing;
use crate::secrets::imported::work::Bytes;

/// So many rows are named for each reason; the others are counted.
const NAMED: usize = 10;

/// What one authorization of the old server gave out and still lives. On its way from the command to the server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignTokens {
    /// Where it stands in its source, for the report.
    pub place: String,
    /// The client that holds them.
    pub client_id: String,
    /// By which name their person signs in; none where they are the client's own.
    pub person: Option<String>,
    /// What they are good for; none where that cannot be read, and all that their client may do counts.
    pub scopes: Option<Vec<String>>,
    /// When they were given out.
    pub issued_at: Millis,
    /// Access tokens.
    pub access: Vec<ForeignToken>,
    /// What is exchanged for the next ones.
    pub refresh: Option<ForeignToken>,
}

/// One token.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignToken {
    /// SHA-256 of its text, or of its text and its kind.
    pub digest: Bytes,
    /// From when the old server refuses it; none if never.
    pub ends_at: Option<Millis>,
}

/// Said among scopes, and no permission: that a refresh token is wanted.
pub const OFFLINE: &str = "offline_access";

/// A row's one token in its place: what opens the API, or what is exchanged.
pub fn placed(token: ForeignToken, is_access: bool) -> (Vec<ForeignToken>, Option<ForeignToken>) {
    match is_access {
        true => (vec![token], None),
        false => (Vec::new(), Some(token)),
    }
}

/// A row whose times say nothing.
pub fn without_times() -> Obstacle {
    Obstacle::new(
        "When it was made, or when it ends, cannot be read.",
        "Look at that row in the old server.",
    )
}

impl ForeignTokens {
    /// Whether any is left.
    pub fn is_empty(&self) -> bool {
        self.access.is_empty() && self.refresh.is_none()
    }
}

/// Tokens that cannot come, by reason: there may be as many as there are tokens.
#[derive(Debug, Default)]
pub struct TokensNotComing(BTreeMap<(String, String), Refused>);

#[derive(Debug, Default)]
struct Refused {
    tokens: u64,
    named: Vec<(String, String)>,
}

impl TokensNotComing {
    /// Notes so many tokens of a row.
    pub fn add(&mut self, client_id: &str, place: &str, tokens: u64, obstacle: Obstacle) {
        let refused = self
            .0
            .entry((obstacle.reason, obstacle.remedy))
            .or_default();
        refused.tokens += tokens;
        if refused.named.len() < NAMED {
            refused.named.push((client_id.to_owned(), place.to_owned()));
        }
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.0.values().map(|refused| refused.tokens).sum()
    }

    /// For the report.
    pub fn rows(self) -> Vec<NotComing> {
        let mut rows = Vec::new();
        for ((reason, remedy), refused) in self.0 {
            let row = |client_id: &str, place: &str| {
                NotComing::new(
                    "token",
                    client_id,
                    place,
                    Obstacle::new(reason.clone(), remedy.clone()),
                )
            };
            rows.extend(refused.named.iter().map(|(id, place)| row(id, place)));
            let others = refused.tokens.saturating_sub(refused.named.len() as u64);
            if others > 0 {
                rows.push(row("", &format!("and {others} more")));
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_that_cannot_come_for_one_reason_are_named_by_ten_and_counted() {
        let mut refused = TokensNotComing::default();
        for number in 0..25 {
            let why = Obstacle::new("It never ends.", "Say when.");
            refused.add("shop", &format!("row {number}"), 1, why);
        }
        refused.add("shop", "row 7", 2, Obstacle::new("Another.", "Nothing."));
        assert_eq!(refused.count(), 27);
        let places: Vec<_> = refused.rows().into_iter().map(|row| row.place).collect();
        assert_eq!(places.len(), 13);
        assert_eq!(places[12], "and 15 more");
    }
}
