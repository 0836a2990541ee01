//! The authorization endpoint (RFC 6749 §3.1): from a client's request, through a person, to a code.
//!
//! Nothing is remembered between two requests of a flow but the session: what the client asked for travels
//! with the browser, sealed, and is judged anew each time it comes by. Until the redirect URI is known to be
//! the client's, nothing is redirected; the two kinds of refusal are different types.

mod grant;
mod refusal;

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, Limited};
use oauth::authorization_request::{
    AuthorizationParameters, AuthorizationRequest, RedirectedRefusal, ShownRefusal,
};
use oauth::authorization_response::Echo;
use oauth::dialect::quirks::{AuthorizationIss, Pkce};
use oauth::grant_type::GrantType;
use oauth::redirect_uri::{VerifiedRedirectUri, verify};
use oauth::request::LONGEST_BODY;
use oauth::scope::Scope;
use store::{Session, StoreError};

use self::refusal::AuthorizationRefusal;
use crate::clients::KnownClient;
use crate::context::Context;
use crate::pages::{self, see_other};
use crate::people::continuation::{Continuation, Next};
use crate::people::sessions;
use crate::people::visit::Visit;

/// `GET` and `POST` on the environment's authorization path.
pub async fn endpoint(context: Context, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let encoded = if parts.method == Method::POST {
        match Limited::new(body, LONGEST_BODY).collect().await {
            Ok(body) => body.to_bytes().to_vec(),
            Err(_) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        }
    } else {
        query.into_bytes()
    };
    let parameters = AuthorizationParameters::read(&encoded);
    let locales = parameters
        .as_ref()
        .ok()
        .and_then(|parameters| parameters.single("ui_locales"))
        .map(str::to_owned);
    let Ok(visit) = Visit::begin(context, parts.headers, locales.as_deref()) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    match go(&visit, parameters).await {
        Ok(response) => response,
        Err(refusal) => refusal.answer(&visit),
    }
}

async fn go(
    visit: &Visit,
    parameters: Result<AuthorizationParameters, ShownRefusal>,
) -> Result<Response, AuthorizationRefusal> {
    // 1. Read the request: as it comes from the client, or as it was sealed when it first came.
    let (parameters, continuation) = resume(visit, parameters?)?;
    // 2. Who asks, and is the address for the answer theirs?
    let asker = parameters.asker()?;
    let client = client(visit, asker.client_id).await?;
    let redirect_uri = verify(&client.client.credential.redirect_uris, asker.redirect_uri)
        .ok_or(ShownRefusal::RedirectUriNotRegistered)?;
    // 3. From here on the client may be told.
    let flow = Flow {
        visit,
        parameters: &parameters,
        continuation,
        client,
        redirect_uri,
    };
    match flow.decide().await {
        Ok(outcome) => flow.carry_out(outcome).await,
        Err(Stopped::Refused(refusal)) => Ok(flow.redirect_error(refusal)),
        Err(Stopped::Store(error)) => Err(error.into()),
    }
}

/// Takes up a flow that was begun before, or begins one.
fn resume(
    visit: &Visit,
    parameters: AuthorizationParameters,
) -> Result<(AuthorizationParameters, Continuation), AuthorizationRefusal> {
    let Some(sealed) = parameters.single("flow") else {
        let pairs = parameters.clone().into_pairs();
        let begun = Continuation::new(&visit.context, Next::Authorization(pairs));
        return Ok((parameters, begun));
    };
    let continuation = visit
        .open(sealed)
        .ok_or(AuthorizationRefusal::ContinuationUnknown)?;
    match continuation.next.clone() {
        Next::Authorization(pairs) => {
            Ok((AuthorizationParameters::from_pairs(pairs), continuation))
        }
        Next::Portal | Next::Page(_) => Err(AuthorizationRefusal::ContinuationUnknown),
    }
}

async fn client(visit: &Visit, client_id: &str) -> Result<Arc<KnownClient>, AuthorizationRefusal> {
    let context = &visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    // From the database: a redirect URI is not trusted to memory.
    let client = context.issuer.clients.fresh(store, client_id).await?;
    client
        .filter(|client| client.is_enabled())
        .ok_or_else(|| ShownRefusal::ClientUnknown.into())
}

/// A request of a known client with a verified address.
struct Flow<'v> {
    visit: &'v Visit,
    parameters: &'v AuthorizationParameters,
    continuation: Continuation,
    client: Arc<KnownClient>,
    redirect_uri: VerifiedRedirectUri,
}

/// What comes next.
enum Outcome {
    /// The sign-in page.
    SignIn { login_hint: String },
    /// The consent page.
    Ask { session: Box<Session>, scope: Scope },
    /// A code.
    Grant {
        session: Box<Session>,
        scope: Scope,
        code_challenge: Option<String>,
    },
}

/// Why a decision ends early.
enum Stopped {
    /// The client is told.
    Refused(RedirectedRefusal),
    /// The person is told to come back.
    Store(StoreError),
}

impl From<RedirectedRefusal> for Stopped {
    fn from(refusal: RedirectedRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Flow<'_> {
    async fn decide(&self) -> Result<Outcome, Stopped> {
        let context = &self.visit.context;
        let environment = &context.issuer.environment;
        let dialect = &environment.dialect;
        let credential = &self.client.client.credential;

        // 4. The rest of the request.
        let pkce_needed =
            credential.public || (dialect.quirks.pkce == Pkce::Required && !credential.pkce_exempt);
        let request = dialect.read_authorization_request(self.parameters, pkce_needed)?;
        // 5. What this client may ask for at all.
        if !self.client.grants.contains(&GrantType::AuthorizationCode) {
            return Err(RedirectedRefusal::GrantNotAllowed.into());
        }
        if request
            .resources
            .iter()
            .any(|resource| *resource != environment.audience)
        {
            return Err(RedirectedRefusal::ResourceNotAllowed.into());
        }
        // 6. Who is there?
        let session = sessions::full(context, &self.visit.headers).await?;
        let session = match session.filter(|session| self.is_recent(session, &request)) {
            Some(session) => Box::new(session),
            None if request.prompt.none => return Err(RedirectedRefusal::NobodySignedIn.into()),
            None => {
                return Ok(Outcome::SignIn {
                    login_hint: request.login_hint.unwrap_or_default(),
                });
            }
        };
        // 7. One of the client's own account?
        if session.person.account_id.as_ref() != Some(&credential.account_id) {
            return Err(RedirectedRefusal::PersonOfAnotherAccount.into());
        }
        // 8. Told only now that someone has signed in: an error that redirects by itself would make this an open redirector.
        let scope = match request.scope.clone()? {
            None => self.client.scope.clone(),
            Some(scope) if scope.is_subset_of(&self.client.scope) => scope,
            Some(_) => return Err(RedirectedRefusal::ScopeNotAllowed.into()),
        };
        // 9. May it?
        let code_challenge = request
            .code_challenge
            .as_ref()
            .map(|challenge| challenge.as_str().to_owned());
        match self.answered_by(&session) {
            Some(false) => return Err(RedirectedRefusal::PersonDenied.into()),
            Some(true) => {}
            None if self.must_ask(&session, &scope, &request).await? => {
                if request.prompt.none {
                    return Err(RedirectedRefusal::ConsentNeeded.into());
                }
                return Ok(Outcome::Ask { session, scope });
            }
            None => {}
        }
        Ok(Outcome::Grant {
            session,
            scope,
            code_challenge,
        })
    }

    /// Whether the sign-in is as recent as the client wants it. One that happened in this very flow is.
    fn is_recent(&self, session: &Session, request: &AuthorizationRequest) -> bool {
        let at = session.facts.authenticated_at;
        let resumed = self.continuation.started_at < self.visit.context.now;
        if resumed && at >= self.continuation.started_at {
            return true;
        }
        let age = (self.visit.context.now - at).max(0) / 1000;
        !request.prompt.login
            && request
                .max_age
                .is_none_or(|most| u64::try_from(age).unwrap_or(u64::MAX) < most)
    }

    /// What this person said in this flow.
    fn answered_by(&self, session: &Session) -> Option<bool> {
        let (person, allowed) = self.continuation.decision.as_ref()?;
        (*person == session.person.id).then_some(*allowed)
    }

    async fn must_ask(
        &self,
        session: &Session,
        scope: &Scope,
        request: &AuthorizationRequest,
    ) -> Result<bool, StoreError> {
        let context = &self.visit.context;
        if request.prompt.consent {
            return Ok(true);
        }
        if !context.issuer.environment.consent {
            return Ok(false);
        }
        let store = context.platform.store.in_environment(context.issuer.name());
        let given = store
            .find_consent(&session.person.id, self.client.uuid())
            .await?;
        Ok(given.is_none_or(|given| {
            let given = Scope::parse(&given).unwrap_or_default();
            !scope.is_subset_of(&given)
        }))
    }

    async fn carry_out(&self, outcome: Outcome) -> Result<Response, AuthorizationRefusal> {
        let flow = || self.visit.seal(&self.continuation);
        let credential = &self.client.client.credential;
        Ok(match outcome {
            Outcome::SignIn { login_hint } => {
                let named = Continuation {
                    client_name: Some(credential.name.clone()),
                    ..self.continuation.clone()
                };
                let page = pages::SignIn {
                    flow: self.visit.seal(&named),
                    username: login_hint.chars().take(128).collect(),
                    client: Some(credential.name.clone()),
                    problem: None,
                };
                self.show(&page)
            }
            Outcome::Ask { session, scope } => {
                let page = pages::Consent {
                    flow: flow(),
                    client: credential.name.clone(),
                    description: credential.description.clone(),
                    account: credential.account_name.clone(),
                    username: session.person.username,
                    abilities: self.visit.abilities(scope.as_str()),
                    destination: destination(self.redirect_uri.as_str()),
                };
                self.show(&page)
            }
            Outcome::Grant {
                session,
                scope,
                code_challenge,
            } => {
                if self.answered_by(&session) == Some(true) {
                    self.remember(&session, &scope).await?;
                }
                let code = self.issue(&session, &scope, code_challenge).await?;
                see_other(&self.redirect_uri.with_code(&code, self.echo()))
            }
        })
    }

    fn show<P: pages::Page>(&self, page: &P) -> Response {
        self.visit
            .show_on_the_way(StatusCode::OK, page, Some(&self.continuation))
    }

    fn redirect_error(&self, refusal: RedirectedRefusal) -> Response {
        self.visit.refused(&refusal.to_string());
        see_other(&self.redirect_uri.with_error(
            refusal.error(),
            refusal.description(),
            self.echo(),
        ))
    }

    fn echo(&self) -> Echo<'_> {
        let environment = &self.visit.context.issuer.environment;
        Echo {
            state: self.parameters.state(),
            iss: match environment.dialect.quirks.authorization_iss {
                AuthorizationIss::Sent => Some(&environment.issuer),
                AuthorizationIss::LeftOut => None,
            },
        }
    }
}

/// Scheme and host of a URI, to show.
fn destination(uri: &str) -> String {
    url::Url::parse(uri)
        .map(|url| url.origin().ascii_serialization())
        .unwrap_or_default()
}
