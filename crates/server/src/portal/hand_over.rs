//! `/portal/hand-over`: someone comes from the platform's own product, signed in there, by a link that works once within a minute.
//!
//! Following the link shows who one would be; only the button signs in. So nobody is signed in as someone else by a link
//! that another sent, and what looks at links spends none. The link comes from the management API, or of a token that the
//! product signed.

use axum::extract::{RawQuery, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use store::{Person, Role, TicketKind};

use super::access::nothing_here;
use super::form::Form;
use super::sign_in::enter;
use crate::context::Context;
use crate::pages;
use crate::people::continuation::{Continuation, Next};
use crate::people::hand_over::assertion::{self, AssertionRefusal};
use crate::people::sessions::{Shown, Way};
use crate::people::tickets;
use crate::people::visit::Visit;

const HAND_OVER: TicketKind = TicketKind::HandOver;

/// `GET /portal/hand-over`
pub async fn show(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let Ok(visit) = Visit::begin(context, headers, None) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let token = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "token")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    match handed_over(&visit, &token).await {
        Ok(person) => {
            let page = pages::HandOver {
                token,
                username: person.username,
                account: person.account_name.unwrap_or_default(),
            };
            visit.show(StatusCode::OK, &page)
        }
        Err(response) => response,
    }
}

/// `POST /portal/hand-over/assertion`: the product's own page sends what the product signed. The browser has none of our
/// cookies with it, since another site sends the form, and needs none: it is led on to the link's page, which shows who one
/// would be. The token stands in the form alone, so that no address and no log ever holds it.
pub async fn receive(context: Context, request: Request) -> Response {
    let (visit, form) = match Form::from_anywhere(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    match assertion::redeem(&visit.context, form.get("assertion")).await {
        Ok(link) => pages::see_other(&link.url),
        Err(AssertionRefusal::NotConfigured) => nothing_here(&visit),
        Err(refusal) if refusal.is_ours() => visit.unavailable(&refusal),
        Err(AssertionRefusal::Lost(error)) => {
            tracing::error!(%error, "a signed hand-over is used up and nothing came of it");
            visit.refused("StoreUnavailable");
            // Nothing to come again for: the product signs another.
            begin_again(&visit, StatusCode::SERVICE_UNAVAILABLE)
        }
        Err(refusal) => {
            tracing::warn!(reason = refusal.name(), error = %refusal, "a signed hand-over was refused");
            not_taken(&visit, refusal.name())
        }
    }
}

/// `POST /portal/hand-over`
pub async fn submit(context: Context, request: Request) -> Response {
    let (visit, form) = match Form::receive(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let token = form.get("token");
    let person = match handed_over(&visit, token).await {
        Ok(person) => person,
        Err(response) => return response,
    };
    let context = &visit.context;
    let (platform, issuer) = (&context.platform, &context.issuer);
    match tickets::spend(platform, issuer, HAND_OVER, token, context.now).await {
        Ok(Some(ticket)) if ticket.person_id == person.id => {
            let continuation = Continuation::new(context, Next::Portal);
            // The platform has seen the password's equivalent; a second factor that the person turned on here is asked for here.
            let shown = Shown {
                way: Way::HandOver,
                password_at: context.now,
                second_factor_at: None,
            };
            enter(&visit, &continuation, &person, shown).await
        }
        Ok(_) => gone(&visit),
        Err(error) => visit.unavailable(&error),
    }
}

/// Whom a link that is good hands over.
async fn handed_over(visit: &Visit, token: &str) -> Result<Person, Response> {
    let context = &visit.context;
    let (platform, issuer) = (&context.platform, &context.issuer);
    tickets::person_of(platform, issuer, HAND_OVER, token, context.now)
        .await
        .map_err(|error| visit.unavailable(&error))?
        // Operators come by a password of their own or their provider: no product lets one in.
        .filter(|person| person.role != Role::Operator)
        .ok_or_else(|| gone(visit))
}

fn gone(visit: &Visit) -> Response {
    not_taken(visit, "HandOverUnknown")
}

/// One page for every way to be refused.
fn not_taken(visit: &Visit, reason: &str) -> Response {
    visit.refused(reason);
    begin_again(visit, StatusCode::BAD_REQUEST)
}

/// Back to the product.
fn begin_again(visit: &Visit, status: StatusCode) -> Response {
    visit.error(status, "error-hand-over-title", "error-hand-over-advice")
}
