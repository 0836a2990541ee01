//! Introspection: a resource server asks whether a token lives, and what it opens (RFC 7662).
//!
//! Beside it stands the older check-token endpoint, which some resource servers still call: the
//! claims at the top level, the scope as a list, and an error for a dead token.

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::dialect::Dialect;
use crate::error_response::{ErrorCode, WrittenResponse};
use crate::json;
use crate::parameters::Parameters;
use crate::revocation::TokenTypeHint;
use crate::scope::Scope;
use crate::token_request::TokenRequestRefusal;

/// An introspection request, borrowed from its parameters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct IntrospectionRequest<'p> {
    /// The token, as sent.
    pub token: &'p str,
    /// Which kind the caller takes it for.
    pub hint: Option<TokenTypeHint>,
}

impl<'p> IntrospectionRequest<'p> {
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

impl fmt::Debug for IntrospectionRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntrospectionRequest")
            .field("hint", &self.hint)
            .finish_non_exhaustive()
    }
}

/// What is told about a token that lives. Times are seconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
pub struct ActiveToken<'a> {
    /// What the token opens; an empty scope is left out.
    pub scope: Option<&'a Scope>,
    /// Whose credential it is.
    pub client_id: &'a str,
    /// The resource owner's name, where there is one.
    pub username: Option<&'a str>,
    /// When it ends; the first second in which it is dead.
    pub exp: i64,
    /// When it was issued.
    pub iat: i64,
    /// Before when it is not to be accepted.
    pub nbf: Option<i64>,
    /// The resource owner, or the client itself.
    pub sub: Option<&'a str>,
    /// For which resource servers it is meant.
    pub aud: &'a [&'a str],
    /// The environment's URL.
    pub iss: Option<&'a str>,
    /// The token's own id, which is no secret.
    pub jti: Option<&'a str>,
    /// The UUID of the credential, as in JWTs. This and what follows is ours (RFC 7662 §2.2 lets a server say more):
    /// it is for services that check tokens themselves, and not in the older check-token answer.
    pub credential: Option<&'a str>,
    /// The version of the API that the credential was made for.
    pub credential_version: Option<&'a str>,
    /// The name of the account it belongs to.
    pub account: Option<&'a str>,
}

impl Dialect {
    /// The introspection answer. Dead is `{"active":false}` and nothing else, whatever the cause
    /// (RFC 7662 §2.2).
    pub fn write_introspection(&self, token: Option<&ActiveToken<'_>>) -> Vec<u8> {
        match token {
            None => br#"{"active":false}"#.to_vec(),
            Some(token) => json::written(&Active {
                token,
                token_type: self.quirks.token_type_as.as_str(),
            }),
        }
    }

    /// The answer of the older check-token endpoint: 200 with the claims, or 400 `invalid_token`.
    pub fn write_check_token(&self, token: Option<&ActiveToken<'_>>) -> WrittenResponse {
        match token {
            Some(token) => WrittenResponse {
                status: 200,
                body: json::written(&Checked { token }),
                www_authenticate: None,
            },
            None => WrittenResponse {
                status: 400,
                www_authenticate: None,
                ..self.write_error(ErrorCode::InvalidToken, "")
            },
        }
    }
}

struct Active<'a> {
    token: &'a ActiveToken<'a>,
    token_type: &'static str,
}

impl Serialize for Active<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let token = self.token;
        let mut answer = serializer.serialize_map(None)?;
        answer.serialize_entry("active", &true)?;
        if let Some(scope) = token.scope.filter(|scope| !scope.is_empty()) {
            answer.serialize_entry("scope", scope)?;
        }
        answer.serialize_entry("client_id", token.client_id)?;
        if let Some(username) = token.username {
            answer.serialize_entry("username", username)?;
        }
        answer.serialize_entry("token_type", self.token_type)?;
        answer.serialize_entry("exp", &token.exp)?;
        answer.serialize_entry("iat", &token.iat)?;
        if let Some(nbf) = token.nbf {
            answer.serialize_entry("nbf", &nbf)?;
        }
        if let Some(sub) = token.sub {
            answer.serialize_entry("sub", sub)?;
        }
        match token.aud {
            [] => {}
            [one] => answer.serialize_entry("aud", one)?,
            several => answer.serialize_entry("aud", several)?,
        }
        if let Some(iss) = token.iss {
            answer.serialize_entry("iss", iss)?;
        }
        let own = [
            ("jti", token.jti),
            ("credential", token.credential),
            ("credential_version", token.credential_version),
            ("account", token.account),
        ];
        for (name, value) in own {
            if let Some(value) = value {
                answer.serialize_entry(name, value)?;
            }
        }
        answer.end()
    }
}

struct Checked<'a> {
    token: &'a ActiveToken<'a>,
}

impl Serialize for Checked<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let token = self.token;
        let mut answer = serializer.serialize_map(None)?;
        if !token.aud.is_empty() {
            answer.serialize_entry("aud", token.aud)?;
        }
        if let Some(username) = token.username {
            answer.serialize_entry("user_name", username)?;
        }
        let scope: Vec<&str> = token
            .scope
            .map(|scope| scope.iter().collect())
            .unwrap_or_default();
        answer.serialize_entry("scope", &scope)?;
        answer.serialize_entry("active", &true)?;
        answer.serialize_entry("exp", &token.exp)?;
        if let Some(jti) = token.jti {
            answer.serialize_entry("jti", jti)?;
        }
        answer.serialize_entry("client_id", token.client_id)?;
        answer.end()
    }
}
