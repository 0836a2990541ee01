//! Which members a token answer has, and in which order (RFC 6749 §5.1).
//!
//! Order means nothing to JSON, but an integrator who compares an answer with the documentation
//! sees it, and so do recorded transcripts.

use std::ops::Deref;

use serde::Deserialize;

use super::quirks::Quirk;
use super::relaxation::Departure;

/// A member of the token answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMember {
    /// Always written.
    AccessToken,
    /// Always written.
    TokenType,
    /// Seconds.
    ExpiresIn,
    /// Written where one was issued.
    RefreshToken,
    /// Written where it is not empty.
    Scope,
    /// Seconds since 1970.
    CreatedAt,
    /// The token's own id.
    Jti,
    /// Seconds until the refresh token ends; 0 where none was issued.
    RefreshExpiresIn,
    /// Seconds since 1970 before which no token counts: always 0, since what is revoked is revoked at once.
    #[serde(rename = "not-before-policy")]
    NotBeforePolicy,
}

impl ResponseMember {
    /// The member's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::TokenType => "token_type",
            Self::ExpiresIn => "expires_in",
            Self::RefreshToken => "refresh_token",
            Self::Scope => "scope",
            Self::CreatedAt => "created_at",
            Self::Jti => "jti",
            Self::RefreshExpiresIn => "refresh_expires_in",
            Self::NotBeforePolicy => "not-before-policy",
        }
    }
}

/// The members in the order in which they are written, each at most once.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<ResponseMember>")]
pub struct ResponseMembers(Vec<ResponseMember>);

impl Default for ResponseMembers {
    fn default() -> Self {
        Self(vec![
            ResponseMember::AccessToken,
            ResponseMember::TokenType,
            ResponseMember::ExpiresIn,
            ResponseMember::RefreshToken,
            ResponseMember::Scope,
        ])
    }
}

impl Deref for ResponseMembers {
    type Target = [ResponseMember];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl TryFrom<Vec<ResponseMember>> for ResponseMembers {
    type Error = String;

    fn try_from(members: Vec<ResponseMember>) -> Result<Self, Self::Error> {
        let twice = members
            .iter()
            .enumerate()
            .any(|(at, member)| members[..at].contains(member));
        if twice {
            return Err("a member of the token answer stands in the list twice".to_owned());
        }
        // Without these an answer would be no answer, or a refresh token would be issued and lost.
        for needed in [
            ResponseMember::AccessToken,
            ResponseMember::TokenType,
            ResponseMember::RefreshToken,
        ] {
            if !members.contains(&needed) {
                return Err(format!(
                    "the token answer needs the member {}",
                    needed.as_str()
                ));
            }
        }
        Ok(Self(members))
    }
}

impl Quirk for ResponseMembers {
    fn departure(&self) -> Option<Departure> {
        (!self.contains(&ResponseMember::Scope)).then_some(Departure {
            allows: "the token answer does not say which scope was granted",
            departs_from: "RFC 6749 section 5.1",
        })
    }
}
