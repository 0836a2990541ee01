//! The grants (RFC 6749 §1.3): each decides what may be issued, none issues, none sees HTTP.

pub mod client_credentials;

use oauth::error_response::ErrorCode;

/// Why a grant was refused: logged and counted by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantRefusal {
    /// The client was not made for this grant.
    GrantNotAllowed,
    /// A client without a secret cannot act for itself (RFC 6749 §4.4).
    PublicClient,
    /// The scope holds something the client was not given.
    ScopeNotAllowed,
    /// A token for something other than this environment's API was asked for (RFC 8707 §2).
    ResourceNotAllowed,
    /// No such refresh token; none is issued yet.
    RefreshTokenUnknown,
    /// The client may use this grant, but Grantor does not serve it yet.
    GrantNotServed,
}

impl GrantRefusal {
    /// The name in the log and the metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::GrantNotAllowed => "GrantNotAllowed",
            Self::PublicClient => "PublicClient",
            Self::ScopeNotAllowed => "ScopeNotAllowed",
            Self::ResourceNotAllowed => "ResourceNotAllowed",
            Self::RefreshTokenUnknown => "RefreshTokenUnknown",
            Self::GrantNotServed => "GrantNotServed",
        }
    }

    /// The RFC's word for it (RFC 6749 §5.2).
    pub fn code(self) -> ErrorCode {
        match self {
            Self::GrantNotAllowed | Self::PublicClient => ErrorCode::UnauthorizedClient,
            Self::ScopeNotAllowed => ErrorCode::InvalidScope,
            Self::ResourceNotAllowed => ErrorCode::InvalidTarget,
            Self::RefreshTokenUnknown => ErrorCode::InvalidGrant,
            Self::GrantNotServed => ErrorCode::UnsupportedGrantType,
        }
    }
}
