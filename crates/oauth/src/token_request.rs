//! Step four of a token request: which grant, and what it brings (RFC 6749 §4.1.3, §4.3.2, §4.4.2, §6).
//!
//! A variant per grant, so that a new grant makes the compiler list every place to touch.

use std::fmt;

use crate::dialect::Dialect;
use crate::dialect::quirks::MissingGrantType;
use crate::error_response::ErrorCode;
use crate::grant_type::GrantType;
use crate::parameters::Parameters;
use crate::scope::Scope;

/// A token request, borrowed from its parameters.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenRequest<'p> {
    /// RFC 6749 §4.4.2
    ClientCredentials {
        /// None means all that the credential has.
        scope: Option<Scope>,
    },
    /// RFC 6749 §4.1.3
    AuthorizationCode {
        /// The code, as sent.
        code: &'p str,
        /// Needed where the authorization request had one, unless the dialect says otherwise.
        redirect_uri: Option<&'p str>,
        /// RFC 7636 §4.5
        code_verifier: Option<&'p str>,
    },
    /// RFC 6749 §6
    RefreshToken {
        /// The refresh token, as sent.
        refresh_token: &'p str,
        /// None means the scope of the grant.
        scope: Option<Scope>,
    },
    /// RFC 6749 §4.3.2
    Password {
        /// The resource owner's name.
        username: &'p str,
        /// The resource owner's password.
        password: &'p str,
        /// None means all that the credential has.
        scope: Option<Scope>,
    },
}

impl TokenRequest<'_> {
    /// The grant type of the request.
    pub fn grant_type(&self) -> GrantType {
        match self {
            Self::ClientCredentials { .. } => GrantType::ClientCredentials,
            Self::AuthorizationCode { .. } => GrantType::AuthorizationCode,
            Self::RefreshToken { .. } => GrantType::RefreshToken,
            Self::Password { .. } => GrantType::Password,
        }
    }

    /// The scope that was asked for; always none for a code, whose scope was fixed before.
    pub fn scope(&self) -> Option<&Scope> {
        match self {
            Self::ClientCredentials { scope }
            | Self::RefreshToken { scope, .. }
            | Self::Password { scope, .. } => scope.as_ref(),
            Self::AuthorizationCode { .. } => None,
        }
    }
}

impl fmt::Debug for TokenRequest<'_> {
    /// The grant type only: every other field may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenRequest({})", self.grant_type())
    }
}

/// Why the parameters are no token request. `Display` is the reason's name for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRequestRefusal {
    /// No `grant_type`, or an empty one.
    GrantTypeMissing,
    /// A `grant_type` that Grantor does not know.
    UnknownGrantType,
    /// A parameter that the grant needs is absent or empty.
    ParameterMissing(&'static str),
    /// The `scope` is outside the grammar of RFC 6749 §3.3.
    ScopeOutsideGrammar,
    /// A `resource` is no absolute URI without a fragment.
    ResourceMalformed,
}

impl TokenRequestRefusal {
    /// The error code that the client is told.
    pub fn code(self) -> ErrorCode {
        match self {
            Self::GrantTypeMissing | Self::ParameterMissing(_) => ErrorCode::InvalidRequest,
            Self::UnknownGrantType => ErrorCode::UnsupportedGrantType,
            Self::ScopeOutsideGrammar => ErrorCode::InvalidScope,
            Self::ResourceMalformed => ErrorCode::InvalidTarget,
        }
    }
}

impl fmt::Display for TokenRequestRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for TokenRequestRefusal {}

impl Dialect {
    /// Reads the token request out of its parameters.
    ///
    /// # Errors
    /// See [`TokenRequestRefusal`].
    pub fn read_token_request<'p>(
        &self,
        parameters: &'p Parameters<'_>,
    ) -> Result<TokenRequest<'p>, TokenRequestRefusal> {
        let needed = |name| {
            parameters
                .get(name)
                .ok_or(TokenRequestRefusal::ParameterMissing(name))
        };
        Ok(match self.read_grant_type(parameters)? {
            GrantType::ClientCredentials => TokenRequest::ClientCredentials {
                scope: scope(parameters)?,
            },
            GrantType::AuthorizationCode => TokenRequest::AuthorizationCode {
                code: needed("code")?,
                redirect_uri: parameters.get("redirect_uri"),
                code_verifier: parameters.get("code_verifier"),
            },
            GrantType::RefreshToken => TokenRequest::RefreshToken {
                refresh_token: needed("refresh_token")?,
                scope: scope(parameters)?,
            },
            GrantType::Password => TokenRequest::Password {
                username: needed("username")?,
                password: needed("password")?,
                scope: scope(parameters)?,
            },
        })
    }

    /// Reads which grant is asked for, before anything of the grant itself: whether the client may
    /// use it is told before what its request lacks.
    ///
    /// # Errors
    /// See [`TokenRequestRefusal`].
    pub fn read_grant_type(
        &self,
        parameters: &Parameters<'_>,
    ) -> Result<GrantType, TokenRequestRefusal> {
        match (parameters.get("grant_type"), self.quirks.missing_grant_type) {
            (Some(name), _) => name
                .parse()
                .map_err(|_| TokenRequestRefusal::UnknownGrantType),
            (None, MissingGrantType::MeansClientCredentials) => Ok(GrantType::ClientCredentials),
            (None, MissingGrantType::Refused) => Err(TokenRequestRefusal::GrantTypeMissing),
        }
    }
}

fn scope(parameters: &Parameters<'_>) -> Result<Option<Scope>, TokenRequestRefusal> {
    parameters
        .get("scope")
        .map(Scope::parse)
        .transpose()
        .map_err(|_| TokenRequestRefusal::ScopeOutsideGrammar)
}
