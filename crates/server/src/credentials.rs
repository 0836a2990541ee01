//! Credentials: what one may be made with, and how it gets a new secret.
//!
//! Two doors use this room: the management API, where operators and programs make credentials, and the
//! portal, where a customer's account manager does. What holds for one holds for the other.

pub mod allow;
pub mod client_id;
pub mod create;
pub mod edit;
pub mod grants;
pub mod rotate;
pub mod secret;

use store::StoreError;

use crate::random::NoRandomness;
use crate::text::Unfit;

/// Which part of a request a refusal is about: where a page shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The account.
    Account,
    /// What people call it.
    Name,
    /// What it is for.
    Description,
    /// Version, scopes and permissions.
    Allow,
    /// How it gets tokens.
    GrantType,
    /// Where codes are sent.
    RedirectUri,
    /// The secret.
    Secret,
}

/// Why a credential is not made or changed as asked.
#[derive(Debug, thiserror::Error)]
pub enum CredentialRefusal {
    /// Something in the request. `key` names the sentence of a page, `sentence` is for programs and their people.
    #[error("{sentence}")]
    Asked {
        /// Where it stands.
        field: Field,
        /// In the catalogue.
        key: &'static str,
        /// In English, with what was possible.
        sentence: String,
    },
    /// The state of things forbids it.
    #[error("{sentence}")]
    Conflict {
        /// In the catalogue.
        key: &'static str,
        /// In English.
        sentence: &'static str,
    },
    /// Too many chosen secrets are hashed at once.
    #[error("Too many chosen secrets are being hashed at once; ask again in a moment.")]
    Busy,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// Ours.
    #[error(transparent)]
    Internal(anyhow::Error),
}

impl CredentialRefusal {
    fn asked(field: Field, key: &'static str, sentence: impl Into<String>) -> Self {
        Self::Asked {
            field,
            key,
            sentence: sentence.into(),
        }
    }

    fn unfit(field: Field, unfit: Unfit) -> Self {
        Self::asked(field, unfit.key, unfit.sentence)
    }
}
