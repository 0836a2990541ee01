//! The platform's own staff sign in through the company's identity provider: OpenID Connect Core 1.0 §3.1, the
//! authorization code flow with PKCE.
//!
//! 1. [`begin`]: the browser is sent to the provider. What we must find again (nonce, verifier, where to go on) travels
//!    sealed in `state`, so that only the browser that began can end, and only here.
//! 2. [`finish`]: the provider sent it back. The `state` counts once, whatever the answer says; the code is exchanged; the
//!    id token is judged ([`id_token`]); the groups say whether there is a role ([`person`]).
//!
//! A person is known by issuer and subject, never by a name or an address.

mod documents;
pub mod id_token;
pub mod person;
pub mod provider;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth::pkce::CodeChallenge;
use serde::{Deserialize, Serialize};
use store::{Millis, Person, SpentKind, StoreError};
use subtle::ConstantTimeEq;

use super::continuation::{Continuation, Next};
use super::visit::Visit;
use crate::config::StaffSignIn;
use crate::context::Context;
use crate::random::{self, NoRandomness};
use id_token::IdTokenRefusal;
use person::NotAllowed;
use provider::ProviderError;

/// What `state` is sealed for.
const PURPOSE: &str = "staff-sign-in";
/// How long someone may take to sign in at the provider.
const LIFETIME: Millis = 15 * 60 * 1000;
/// Where the provider sends the browser back to, under the environment's url.
pub const CALLBACK: &str = "/portal/staff/callback";

/// Why someone is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum StaffRefusal {
    /// This environment has no provider.
    #[error("this environment has no [staff_sign_in] configured")]
    NotConfigured,
    /// `state` was made for another browser, another environment or another purpose, is too old, or is nothing of ours.
    #[error("the sign-in was not begun in this browser, or too long ago")]
    StateUnknown,
    /// It was answered before.
    #[error("the sign-in was answered before")]
    StateSpent,
    /// `iss` of the answer is not the provider that was asked (RFC 9207 §2.4).
    #[error("the answer is another provider's, or does not say whose it is")]
    AnswerOfAnother,
    /// The provider said no.
    #[error("the provider answered {0}")]
    ProviderRefused(String),
    /// It said neither yes nor no.
    #[error("the answer holds no code")]
    NoCode,
    /// It cannot be asked, or does not work as it should.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// What it says about the person is not believed.
    #[error(transparent)]
    IdToken(#[from] IdTokenRefusal),
    /// Believed, and not let in.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// Ours.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Ours.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

impl StaffRefusal {
    /// The name in the log and the metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotConfigured => "StaffSignInNotConfigured",
            Self::StateUnknown => "StateUnknown",
            Self::StateSpent => "StateSpent",
            Self::AnswerOfAnother => "AnswerOfAnotherProvider",
            Self::ProviderRefused(_) => "ProviderRefused",
            Self::NoCode => "AnswerWithoutCode",
            Self::Provider(error) => error.name(),
            Self::IdToken(refusal) => refusal.name(),
            Self::NotAllowed(refusal) => refusal.name(),
            Self::Store(_) | Self::Random(_) => "StoreUnavailable",
        }
    }
}

/// A sign-in that was begun, as it travels in `state`.
#[derive(Serialize, Deserialize)]
struct Attempt {
    /// Who was asked.
    issuer: String,
    nonce: String,
    verifier: String,
    started_at: Millis,
    next: Next,
}

/// What the provider sent the browser back with. Each stands there once, or counts as missing.
#[derive(Debug, Default)]
pub struct Callback {
    /// For the token endpoint.
    pub code: Option<String>,
    /// Ours.
    pub state: Option<String>,
    /// Who answers.
    pub iss: Option<String>,
    /// What it says instead of a code.
    pub error: Option<String>,
}

/// Where to send the browser.
///
/// # Errors
/// See [`StaffRefusal`].
pub async fn begin(visit: &Visit, continuation: Continuation) -> Result<String, StaffRefusal> {
    let context = &visit.context;
    let configured = configured(context)?;
    let metadata = provider::metadata(context, configured).await?;
    let attempt = Attempt {
        issuer: configured.issuer.clone(),
        nonce: random_text()?,
        verifier: random_text()?,
        started_at: context.now,
        next: match continuation.next {
            // Staff has no account, and no client acts for it.
            Next::Authorization(_) => Next::Portal,
            here => here,
        },
    };
    let state = visit.seal_for(PURPOSE, &attempt).ok_or(NoRandomness)?;
    let mut address = metadata.authorization_endpoint.clone();
    address
        .query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &configured.client_id)
        .append_pair("redirect_uri", &context.issuer.url(CALLBACK))
        .append_pair("scope", &configured.scope)
        .append_pair("state", &state)
        .append_pair("nonce", &attempt.nonce)
        .append_pair(
            "code_challenge",
            CodeChallenge::of(&attempt.verifier).as_str(),
        )
        .append_pair("code_challenge_method", "S256");
    Ok(address.into())
}

/// Who came back, and where to go on.
///
/// # Errors
/// See [`StaffRefusal`].
pub async fn finish(
    visit: &Visit,
    callback: &Callback,
) -> Result<(Person, Continuation), StaffRefusal> {
    let context = &visit.context;
    let configured = configured(context)?;
    let attempt = opened(visit, callback)?;
    spend(context, &attempt).await?;
    if attempt.issuer != configured.issuer {
        return Err(StaffRefusal::StateUnknown);
    }
    let metadata = provider::metadata(context, configured).await?;
    let expected = callback.iss.as_deref() == Some(configured.issuer.as_str());
    if !expected && (callback.iss.is_some() || metadata.names_itself) {
        return Err(StaffRefusal::AnswerOfAnother);
    }
    if let Some(error) = &callback.error {
        return Err(StaffRefusal::ProviderRefused(plain(error)));
    }
    let code = callback.code.as_deref().ok_or(StaffRefusal::NoCode)?;
    let tokens =
        provider::exchange(context, configured, &metadata, code, &attempt.verifier).await?;
    let mut claims = id_token::judge(context, configured, &metadata, &tokens.id_token).await?;
    let nonce = claims.text("nonce").unwrap_or_default();
    if !bool::from(nonce.as_bytes().ct_eq(attempt.nonce.as_bytes())) {
        return Err(IdTokenRefusal::NonceWrong.into());
    }
    // Some providers keep what an id token is not meant to carry for those who ask (Core §5.4).
    if !claims.has(&configured.groups_claim)
        && let (Some(endpoint), Some(token)) = (&metadata.userinfo_endpoint, &tokens.access_token)
    {
        let more = provider::userinfo(context, endpoint, token).await?;
        if more.text("sub") != claims.text("sub") {
            return Err(IdTokenRefusal::UserInfoOfAnother.into());
        }
        claims.complete(more);
    }
    let person = person::of_claims(context, configured, &claims).await?;
    let continuation = Continuation::new(context, attempt.next);
    Ok((person, continuation))
}

/// The state of a sign-in that was begun in this browser, and not too long ago.
fn opened(visit: &Visit, callback: &Callback) -> Result<Attempt, StaffRefusal> {
    let state = callback.state.as_deref().unwrap_or_default();
    let attempt: Attempt = visit
        .open_for(PURPOSE, state)
        .ok_or(StaffRefusal::StateUnknown)?;
    let age = visit.context.now - attempt.started_at;
    match (0..=LIFETIME).contains(&age) {
        true => Ok(attempt),
        false => Err(StaffRefusal::StateUnknown),
    }
}

/// One conditional write: of two answers to one beginning, at most one is looked at.
async fn spend(context: &Context, attempt: &Attempt) -> Result<(), StaffRefusal> {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, attempt.nonce.as_bytes()).as_ref());
    let store = context.platform.store.in_environment(context.issuer.name());
    let remembered_until = attempt.started_at + 2 * LIFETIME;
    match store
        .spend_once(SpentKind::StaffSignIn, hash, remembered_until)
        .await?
    {
        true => Ok(()),
        false => Err(StaffRefusal::StateSpent),
    }
}

fn configured(context: &Context) -> Result<&StaffSignIn, StaffRefusal> {
    let staff = context.issuer.environment.staff_sign_in.as_ref();
    staff.ok_or(StaffRefusal::NotConfigured)
}

fn random_text() -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(random::bytes::<32>()?))
}

/// An error code of someone else's, as far as it is one (RFC 6749 §4.1.2.1).
fn plain(code: &str) -> String {
    code.chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        .take(64)
        .collect()
}
