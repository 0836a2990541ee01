//! Tokens the issuer is asked about (RFC 7662).
//!
//! What it said is remembered for a few seconds, never beyond the token's end: the facts of the token, not what they
//! opened. Memory is bounded and knows tokens by a keyed hash. Of many requests with one token one asks. An issuer that
//! cannot be asked, or answers what it should not, makes the request 503, and never lets it pass.

mod endpoint;

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::error::Unspecified;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use form_urlencoded::byte_serialize;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, StatusCode};
use http_body_util::Full;
use quick_cache::sync::{Cache, EntryAction, EntryResult};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::caller::{Caller, DeadToken, Judged, Unknowable};
use crate::clock;
use crate::issuer::{Issuer, read, unusable};
use crate::outbound::IssuerError;
use crate::token_hash::{Hasher, TokenHash};
use endpoint::{Endpoint, Finder};

/// For how long "not live" is remembered at most, and that nothing could be found out.
const BRIEFLY: Duration = Duration::from_secs(1);
/// Questions at a time: whoever sends invented tokens does not make a storm of them.
const AT_A_TIME: usize = 64;

/// How the issuer is asked.
pub struct Settings {
    /// The guard's own credential.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// How long an answer is remembered.
    pub cache_for: Duration,
    /// Of how many tokens.
    pub cached_tokens: usize,
}

/// Asks the issuer about tokens.
pub struct Introspection {
    issuer: Arc<Issuer>,
    settings: Settings,
    hasher: Hasher,
    remembered: Cache<TokenHash, Remembered>,
    finder: Arc<Finder>,
    places: Semaphore,
}

/// What was found out about a token, and until when that counts.
#[derive(Clone)]
struct Remembered {
    said: Said,
    until: Instant,
}

#[derive(Clone)]
enum Said {
    Live(Arc<Caller>),
    Dead(DeadToken),
    Nothing(Unknowable),
}

/// RFC 7662 §2.2, and the members that the issuer adds.
#[derive(Deserialize)]
struct Answer {
    active: bool,
    iss: Option<String>,
    aud: Option<Audience>,
    exp: Option<i64>,
    client_id: Option<String>,
    sub: Option<String>,
    jti: Option<String>,
    #[serde(default)]
    scope: String,
    token_type: Option<String>,
    credential: Option<String>,
    credential_version: Option<String>,
    account: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Introspection {
    /// Nothing is asked yet.
    ///
    /// # Errors
    /// The operating system gives no random numbers.
    pub fn new(issuer: Issuer, settings: Settings) -> Result<Self, Unspecified> {
        let issuer = Arc::new(issuer);
        Ok(Self {
            finder: Arc::new(Finder::new(Arc::clone(&issuer))),
            issuer,
            hasher: Hasher::new()?,
            remembered: Cache::new(settings.cached_tokens.max(1)),
            settings,
            places: Semaphore::new(AT_A_TIME),
        })
    }

    /// What a token is worth at this moment.
    pub async fn judge(&self, text: &str) -> Judged {
        let said = self.said_of(text).await;
        match said {
            Said::Live(caller) if caller.expires_at <= clock::now() => Ok(Err(DeadToken::Expired)),
            Said::Live(caller) => Ok(Ok(Caller::clone(&caller))),
            Said::Dead(dead) => Ok(Err(dead)),
            Said::Nothing(why) => Err(why),
        }
    }

    /// Asks about a text that is no token: whether the way is open and the credential is taken.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn ready(&self) -> Result<(), IssuerError> {
        self.ask("is-anybody-there").await.map(|_| ())
    }

    async fn said_of(&self, text: &str) -> Said {
        let hash = self.hasher.of(text);
        if let Some(remembered) = self.remembered.get(&hash)
            && remembered.until > Instant::now()
        {
            return remembered.said;
        }
        let still_counts = |_: &TokenHash, remembered: &mut Remembered| {
            if remembered.until > Instant::now() {
                EntryAction::Retain(remembered.said.clone())
            } else {
                EntryAction::ReplaceWithGuard
            }
        };
        // Waits while another request asks about the same token.
        let place = match self.remembered.entry_async(&hash, still_counts).await {
            EntryResult::Retained(said) => return said,
            EntryResult::Replaced(place, _) | EntryResult::Vacant(place) => place,
            // Neither is ever asked for here.
            EntryResult::Removed(..) | EntryResult::Timeout => {
                return Said::Nothing(Unknowable("memory gave no place".to_owned()));
            }
        };
        // Counted from before the question: what is revoked while it is answered counts as long as all else.
        let asked = Instant::now();
        let (said, time) = match self.ask(text).await {
            Ok(Ok(caller)) => (Said::Live(Arc::new(caller)), self.settings.cache_for),
            Ok(Err(dead)) => (Said::Dead(dead), self.settings.cache_for.min(BRIEFLY)),
            Err(failure) => {
                tracing::warn!(%failure, "the issuer could not be asked about a token");
                // Counted from now: whoever waited for this answer does not ask again at once.
                let said = Said::Nothing(Unknowable(failure.to_string()));
                (said, asked.elapsed() + BRIEFLY)
            }
        };
        let _ = place.insert(Remembered {
            said: said.clone(),
            until: asked + time,
        });
        said
    }

    /// Waits no longer than the issuer may take, for its place and for the endpoint as well.
    async fn ask(&self, text: &str) -> Result<Result<Caller, DeadToken>, IssuerError> {
        let within = self.issuer.outbound.within();
        match tokio::time::timeout(within, self.ask_in_turn(text)).await {
            Ok(answer) => answer,
            Err(_) => Err(IssuerError::TooSlow(self.issuer.url.clone())),
        }
    }

    async fn ask_in_turn(&self, text: &str) -> Result<Result<Caller, DeadToken>, IssuerError> {
        let _place = self.places.acquire().await;
        let endpoint = self.finder.endpoint().await?;
        let answer = self.issuer.outbound.ask(self.question(&endpoint, text)?);
        let body = answer.await.map_err(|error| match error {
            IssuerError::Status {
                status: StatusCode::UNAUTHORIZED,
                ..
            } => IssuerError::CredentialRefused,
            other => other,
        })?;
        self.read(&endpoint.url, &body)
    }

    fn question(
        &self,
        endpoint: &Endpoint,
        text: &str,
    ) -> Result<Request<Full<Bytes>>, IssuerError> {
        let Settings { id, secret, .. } = &self.settings;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", text)
            .append_pair("token_type_hint", "access_token");
        if !endpoint.basic {
            form.append_pair("client_id", id)
                .append_pair("client_secret", secret);
        }
        let mut request = Request::post(&endpoint.url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(Full::from(form.finish()))
            .map_err(|error| unusable(&endpoint.url, error.to_string()))?;
        if endpoint.basic {
            // RFC 6749 §2.3.1: form-encoded, then Basic.
            let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            let pair = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
            let mut value = HeaderValue::from_str(&format!("Basic {pair}"))
                .map_err(|error| unusable(&endpoint.url, error.to_string()))?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        Ok(request)
    }

    fn read(&self, url: &str, body: &[u8]) -> Result<Result<Caller, DeadToken>, IssuerError> {
        let answer: Answer = read(url, body)?;
        if !answer.active {
            return Ok(Err(DeadToken::Inactive));
        }
        let another_issuer = answer.iss.is_some_and(|issuer| issuer != self.issuer.url);
        let audience = &self.issuer.audience;
        let another_audience = match &answer.aud {
            None => false,
            Some(Audience::One(one)) => one != audience,
            Some(Audience::Several(several)) => !several.contains(audience),
        };
        // A token bound to more than its text is not one that its text alone may open anything with.
        let another_type = answer
            .token_type
            .is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer"));
        if another_issuer || another_audience || another_type {
            return Ok(Err(DeadToken::ForeignClaims));
        }
        let missing = |name: &str| unusable(url, format!("an active token without {name}"));
        let client_id = answer.client_id.ok_or_else(|| missing("client_id"))?;
        Ok(Ok(Caller {
            credential: answer.credential.ok_or_else(|| missing("credential"))?,
            account: answer.account.ok_or_else(|| missing("account"))?,
            version: answer.credential_version,
            scope: answer.scope,
            subject: answer.sub.unwrap_or_else(|| client_id.clone()),
            client_id,
            token_id: answer.jti,
            expires_at: answer.exp.ok_or_else(|| missing("exp"))?,
        }))
    }
}
