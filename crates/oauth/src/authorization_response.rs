//! The authorization response (RFC 6749 §4.1.2): where the browser goes next, with what in the query.

use url::form_urlencoded;

use crate::redirect_uri::VerifiedRedirectUri;

/// The error codes of an authorization response: RFC 6749 §4.1.2.1, RFC 8707 §2, OpenID Connect Core §3.1.2.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationError {
    /// Malformed.
    InvalidRequest,
    /// The client may not use authorization codes.
    UnauthorizedClient,
    /// The person, or the platform's rules, said no.
    AccessDenied,
    /// Not `code`.
    UnsupportedResponseType,
    /// Unknown, malformed, or more than the client has.
    InvalidScope,
    /// For something other than this environment's API.
    InvalidTarget,
    /// `prompt=none`, and nobody is signed in.
    LoginRequired,
    /// `prompt=none`, and the person would have to be asked.
    ConsentRequired,
    /// A `request` object; none is read here.
    RequestNotSupported,
    /// A `request_uri`; none is fetched here.
    RequestUriNotSupported,
    /// Cannot be answered now.
    TemporarilyUnavailable,
}

impl AuthorizationError {
    /// The value of `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }
}

/// What every authorization response carries beside its outcome.
#[derive(Clone, Copy, Debug, Default)]
pub struct Echo<'a> {
    /// As it came, if it came.
    pub state: Option<&'a str>,
    /// The issuer (RFC 9207 §2), unless the dialect leaves it out.
    pub iss: Option<&'a str>,
}

impl VerifiedRedirectUri {
    /// The location that brings a code.
    pub fn with_code(&self, code: &str, echo: Echo<'_>) -> String {
        self.with(("code", code), None, echo)
    }

    /// The location that brings an error; `description` is a sentence of ours or none.
    pub fn with_error(
        &self,
        error: AuthorizationError,
        description: Option<&str>,
        echo: Echo<'_>,
    ) -> String {
        self.with(("error", error.as_str()), description, echo)
    }

    /// The URI's own query stays as it is (RFC 6749 §4.1.2); what is added is form-encoded, so that no value can add another.
    fn with(&self, outcome: (&str, &str), description: Option<&str>, echo: Echo<'_>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair(outcome.0, outcome.1);
        for (name, value) in [
            ("error_description", description),
            ("state", echo.state),
            ("iss", echo.iss),
        ] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        let uri = self.as_str();
        let joint = match uri.split_once('?') {
            None => "?",
            Some((_, own)) if own.is_empty() || own.ends_with('&') => "",
            Some(_) => "&",
        };
        format!("{uri}{joint}{}", query.finish())
    }
}
