//! Every reason for which the token endpoint says no, and the one map from reasons to the RFC's words.

use std::borrow::Cow;

use oauth::error_response::ErrorCode;
use oauth::presented_credentials::PresentedRefusal;
use oauth::request::RequestRefusal;
use oauth::token_request::TokenRequestRefusal;

use crate::client_authentication::ClientRefusal;
use crate::endpoints::request::BodyRefusal;
use crate::grants::GrantRefusal;
use crate::limits::TooMany;
use crate::people::authenticate::SignInRefusal;
use crate::tokens::issue::{IssueError, Spent};

/// The reason.
#[derive(Debug)]
pub enum TokenRefusal {
    /// Too many requests from this address.
    TooMany(TooMany),
    /// Too many requests with this credential.
    TooManyOfCredential(TooMany),
    /// The body did not arrive whole.
    Body(BodyRefusal),
    /// The parameters cannot be read.
    Request(RequestRefusal),
    /// The client's credentials cannot be read.
    Presented(PresentedRefusal),
    /// The parameters make no token request.
    TokenRequest(TokenRequestRefusal),
    /// The client is not proven.
    Client(ClientRefusal),
    /// The grant says no.
    Grant(GrantRefusal),
    /// Nothing could be issued.
    Issue(IssueError),
}

impl TokenRefusal {
    /// The reason's name in the log and the metrics.
    pub fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::TooMany(_) => "TooManyTokenRequests",
            Self::TooManyOfCredential(_) => "TooManyTokenRequestsOfCredential",
            Self::Body(BodyRefusal::TooLarge) => "BodyTooLarge",
            Self::Body(BodyRefusal::TooSlow) => "BodyTooSlow",
            Self::Body(BodyRefusal::Broken) => "BodyBroken",
            Self::Request(refusal) => return refusal.to_string().into(),
            Self::Presented(refusal) => return refusal.to_string().into(),
            Self::TokenRequest(refusal) => return refusal.to_string().into(),
            Self::Client(refusal) => refusal.name(),
            Self::Grant(refusal) => refusal.name(),
            Self::Issue(IssueError::Spent(Spent::Code)) => "CodeReplayed",
            Self::Issue(IssueError::Spent(Spent::RefreshTokenReplayed)) => "RefreshTokenReplayed",
            Self::Issue(IssueError::Spent(Spent::RefreshToken)) => "RefreshTokenSpent",
            Self::Issue(IssueError::Store(_)) => "StoreUnavailable",
            Self::Issue(IssueError::NoSigningKey(_)) => "NoSigningKey",
            Self::Issue(IssueError::Key(_)) => "SigningFailed",
            Self::Issue(IssueError::Random(_)) => "NoRandomness",
        })
    }

    /// The RFC's word for it (RFC 6749 §5.2).
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::TooMany(_) | Self::TooManyOfCredential(_) => ErrorCode::TooManyRequests,
            Self::Body(_) => ErrorCode::InvalidRequest,
            Self::Request(refusal) => refusal.code(),
            Self::Presented(refusal) => refusal.code(),
            Self::TokenRequest(refusal) => refusal.code(),
            Self::Client(refusal) => refusal.code(),
            Self::Grant(refusal) => refusal.code(),
            Self::Issue(IssueError::Spent(_)) => ErrorCode::InvalidGrant,
            Self::Issue(_) => ErrorCode::TemporarilyUnavailable,
        }
    }

    /// What to tell the operator when the client did nothing wrong.
    pub fn our_fault(&self) -> Option<&dyn std::error::Error> {
        match self {
            Self::Issue(IssueError::Spent(_)) => None,
            Self::Issue(error) => Some(error),
            Self::Client(ClientRefusal::Store(error))
            | Self::Grant(
                GrantRefusal::Store(error) | GrantRefusal::SignIn(SignInRefusal::Store(error)),
            ) => Some(error),
            _ => None,
        }
    }
}

macro_rules! from {
    ($($variant:ident($reason:ty)),* $(,)?) => {
        $(impl From<$reason> for TokenRefusal {
            fn from(reason: $reason) -> Self {
                Self::$variant(reason)
            }
        })*
    };
}

from!(
    Body(BodyRefusal),
    Request(RequestRefusal),
    Presented(PresentedRefusal),
    TokenRequest(TokenRequestRefusal),
    Client(ClientRefusal),
    Grant(GrantRefusal),
    Issue(IssueError),
);
