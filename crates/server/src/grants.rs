//! The grants (RFC 6749 §1.3): each decides what may be issued, none issues, none sees HTTP.

pub mod authorization_code;
pub mod client_credentials;
pub mod password;
pub mod refresh_token;

use oauth::error_response::ErrorCode;
use store::{Person, StoreError};

use crate::clients::KnownClient;
use crate::context::Context;
use crate::people::authenticate::SignInRefusal;

/// Why a grant was refused: logged and counted by name.
#[derive(Debug)]
pub enum GrantRefusal {
    /// The client was not made for this grant.
    GrantNotAllowed,
    /// A client without a secret cannot act for itself (RFC 6749 §4.4).
    PublicClient,
    /// The scope holds something the client was not given, or the person did not grant.
    ScopeNotAllowed,
    /// A token for something other than this environment's API was asked for (RFC 8707 §2).
    ResourceNotAllowed,
    /// No such code.
    CodeUnknown,
    /// A code that was given to another client.
    CodeOfAnotherClient,
    /// Another redirect URI than the authorization request's.
    CodeRedirectUriDiffers,
    /// The authorization request had one.
    CodeRedirectUriMissing,
    /// The authorization request had a challenge.
    CodeVerifierMissing,
    /// Not what the challenge was made from.
    CodeVerifierWrong,
    /// The authorization request had no challenge.
    CodeVerifierUnasked,
    /// Too many failed proofs.
    CodeTriedTooOften,
    /// Redeemed before; what it gave is ended.
    CodeReplayed,
    /// Over.
    CodeExpired,
    /// No such refresh token.
    RefreshTokenUnknown,
    /// A refresh token that was given to another client.
    RefreshTokenOfAnotherClient,
    /// Over, or its family is.
    RefreshTokenExpired,
    /// What it belongs to was ended.
    FamilyEnded,
    /// Disabled, erased, of a suspended account, or not to be let in before the password is changed.
    PersonGone,
    /// The client belongs to another account than the person.
    PersonOfAnotherAccount,
    /// A second factor stands before this person's tokens.
    SecondFactorNeeded,
    /// The password is right and must be changed; whose it is.
    PasswordMustChange(String),
    /// Name or password.
    SignIn(SignInRefusal),
    /// The database could not be asked.
    Store(StoreError),
}

impl GrantRefusal {
    /// The name in the log and the metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::GrantNotAllowed => "GrantNotAllowed",
            Self::PublicClient => "PublicClient",
            Self::ScopeNotAllowed => "ScopeNotAllowed",
            Self::ResourceNotAllowed => "ResourceNotAllowed",
            Self::CodeUnknown => "CodeUnknown",
            Self::CodeOfAnotherClient => "CodeOfAnotherClient",
            Self::CodeRedirectUriDiffers => "CodeRedirectUriDiffers",
            Self::CodeRedirectUriMissing => "CodeRedirectUriMissing",
            Self::CodeVerifierMissing => "CodeVerifierMissing",
            Self::CodeVerifierWrong => "CodeVerifierWrong",
            Self::CodeVerifierUnasked => "CodeVerifierUnasked",
            Self::CodeTriedTooOften => "CodeTriedTooOften",
            Self::CodeReplayed => "CodeReplayed",
            Self::CodeExpired => "CodeExpired",
            Self::RefreshTokenUnknown => "RefreshTokenUnknown",
            Self::RefreshTokenOfAnotherClient => "RefreshTokenOfAnotherClient",
            Self::RefreshTokenExpired => "RefreshTokenExpired",
            Self::FamilyEnded => "FamilyEnded",
            Self::PersonGone => "PersonGone",
            Self::PersonOfAnotherAccount => "PersonOfAnotherAccount",
            Self::SecondFactorNeeded => "SecondFactorNeeded",
            Self::PasswordMustChange(_) => "PasswordMustChange",
            Self::SignIn(refusal) => refusal.name(),
            Self::Store(_) => "StoreUnavailable",
        }
    }

    /// The RFC's word for it (RFC 6749 §5.2).
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::GrantNotAllowed | Self::PublicClient => ErrorCode::UnauthorizedClient,
            Self::ScopeNotAllowed => ErrorCode::InvalidScope,
            Self::ResourceNotAllowed => ErrorCode::InvalidTarget,
            Self::SignIn(SignInRefusal::TooMany(_)) => ErrorCode::TooManyRequests,
            Self::Store(_) | Self::SignIn(SignInRefusal::Busy | SignInRefusal::Store(_)) => {
                ErrorCode::TemporarilyUnavailable
            }
            _ => ErrorCode::InvalidGrant,
        }
    }
}

impl From<StoreError> for GrantRefusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<SignInRefusal> for GrantRefusal {
    fn from(refusal: SignInRefusal) -> Self {
        Self::SignIn(refusal)
    }
}

/// The person on whose behalf a client goes on: still there, and of the client's own account.
async fn owner(
    context: &Context,
    client: &KnownClient,
    person_id: &str,
) -> Result<Person, GrantRefusal> {
    let person = context
        .platform
        .store
        .in_environment(context.issuer.name())
        .find_person_by_id(person_id)
        .await?
        .ok_or(GrantRefusal::PersonGone)?;
    if person.disabled_at.is_some() || person.account_suspended_at.is_some() {
        return Err(GrantRefusal::PersonGone);
    }
    if person.account_id.as_ref() != Some(&client.client.credential.account_id) {
        return Err(GrantRefusal::PersonOfAnotherAccount);
    }
    Ok(person)
}
