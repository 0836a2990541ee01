//! What the sender of a refused request hears: status, problem and challenge in the gateway's own words
//! (`oauth::access::words`), as JSON.

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use http::{Response, StatusCode};
use http_body_util::{Either, Full};
use oauth::access::bearer::NoToken;
use oauth::access::{Closed, words};
use serde_json::{Map, Value};

use crate::caller::{DeadToken, Unknowable};

/// The body of an answer: the service's own, or what the guard says.
pub type GuardBody<B> = Either<B, Full<Bytes>>;

/// Seconds after which the issuer may be back.
const SOON: &str = "1";

/// Why a request does not reach the service.
#[derive(Debug)]
pub enum Refusal {
    /// Closed to everybody.
    Closed(Closed),
    /// Without a token that could be looked at.
    NoToken(NoToken),
    /// The token is not live.
    Dead(DeadToken),
    /// It is live, but of a credential made for another version.
    VersionForeign(Box<Lacking>),
    /// It is live, but does not reach this far.
    ScopeMissing(Box<Lacking>),
    /// Nothing could be found out about it.
    Unknowable(Unknowable),
}

/// Who lacks what.
#[derive(Debug)]
pub struct Lacking {
    /// The scope value that opens the method on the route, if the route has a scope.
    pub needed: Option<String>,
    /// `POST`
    pub method: String,
    /// The route's path.
    pub route: String,
    /// The route's version.
    pub route_version: Option<String>,
    /// The UUID of the token's credential.
    pub credential: String,
    /// The version the credential was made for.
    pub credential_version: Option<String>,
    /// What the token is good for.
    pub token_scope: String,
}

impl Refusal {
    /// The name in the log: the gateway's for the same.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Closed(Closed::PathNotCanonical(_)) => "PathNotCanonical",
            Self::Closed(Closed::MethodUnknown(_)) => "MethodUnknown",
            Self::Closed(Closed::NoRoute) => "NoRoute",
            Self::Closed(Closed::MethodNotGrantable(_)) => "MethodNotGrantable",
            Self::Closed(Closed::MethodOverridden) => "MethodOverridden",
            Self::NoToken(NoToken::Missing) => "TokenMissing",
            Self::NoToken(NoToken::Malformed) => "TokenMalformed",
            Self::NoToken(NoToken::Repeated) => "TokenRepeated",
            Self::Dead(_) => "TokenDead",
            Self::VersionForeign(_) => "VersionForeign",
            Self::ScopeMissing(_) => "ScopeMissing",
            Self::Unknowable(_) => "TokenUnknowable",
        }
    }

    /// What the operator should know beyond the name. Never a token.
    pub fn detail(&self) -> String {
        match self {
            Self::Closed(Closed::PathNotCanonical(why)) => format!("{why:?}"),
            Self::Dead(why) => format!("{why:?}"),
            Self::VersionForeign(lacking) | Self::ScopeMissing(lacking) => format!(
                "credential {} lacks {} on {}",
                lacking.credential,
                lacking.needed.as_deref().unwrap_or("the version"),
                lacking.route
            ),
            Self::Unknowable(why) => why.to_string(),
            _ => String::new(),
        }
    }

    /// The answer.
    pub fn answer<B>(&self, realm: &str) -> Response<GuardBody<B>> {
        let Answer {
            status,
            body,
            header,
        } = self.map(realm);
        // Texts always serialise.
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = Response::new(Either::Right(Full::from(body)));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some((name, value)) = header
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            headers.insert(name, value);
        }
        response
    }

    /// The map. Every reason stands here once.
    fn map(&self, realm: &str) -> Answer {
        let unauthorized = |challenge: String, said| {
            plain(StatusCode::UNAUTHORIZED, said).with(WWW_AUTHENTICATE, challenge)
        };
        let not_allowed = |allow: &String, said| {
            plain(StatusCode::METHOD_NOT_ALLOWED, said).with(ALLOW, allow.clone())
        };
        match self {
            Self::Closed(Closed::PathNotCanonical(_)) => {
                plain(StatusCode::FORBIDDEN, words::PATH_NOT_CANONICAL)
            }
            Self::Closed(Closed::MethodUnknown(allow)) => not_allowed(allow, words::METHOD_UNKNOWN),
            Self::Closed(Closed::NoRoute) => plain(StatusCode::NOT_FOUND, words::NO_ROUTE),
            Self::Closed(Closed::MethodNotGrantable(allow)) => {
                not_allowed(allow, words::METHOD_NOT_GRANTABLE)
            }
            Self::Closed(Closed::MethodOverridden) => {
                plain(StatusCode::FORBIDDEN, words::METHOD_OVERRIDDEN)
            }
            Self::NoToken(NoToken::Missing) => {
                unauthorized(words::bare_challenge(realm), words::TOKEN_REQUIRED)
            }
            Self::NoToken(NoToken::Malformed | NoToken::Repeated) => {
                unauthorized(words::dead_challenge(realm), words::TOKEN_MALFORMED)
            }
            Self::Dead(_) => unauthorized(words::dead_challenge(realm), words::TOKEN_DEAD),
            Self::VersionForeign(lacking) => forbidden(
                realm,
                lacking,
                words::version_foreign(
                    &lacking.route,
                    lacking.route_version.as_deref(),
                    &lacking.credential,
                    lacking.credential_version.as_deref(),
                ),
            ),
            Self::ScopeMissing(lacking) => forbidden(realm, lacking, scope_sentence(lacking)),
            Self::Unknowable(_) => plain(StatusCode::SERVICE_UNAVAILABLE, words::UNAVAILABLE)
                .with(RETRY_AFTER, SOON.to_owned()),
        }
    }
}

struct Answer {
    status: StatusCode,
    body: Map<String, Value>,
    header: Option<(HeaderName, String)>,
}

impl Answer {
    fn with(mut self, name: HeaderName, value: String) -> Self {
        self.header = Some((name, value));
        self
    }
}

fn plain(status: StatusCode, (error, description): (&str, &str)) -> Answer {
    let said = [("error", error), ("error_description", description)];
    Answer {
        status,
        body: said
            .map(|(name, value)| (name.to_owned(), value.into()))
            .into_iter()
            .collect(),
        header: None,
    }
}

fn forbidden(realm: &str, lacking: &Lacking, description: String) -> Answer {
    let challenge = words::scope_challenge(realm, lacking.needed.as_deref());
    let mut answer = plain(
        StatusCode::FORBIDDEN,
        (words::INSUFFICIENT_SCOPE, &description),
    )
    .with(WWW_AUTHENTICATE, challenge);
    let known = [
        ("credential", Some(&lacking.credential)),
        ("token_scope", Some(&lacking.token_scope)),
        ("scope", lacking.needed.as_ref()),
        ("version", lacking.route_version.as_ref()),
        ("credential_version", lacking.credential_version.as_ref()),
    ];
    let members = known
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.clone().into())));
    answer.body.extend(members);
    answer
}

/// The guard knows the token and not what its credential may ask for, so it names both ways out.
fn scope_sentence(lacking: &Lacking) -> String {
    format!(
        "{} {} needs {}; this token of credential {} does not have it. Request a token with it in 'scope', with a credential that was given it.",
        lacking.method,
        lacking.route,
        lacking.needed.as_deref().unwrap_or_default(),
        lacking.credential
    )
}
