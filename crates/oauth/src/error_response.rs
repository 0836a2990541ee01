//! The answer that says no (RFC 6749 §5.2).
//!
//! A client hears an error code and at most one fixed sentence for it. Why exactly stays in the
//! log, under the name of the reason: an answer that tells an unknown client from a wrong secret
//! is an oracle, and one that repeats its input is an injection.

use serde::{Deserialize, Serialize};

use crate::dialect::Dialect;
use crate::dialect::quirks::InvalidClientStatus;
use crate::json;
use crate::request::RequestRefusal;

/// The error codes of RFC 6749 §5.2, RFC 6750 §3.1, RFC 8707 §2, and two for a server in trouble
/// (RFC 6749 §4.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Malformed: a parameter missing, repeated, too long, or two ways to authenticate.
    InvalidRequest,
    /// The client is not authenticated.
    InvalidClient,
    /// The code, refresh token or password is not accepted.
    InvalidGrant,
    /// The client may not use this grant.
    UnauthorizedClient,
    /// Nobody may use this grant here.
    UnsupportedGrantType,
    /// The scope is unknown, malformed, or more than the client has.
    InvalidScope,
    /// The resource is unknown, malformed, or not for this client.
    InvalidTarget,
    /// The token is unknown, expired or revoked.
    InvalidToken,
    /// The token lives but does not open this.
    InsufficientScope,
    /// The server cannot answer now. Never used for what the client did wrong.
    TemporarilyUnavailable,
    /// A fault of the server.
    ServerError,
    /// Too many requests; RFC 6749 has no code of its own, so the client reads
    /// `temporarily_unavailable` under status 429.
    TooManyRequests,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 12] = [
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::InvalidScope,
        Self::InvalidTarget,
        Self::InvalidToken,
        Self::InsufficientScope,
        Self::TemporarilyUnavailable,
        Self::ServerError,
        Self::TooManyRequests,
    ];

    /// The value of `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::TemporarilyUnavailable | Self::TooManyRequests => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }

    /// The description where the dialect has no text of its own.
    pub(crate) fn short_description(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request is malformed.",
            Self::InvalidClient => "Client authentication failed.",
            Self::InvalidGrant => "The grant is invalid, expired or revoked.",
            Self::UnauthorizedClient => "The client may not use this grant type.",
            Self::UnsupportedGrantType => "The grant type is not supported.",
            Self::InvalidScope => "The scope is unknown, malformed or not allowed for this client.",
            Self::InvalidTarget => {
                "The resource is unknown, malformed or not allowed for this client."
            }
            Self::InvalidToken => "The token is unknown, expired or revoked.",
            Self::InsufficientScope => "The token does not open this resource.",
            Self::TemporarilyUnavailable => "The server cannot answer now; try again.",
            Self::ServerError => "The server has met an error.",
            Self::TooManyRequests => "Too many requests; try again later.",
        }
    }
}

/// An answer that is ready to be sent, except for the headers that every answer has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenResponse {
    /// The HTTP status.
    pub status: u16,
    /// JSON.
    pub body: Vec<u8>,
    /// The challenge that goes with a 401 of a client (RFC 6749 §5.2).
    pub www_authenticate: Option<String>,
}

impl Dialect {
    /// The error answer for a code. The realm stands in the challenge of a 401.
    pub fn write_error(&self, code: ErrorCode, realm: &str) -> WrittenResponse {
        let description = self.quirks.error_descriptions.of(code);
        self.written_error(code, description, realm)
    }

    /// The error answer with a description that the server words itself, such as which limit was
    /// met. Characters that RFC 6749 §5.2 forbids become `?`. Never pass on what a client sent.
    pub fn write_error_saying(
        &self,
        code: ErrorCode,
        description: &str,
        realm: &str,
    ) -> WrittenResponse {
        let allowed: String = description
            .chars()
            .map(|c| if is_description_character(c) { c } else { '?' })
            .collect();
        self.written_error(code, Some(&allowed), realm)
    }

    /// The answer to a request that cannot be read, with the 415 or 413 that some refusals have.
    pub fn write_request_refusal(&self, refusal: RequestRefusal, realm: &str) -> WrittenResponse {
        let mut response = self.write_error(refusal.code(), realm);
        if let Some(status) = refusal.own_status() {
            response.status = status;
        }
        response
    }

    /// The HTTP status of a code in this dialect.
    pub fn error_status(&self, code: ErrorCode) -> u16 {
        match code {
            ErrorCode::InvalidClient => match self.quirks.invalid_client_status {
                InvalidClientStatus::Unauthorized => 401,
                InvalidClientStatus::BadRequest => 400,
            },
            ErrorCode::InvalidToken => 401,
            ErrorCode::InsufficientScope => 403,
            ErrorCode::TooManyRequests => 429,
            ErrorCode::ServerError => 500,
            ErrorCode::TemporarilyUnavailable => 503,
            ErrorCode::InvalidRequest
            | ErrorCode::InvalidGrant
            | ErrorCode::UnauthorizedClient
            | ErrorCode::UnsupportedGrantType
            | ErrorCode::InvalidScope
            | ErrorCode::InvalidTarget => 400,
        }
    }

    fn written_error(
        &self,
        code: ErrorCode,
        error_description: Option<&str>,
        realm: &str,
    ) -> WrittenResponse {
        let status = self.error_status(code);
        let challenged = code == ErrorCode::InvalidClient && status == 401;
        WrittenResponse {
            status,
            body: json::written(&ErrorBody {
                error: code.as_str(),
                error_description,
            }),
            www_authenticate: challenged.then(|| format!("Basic realm=\"{}\"", quotable(realm))),
        }
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    error: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_description: Option<&'a str>,
}

/// `%x20-21 / %x23-5B / %x5D-7E` (RFC 6749 §5.2)
pub(crate) fn is_description_character(c: char) -> bool {
    matches!(c, '\x20'..='\x21' | '\x23'..='\x5B' | '\x5D'..='\x7E')
}

/// A realm without the characters that would end or escape its quotes.
pub(crate) fn quotable(realm: &str) -> String {
    realm
        .chars()
        .filter(|&c| is_description_character(c))
        .collect()
}
