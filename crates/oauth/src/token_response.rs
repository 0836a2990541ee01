//! The last step of a token request: the answer that holds the token (RFC 6749 §5.1).

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::dialect::Dialect;
use crate::dialect::response_members::ResponseMember;
use crate::json;
use crate::scope::Scope;

/// What was issued. Which of it is written, and in which order, the dialect knows.
#[derive(Clone, Copy, Default)]
pub struct TokenResponse<'a> {
    /// The access token.
    pub access_token: &'a str,
    /// Its lifetime in seconds.
    pub expires_in: u64,
    /// When it was issued, in seconds since 1970.
    pub created_at: i64,
    /// What was granted; an empty scope is never written.
    pub scope: Option<&'a Scope>,
    /// The refresh token; never for `client_credentials` (RFC 6749 §4.4.3).
    pub refresh_token: Option<&'a str>,
    /// The lifetime of refresh tokens in seconds.
    pub refresh_expires_in: u64,
    /// The token's own id, where the dialect shows it.
    pub jti: Option<&'a str>,
}

impl fmt::Debug for TokenResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenResponse")
            .field("expires_in", &self.expires_in)
            .field("created_at", &self.created_at)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl Dialect {
    /// The token answer as JSON, for status 200.
    pub fn write_token_response(&self, response: &TokenResponse<'_>) -> Vec<u8> {
        json::written(&Written {
            dialect: self,
            response,
        })
    }
}

struct Written<'a> {
    dialect: &'a Dialect,
    response: &'a TokenResponse<'a>,
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (quirks, response) = (&self.dialect.quirks, self.response);
        let mut answer = serializer.serialize_map(None)?;
        for &member in quirks.token_response_members.iter() {
            let name = member.as_str();
            match member {
                ResponseMember::AccessToken => {
                    answer.serialize_entry(name, response.access_token)?;
                }
                ResponseMember::TokenType => {
                    answer.serialize_entry(name, quirks.token_type_as.as_str())?;
                }
                ResponseMember::ExpiresIn => answer.serialize_entry(name, &response.expires_in)?,
                ResponseMember::CreatedAt => answer.serialize_entry(name, &response.created_at)?,
                ResponseMember::RefreshToken => {
                    if let Some(refresh_token) = response.refresh_token {
                        answer.serialize_entry(name, refresh_token)?;
                    }
                }
                ResponseMember::Scope => {
                    if let Some(scope) = response.scope.filter(|scope| !scope.is_empty()) {
                        answer.serialize_entry(name, scope)?;
                    }
                }
                ResponseMember::RefreshExpiresIn => {
                    let seconds = response
                        .refresh_token
                        .map_or(0, |_| response.refresh_expires_in);
                    answer.serialize_entry(name, &seconds)?;
                }
                ResponseMember::NotBeforePolicy => answer.serialize_entry(name, &0)?,
                ResponseMember::Jti => {
                    if let Some(jti) = response.jti {
                        answer.serialize_entry(name, jti)?;
                    }
                }
            }
        }
        answer.end()
    }
}
