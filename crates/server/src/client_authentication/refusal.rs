//! Every way a client can fail to prove itself: logged and counted by name, never told apart outside.

use oauth::error_response::ErrorCode;
use store::StoreError;

use crate::limits::TooMany;
use crate::secrets::chosen::HashingBusy;

/// The reason.
#[derive(Debug, thiserror::Error)]
pub enum ClientRefusal {
    /// No client id anywhere.
    #[error("NothingPresented")]
    NothingPresented,
    /// A confidential client without its secret.
    #[error("SecretMissing")]
    SecretMissing,
    /// No such client in this environment.
    #[error("UnknownClient")]
    UnknownClient,
    /// Not its secret.
    #[error("WrongSecret")]
    WrongSecret,
    /// Once its secret.
    #[error("SecretExpired")]
    SecretExpired,
    /// A public client has no secret; one that presents some is not it (RFC 6749 §2.3.1).
    #[error("SecretOfPublicClient")]
    SecretOfPublicClient,
    /// Disabled by an operator.
    #[error("ClientDisabled")]
    ClientDisabled,
    /// Its account is suspended.
    #[error("AccountSuspended")]
    AccountSuspended,
    /// Too many wrong secrets for this client from this address.
    #[error("TooManyFailures")]
    TooManyFailures(TooMany),
    /// Too many chosen secrets to check.
    #[error("HashingBusy")]
    HashingBusy(#[from] HashingBusy),
    /// Its secret was hashed under a master key that this process does not have.
    #[error("MasterKeyMissing")]
    MasterKeyMissing,
    /// The database could not be asked.
    #[error("StoreUnavailable")]
    Store(#[from] StoreError),
}

impl ClientRefusal {
    /// The name in the log and the metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NothingPresented => "NothingPresented",
            Self::SecretMissing => "SecretMissing",
            Self::UnknownClient => "UnknownClient",
            Self::WrongSecret => "WrongSecret",
            Self::SecretExpired => "SecretExpired",
            Self::SecretOfPublicClient => "SecretOfPublicClient",
            Self::ClientDisabled => "ClientDisabled",
            Self::AccountSuspended => "AccountSuspended",
            Self::TooManyFailures(_) => "TooManyFailures",
            Self::HashingBusy(_) => "HashingBusy",
            Self::MasterKeyMissing => "MasterKeyMissing",
            Self::Store(_) => "StoreUnavailable",
        }
    }

    /// What the client hears: our own troubles are `temporarily_unavailable`, all else is one `invalid_client`.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NothingPresented
            | Self::SecretMissing
            | Self::UnknownClient
            | Self::WrongSecret
            | Self::SecretExpired
            | Self::SecretOfPublicClient
            | Self::ClientDisabled
            | Self::AccountSuspended => ErrorCode::InvalidClient,
            Self::TooManyFailures(_)
            | Self::HashingBusy(_)
            | Self::MasterKeyMissing
            | Self::Store(_) => ErrorCode::TemporarilyUnavailable,
        }
    }
}
