//! Revocation: a client says that a token is no longer needed (RFC 7009 §2.1).

use std::fmt;

use crate::parameters::Parameters;
use crate::token_request::TokenRequestRefusal;

/// Where the client thinks the token is to be found. A wrong hint or an unknown one changes
/// nothing but the order of the search (RFC 7009 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenTypeHint {
    /// `access_token`
    AccessToken,
    /// `refresh_token`
    RefreshToken,
}

impl TokenTypeHint {
    /// The hint of a request, none where it is absent or unknown.
    pub(crate) fn read(parameters: &Parameters<'_>) -> Option<Self> {
        match parameters.get("token_type_hint")? {
            "access_token" => Some(Self::AccessToken),
            "refresh_token" => Some(Self::RefreshToken),
            _ => None,
        }
    }
}

/// A revocation request, borrowed from its parameters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RevocationRequest<'p> {
    /// The token, as sent.
    pub token: &'p str,
    /// Which kind the client takes it for.
    pub hint: Option<TokenTypeHint>,
}

impl<'p> RevocationRequest<'p> {
    /// Reads the request.
    ///
    /// # Errors
    /// `token` is absent or empty: `invalid_request`.
    pub fn read(parameters: &'p Parameters<'_>) -> Result<Self, TokenRequestRefusal> {
        Ok(Self {
            token: parameters
                .get("token")
                .ok_or(TokenRequestRefusal::ParameterMissing("token"))?,
            hint: TokenTypeHint::read(parameters),
        })
    }
}

impl fmt::Debug for RevocationRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationRequest")
            .field("hint", &self.hint)
            .finish_non_exhaustive()
    }
}
