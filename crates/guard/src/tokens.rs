//! The two ways to find out what a token is worth.

use std::sync::Arc;

use crate::caller::{DeadToken, Judged};
use crate::introspection::Introspection;
use crate::jwks::Jwks;
use crate::outbound::IssuerError;

/// The longest token worth looking at: the issuer's are far below it.
const LONGEST: usize = 8 * 1024;

/// Who says what a token is worth.
pub enum Tokens {
    /// Its signature.
    Jwks(Arc<Jwks>),
    /// The issuer.
    Introspection(Box<Introspection>),
}

impl Tokens {
    /// What a token is worth at this moment.
    pub async fn judge(&self, text: &str) -> Judged {
        if text.len() > LONGEST {
            return Ok(Err(DeadToken::Malformed));
        }
        match self {
            Self::Jwks(jwks) => jwks.judge(text).await,
            Self::Introspection(introspection) => introspection.judge(text).await,
        }
    }

    /// Asks the issuer once.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn ready(&self) -> Result<(), IssuerError> {
        match self {
            Self::Jwks(jwks) => jwks.ready().await,
            Self::Introspection(introspection) => introspection.ready().await,
        }
    }
}
