//! Signing out: a form, so that no link and no picture can do it.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use store::{Actor, AuditEvent};

use super::form::Form;
use crate::context::Context;
use crate::pages;
use crate::people::cookies::Cookie;
use crate::people::sessions;
use crate::people::visit::Visit;

/// `POST /portal/sign-out`
pub async fn submit(context: Context, request: Request) -> Response {
    let (visit, _) = match Form::receive(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let context = &visit.context;
    let session = match sessions::find(context, &visit.headers).await {
        Ok(session) => session,
        Err(error) => return visit.unavailable(&error),
    };
    if let Some(session) = session {
        let audit = AuditEvent {
            account_id: session.person.account_id.clone(),
            subject: Some(session.person.id.clone()),
            ..context.audit("session.ended", Actor::Person(session.person.id.clone()))
        };
        let store = context.platform.store.in_environment(context.issuer.name());
        if let Err(error) = store.end_session(session.facts.id_hash, audit).await {
            return visit.unavailable(&error);
        }
    }
    let mut response = pages::see_other("/portal/signed-out");
    for cookie in [Cookie::Session, Cookie::Browser] {
        if let Some(line) = cookie.clear(&context.issuer.environment) {
            response.headers_mut().append(header::SET_COOKIE, line);
        }
    }
    response
}

/// `GET /portal/signed-out`
pub async fn show(context: Context, headers: HeaderMap) -> Response {
    match Visit::begin(context, headers, None) {
        Ok(visit) => visit.show(StatusCode::OK, &pages::SignedOut {}),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
