//! Sessions: a new id at every step, so that what a browser had before is never what is signed in.

use axum::http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};
use store::{Actor, Millis, NewSession, Person, Session, SessionStep, StoreError};

use super::cookies::{Cookie, CookieValue};
use crate::context::Context;
use crate::elsewhere;
use crate::random::NoRandomness;

/// A session that is not full yet has this long.
const STEP_LIFETIME: Millis = 15 * 60 * 1000;
/// How exactly the last use is kept.
const TOUCHED_EVERY: Millis = 60 * 1000;
/// Characters of a user agent that are kept.
const LONGEST_USER_AGENT: usize = 256;

/// Why no session could be begun: always ours.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// Who saw the person prove who it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// We did: a password, a second factor.
    #[default]
    Here,
    /// The platform's own product.
    HandOver,
    /// The company's identity provider.
    StaffSignIn,
}

impl Way {
    /// As the audit trail has it; nothing for what is usual.
    fn details(self) -> String {
        let by = match self {
            Self::Here => return String::new(),
            Self::HandOver => "hand-over",
            Self::StaffSignIn => "staff-sign-in",
        };
        serde_json::json!({ "by": by }).to_string()
    }
}

/// What was shown, and when.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// To whom.
    pub way: Way,
    /// The password.
    pub password_at: Millis,
    /// The second factor.
    pub second_factor_at: Option<Millis>,
}

/// The next step of a person who has shown that much.
pub fn next_step(person: &Person, shown: Shown) -> SessionStep {
    if person.has_second_factor() && shown.second_factor_at.is_none() {
        SessionStep::SecondFactor
    } else if person.must_change_password {
        SessionStep::ChangePassword
    } else {
        SessionStep::Full
    }
}

/// Begins a session in place of the one the browser had; gives the cookie to set.
///
/// # Errors
/// See [`SessionError`].
pub async fn begin(
    context: &Context,
    headers: &HeaderMap,
    person: &Person,
    step: SessionStep,
    shown: Shown,
) -> Result<CookieValue, SessionError> {
    let environment = &context.issuer.environment;
    let cookie = CookieValue::generate()?;
    let lifetime = match step {
        SessionStep::Full => millis(environment.session_lifetime),
        SessionStep::SecondFactor | SessionStep::ChangePassword => STEP_LIFETIME,
    };
    let user_agent = headers
        .get(header::USER_AGENT)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .unwrap_or_default();
    let session = NewSession {
        id_hash: cookie.hash(),
        person_id: person.id.clone(),
        step,
        created_at: context.now,
        authenticated_at: shown.password_at,
        second_factor_at: shown.second_factor_at,
        expires_at: context.now + lifetime,
        remote_address: context.remote_address.to_string(),
        user_agent: user_agent.chars().take(LONGEST_USER_AGENT).collect(),
    };
    let event = match step {
        SessionStep::Full => "session.begun",
        SessionStep::SecondFactor => "session.second_factor_asked",
        SessionStep::ChangePassword => "session.password_change_asked",
    };
    let audit = store::AuditEvent {
        account_id: person.account_id.clone(),
        details: shown.way.details(),
        ..context.audit(event, Actor::Person(person.id.clone()))
    };
    let replaces = Cookie::Session
        .read(environment, headers)
        .map(|cookie| cookie.hash());
    context
        .platform
        .store
        .in_environment(context.issuer.name())
        .begin_session(session, replaces, audit)
        .await?;
    Ok(cookie)
}

/// The browser's live session, at whatever step.
///
/// # Errors
/// The database could not be asked.
pub async fn find(context: &Context, headers: &HeaderMap) -> Result<Option<Session>, StoreError> {
    let Some(cookie) = Cookie::Session.read(&context.issuer.environment, headers) else {
        return Ok(None);
    };
    let store = context.platform.store.in_environment(context.issuer.name());
    let Some(session) = store.find_session(&cookie.hash(), context.now).await? else {
        elsewhere::session(context, cookie.hash());
        return Ok(None);
    };
    let silent = context.now - session.facts.last_seen_at;
    if silent > millis(context.issuer.environment.session_idle_lifetime) {
        return Ok(None);
    }
    if silent > TOUCHED_EVERY {
        store.touch_session(cookie.hash(), context.now).await?;
    }
    Ok(Some(session))
}

/// The browser's session if its person is signed in.
///
/// # Errors
/// The database could not be asked.
pub async fn full(context: &Context, headers: &HeaderMap) -> Result<Option<Session>, StoreError> {
    let session = find(context, headers).await?;
    Ok(session.filter(|session| session.facts.step == SessionStep::Full))
}

/// `Set-Cookie` of a session just begun.
pub fn set_cookie(context: &Context, cookie: &CookieValue) -> Option<HeaderValue> {
    Cookie::Session.set(&context.issuer.environment, cookie)
}

fn millis(seconds: u64) -> Millis {
    i64::try_from(seconds).unwrap_or(i64::MAX / 2000) * 1000
}
