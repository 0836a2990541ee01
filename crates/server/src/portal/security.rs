//! `/portal/security`: what protects a person's account, and who may act for the person.

mod browser_name;
pub mod passkeys;
pub mod second_factor;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use store::{Actor, AuditEvent, Change, Person, Session, SessionFacts, StoreError};

use super::form::Form;
use super::sign_in_first;
use crate::context::Context;
use crate::mail::address;
use crate::pages::{GivenConsent, KeptPasskey, OpenSession, Security};
use crate::people::sessions;
use crate::people::visit::Visit;
use crate::tokens::opaque::hex;

/// `GET /portal/security`
pub async fn show(context: Context, headers: HeaderMap) -> Response {
    let Ok(visit) = Visit::begin(context, headers, None) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    match sessions::full(&visit.context, &visit.headers).await {
        Ok(Some(session)) => page(&visit, &session, None).await,
        Ok(None) => sign_in_first(&visit),
        Err(error) => visit.unavailable(&error),
    }
}

/// `POST /portal/security/sessions/end`: one of one's own, or all others.
pub async fn end_sessions(context: Context, request: Request) -> Response {
    let (visit, form, session) = match signed_in(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let ended = match form.get("session") {
        "others" => end_others(&visit, &session).await,
        id => end_one(&visit, &session, id).await,
    };
    match ended {
        Ok(done) => page(&visit, &session, done).await,
        Err(error) => visit.unavailable(&error),
    }
}

/// `POST /portal/security/consents/withdraw`
pub async fn withdraw_consent(context: Context, request: Request) -> Response {
    let (visit, form, session) = match signed_in(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let context = &visit.context;
    let credential = form.get("credential");
    let store = context.platform.store.in_environment(context.issuer.name());
    let audit = by(&visit, &session, "consent.withdrawn", credential);
    let withdrawn = store
        .withdraw_consent(&session.person.id, credential, context.now, audit)
        .await;
    let change = Change::Person(session.person.id.clone());
    context.issuer.forget(&change);
    match withdrawn {
        Ok(done) => page(&visit, &session, done.then_some("done-consent-withdrawn")).await,
        Err(error) => visit.unavailable(&error),
    }
}

async fn end_others(visit: &Visit, session: &Session) -> Result<Option<&'static str>, StoreError> {
    let context = &visit.context;
    let audit = by(visit, session, "session.others_ended", &session.person.id);
    let store = context.platform.store.in_environment(context.issuer.name());
    store
        .end_sessions_of(&session.person.id, Some(session.facts.id_hash), audit)
        .await?;
    Ok(Some("done-sessions-ended"))
}

/// Only the person's own are looked through.
async fn end_one(
    visit: &Visit,
    session: &Session,
    id: &str,
) -> Result<Option<&'static str>, StoreError> {
    let context = &visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let all = store.sessions_of(&session.person.id, context.now).await?;
    let Some(meant) = all.iter().find(|facts| public_id(facts) == id) else {
        return Ok(None);
    };
    let audit = by(visit, session, "session.ended", &session.person.id);
    let ended = store.end_session(meant.id_hash, audit).await?;
    Ok(ended.then_some("done-session-ended"))
}

/// A form of someone who is signed in.
async fn signed_in(context: Context, request: Request) -> Result<(Visit, Form, Session), Response> {
    let (visit, form) = Form::receive(context, request).await?;
    match sessions::full(&visit.context, &visit.headers).await {
        Ok(Some(session)) => Ok((visit, form, session)),
        Ok(None) => Err(sign_in_first(&visit)),
        Err(error) => Err(visit.unavailable(&error)),
    }
}

/// The page as it stands, with what was just done.
async fn page(visit: &Visit, session: &Session, done: Option<&'static str>) -> Response {
    match read(visit, session, done).await {
        Ok(page) => visit.show(StatusCode::OK, &page),
        Err(error) => visit.unavailable(&error),
    }
}

async fn read(
    visit: &Visit,
    session: &Session,
    done: Option<&'static str>,
) -> Result<Security, StoreError> {
    let context = &visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    // The session holds the person as before what was just done.
    let person = store.find_person_by_id(&session.person.id).await?;
    let open = |facts: SessionFacts| OpenSession {
        id: public_id(&facts),
        this: facts.id_hash == session.facts.id_hash,
        begun_at: facts.created_at,
        last_seen_at: facts.last_seen_at,
        user_agent: browser_name::of(&facts.user_agent),
        remote_address: facts.remote_address,
    };
    let sessions = store.sessions_of(&session.person.id, context.now).await?;
    let consents = store.consents_of(&session.person.id).await?;
    let kept = store.passkeys_of(&session.person.id).await?;
    Ok(Security {
        username: session.person.username.clone(),
        password: session.person.password.is_some(),
        email: person
            .as_ref()
            .and_then(address::of)
            .map(|address| address.to_string()),
        second_factor: person.as_ref().is_some_and(Person::has_second_factor),
        authenticator_app: person.as_ref().is_some_and(Person::has_authenticator_app),
        passkeys_work: crate::people::passkeys::available(&context.issuer.environment),
        passkeys: kept
            .into_iter()
            .map(|passkey| KeptPasskey {
                id: hex(&passkey.credential_id),
                name: passkey.name,
                created_at: passkey.created_at,
                last_used_at: passkey.last_used_at,
            })
            .collect(),
        recovery_codes_left: store.recovery_codes_left(&session.person.id).await?,
        sessions: sessions.into_iter().map(open).collect(),
        consents: consents
            .into_iter()
            .map(|consent| GivenConsent {
                abilities: visit.abilities(&consent.scope),
                credential: consent.credential_uuid,
                name: consent.name,
                granted_at: consent.granted_at,
            })
            .collect(),
        done,
    })
}

/// Half of the hash: enough to name a session, nothing to use it.
fn public_id(facts: &SessionFacts) -> String {
    hex(&facts.id_hash[..16])
}

fn by(visit: &Visit, session: &Session, event: &'static str, subject: &str) -> AuditEvent {
    let person = &session.person;
    AuditEvent {
        account_id: person.account_id.clone(),
        subject: Some(subject.to_owned()),
        ..visit.context.audit(event, Actor::Person(person.id.clone()))
    }
}
