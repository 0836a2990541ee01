//! `/portal/invitation`: a first password, or a forgotten one anew, by a link that works once.

use axum::extract::{RawQuery, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use store::{Actor, AuditEvent, Change, Person, TicketKind};

use super::form::Form;
use super::sign_in::enter;
use crate::context::Context;
use crate::pages::{self, Problem};
use crate::people::authenticate::may_have_password;
use crate::people::continuation::{Continuation, Next};
use crate::people::sessions::{Shown, Way};
use crate::people::visit::Visit;
use crate::people::{password, tickets};

const INVITATION: TicketKind = TicketKind::Invitation;

/// `GET /portal/invitation`: looks at the link and leaves it good, since mail scanners follow links.
pub async fn show(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let Ok(visit) = Visit::begin(context, headers, None) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let token = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "token")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    match invited(&visit, &token).await {
        Ok(person) => {
            let page = pages::Invitation {
                token,
                username: person.username,
                problem: None,
            };
            visit.show(StatusCode::OK, &page)
        }
        Err(response) => response,
    }
}

/// `POST /portal/invitation`
pub async fn submit(context: Context, request: Request) -> Response {
    let (visit, form) = match Form::receive(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let token = form.get("token");
    let person = match invited(&visit, token).await {
        Ok(person) => person,
        Err(response) => return response,
    };
    let new = form.get("newpassword");
    if let Err(unfit) = password::judge(new, &person.username) {
        let page = pages::Invitation {
            token: token.to_owned(),
            username: person.username,
            problem: Some(Problem::of(unfit.message())),
        };
        return visit.show(StatusCode::BAD_REQUEST, &page);
    }
    match set(&visit.context, &person, token, new).await {
        Ok(true) => {
            let continuation = Continuation::new(&visit.context, Next::Portal);
            let shown = Shown {
                way: Way::Here,
                password_at: visit.context.now,
                second_factor_at: None,
            };
            let person = Person {
                must_change_password: false,
                ..person
            };
            enter(&visit, &continuation, &person, shown).await
        }
        Ok(false) => gone(&visit),
        Err(error) => visit.unavailable(&error),
    }
}

/// Spends the link, then sets the password; false when someone else spent it first.
async fn set(context: &Context, person: &Person, token: &str, new: &str) -> anyhow::Result<bool> {
    let hashed = password::hash(&context.platform, &person.id, new, false).await?;
    let spent = tickets::spend(
        &context.platform,
        &context.issuer,
        INVITATION,
        token,
        context.now,
    )
    .await?;
    if spent.is_none_or(|ticket| ticket.person_id != person.id) {
        return Ok(false);
    }
    let audit = AuditEvent {
        account_id: person.account_id.clone(),
        ..context.audit(
            "person.invitation_taken_up",
            Actor::Person(person.id.clone()),
        )
    };
    let store = context.platform.store.in_environment(context.issuer.name());
    let set = store
        .set_password(&person.id, hashed, None, context.now, audit)
        .await?;
    context.issuer.forget(&Change::Person(person.id.clone()));
    Ok(set)
}

/// Whom a link that is good invites.
async fn invited(visit: &Visit, token: &str) -> Result<Person, Response> {
    let context = &visit.context;
    let (platform, issuer) = (&context.platform, &context.issuer);
    tickets::person_of(platform, issuer, INVITATION, token, context.now)
        .await
        .map_err(|error| visit.unavailable(&error))?
        .filter(|person| may_have_password(&issuer.environment, person))
        .ok_or_else(|| gone(visit))
}

fn gone(visit: &Visit) -> Response {
    visit.refused("InvitationUnknown");
    visit.error(
        StatusCode::BAD_REQUEST,
        "error-invitation-title",
        "error-invitation-advice",
    )
}
