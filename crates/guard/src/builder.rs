//! How a guard is made: everything that can be wrong about it is found here, before the first request.

use std::sync::Arc;
use std::time::Duration;

use crate::decision::Judge;
use crate::introspection::{Introspection, Settings};
use crate::issuer::{Issuer, is_issuer};
use crate::jwks::{Jwks, Lifetimes};
use crate::layer::GuardLayer;
use crate::outbound::Outbound;
use crate::route::{Route, RouteError, resolve};
use crate::tokens::Tokens;

/// The longest that what introspection said may be remembered: as late a revocation would be seen.
const CACHE_AT_MOST: Duration = Duration::from_secs(60);

/// A guard in the making. See [`GuardLayer::builder`].
#[must_use]
pub struct Builder {
    issuer: String,
    audience: Option<String>,
    realm: Option<String>,
    way: Option<Way>,
    routes: Vec<Route>,
    lifetimes: Lifetimes,
    cache_for: Duration,
    cached_tokens: usize,
    answer_within: Duration,
}

enum Way {
    Jwks,
    Introspection { id: String, secret: String },
}

/// Why there is no guard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The issuer can be none.
    #[error(
        "{0:?} can be no issuer: write the environment's URL as https://auth.example.com, with no path and no slash at the end (http is for this machine alone)"
    )]
    Issuer(String),
    /// No way was chosen.
    #[error(
        "choose how tokens are checked: either by jwks() or by introspection(client_id, client_secret)"
    )]
    Way,
    /// A guard without routes lets nothing through.
    #[error(
        "the guard has no route, so that nothing would pass; add one with route(Route::at(\"/\"))"
    )]
    NoRoute,
    /// See there.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// A name that can stand in no header.
    #[error("the realm {0:?} can stand in no header; use visible ASCII without quotes")]
    Realm(String),
    /// A time that makes no sense.
    #[error("{0}")]
    Time(&'static str),
    /// The operating system gives no random numbers.
    #[error("the operating system gives no random numbers")]
    NoRandomness,
}

impl Builder {
    pub(crate) fn new(issuer: String) -> Self {
        Self {
            issuer,
            audience: None,
            realm: None,
            way: None,
            routes: Vec::new(),
            lifetimes: Lifetimes::default(),
            cache_for: Duration::from_secs(5),
            cached_tokens: 10_000,
            answer_within: Duration::from_secs(5),
        }
    }

    /// Checks JWTs by the issuer's published keys. Nobody is asked about a token, so that a revoked one opens what it
    /// opened until it ends by itself: at the latest `access_token_lifetime` after it was issued.
    pub fn jwks(mut self) -> Self {
        self.way = Some(Way::Jwks);
        self
    }

    /// Asks the issuer about each token (RFC 7662), opaque or JWT, with a credential that was made with
    /// `--resource-server`. A revoked token opens nothing after [`cache_for`](Self::cache_for) at the latest.
    pub fn introspection(
        mut self,
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> Self {
        self.way = Some(Way::Introspection {
            id: client_id.into(),
            secret: client_secret.into(),
        });
        self
    }

    /// Adds a route. What no route leads to is closed.
    pub fn route(mut self, route: Route) -> Self {
        self.routes.push(route);
        self
    }

    /// The audience that tokens must be for, where the environment's `audience` is another than its URL.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// The realm that challenges name (RFC 9110 §11.5): the issuer, unless said otherwise.
    pub fn realm(mut self, realm: impl Into<String>) -> Self {
        self.realm = Some(realm.into());
        self
    }

    /// For how long what introspection said about a token is remembered, at most a minute and never beyond its end: 5
    /// seconds unless said otherwise. Zero asks for every request.
    pub fn cache_for(mut self, time: Duration) -> Self {
        self.cache_for = time;
        self
    }

    /// Of how many tokens what introspection said is remembered at a time: 10,000 unless said otherwise, about 5 MB.
    pub fn cached_tokens(mut self, most: usize) -> Self {
        self.cached_tokens = most;
        self
    }

    /// How old keys may get before they are asked for anew: 5 minutes unless said otherwise. For so long a key that was
    /// revoked still counts.
    pub fn refresh_keys_every(mut self, time: Duration) -> Self {
        self.lifetimes.refresh = time;
        self
    }

    /// How old keys may get while the issuer cannot be asked: an hour unless said otherwise. Then requests are 503.
    pub fn keep_keys_at_most(mut self, time: Duration) -> Self {
        self.lifetimes.keep = time;
        self
    }

    /// How long the issuer may take to answer: 5 seconds unless said otherwise. Then the request is 503.
    pub fn answer_within(mut self, time: Duration) -> Self {
        self.answer_within = time;
        self
    }

    /// The guard. Nobody is asked yet; see [`GuardLayer::ready`].
    ///
    /// # Errors
    /// See [`BuildError`].
    pub fn build(self) -> Result<GuardLayer, BuildError> {
        if !is_issuer(&self.issuer) {
            return Err(BuildError::Issuer(self.issuer));
        }
        if self.routes.is_empty() {
            return Err(BuildError::NoRoute);
        }
        let routes = resolve(self.routes)?;
        let realm = self.realm.unwrap_or_else(|| self.issuer.clone());
        let quotable = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
        if !realm.bytes().all(quotable) {
            return Err(BuildError::Realm(realm));
        }
        if self.answer_within.is_zero() {
            return Err(BuildError::Time(
                "answer_within is zero: no issuer is that fast",
            ));
        }
        if self.cache_for > CACHE_AT_MOST {
            return Err(BuildError::Time(
                "cache_for is more than a minute: so late a revocation would be seen",
            ));
        }
        if self.lifetimes.refresh.is_zero() || self.lifetimes.keep < self.lifetimes.refresh {
            return Err(BuildError::Time(
                "refresh_keys_every is zero, or more than keep_keys_at_most",
            ));
        }
        let issuer = Issuer {
            audience: self.audience.unwrap_or_else(|| self.issuer.clone()),
            url: self.issuer,
            outbound: Outbound::new(self.answer_within),
        };
        let tokens = match self.way.ok_or(BuildError::Way)? {
            Way::Jwks => Tokens::Jwks(Arc::new(Jwks::new(issuer, self.lifetimes))),
            Way::Introspection { id, secret } => {
                let settings = Settings {
                    id,
                    secret,
                    cache_for: self.cache_for,
                    cached_tokens: self.cached_tokens,
                };
                let introspection = Introspection::new(issuer, settings);
                Tokens::Introspection(Box::new(
                    introspection.map_err(|_| BuildError::NoRandomness)?,
                ))
            }
        };
        Ok(GuardLayer::of(Judge {
            routes,
            realm,
            tokens,
        }))
    }
}
