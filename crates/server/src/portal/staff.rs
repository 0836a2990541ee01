//! `/portal/staff`: the platform's own staff come by way of the company's identity provider.
//!
//! The button is a link and no form: browsers hold whatever follows a form to the policy of its page, and a provider may
//! send people on to others before they come back. What a form would carry against forgery, the link carries sealed in
//! `flow`. Nothing is kept until the provider has answered.

use axum::extract::RawQuery;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::access::nothing_here;
use super::flow_in;
use super::sign_in::enter;
use crate::context::Context;
use crate::pages;
use crate::people::sessions::{Shown, Way};
use crate::people::staff::provider::ProviderError;
use crate::people::staff::{self, Callback, StaffRefusal};
use crate::people::visit::Visit;
use crate::signatures::SignatureRefusal;

/// `GET /portal/staff/sign-in`: on to the provider.
pub async fn begin(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let Ok(visit) = Visit::begin(context, headers, None) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let Some(continuation) = visit.open(&flow_in(query.as_deref())) else {
        return visit.too_old();
    };
    match staff::begin(&visit, continuation).await {
        Ok(address) => pages::see_other(&address),
        Err(refusal) => refused(&visit, &refusal),
    }
}

/// `GET /portal/staff/callback`: back from the provider.
pub async fn finish(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let Ok(visit) = Visit::begin(context, headers, None) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let callback = read(query.as_deref().unwrap_or_default());
    match staff::finish(&visit, &callback).await {
        Ok((person, continuation)) => {
            // The provider has seen a password's equivalent; a second factor that the person turned on here is asked for here.
            let shown = Shown {
                way: Way::StaffSignIn,
                password_at: visit.context.now,
                second_factor_at: None,
            };
            enter(&visit, &continuation, &person, shown).await
        }
        Err(refusal) => refused(&visit, &refusal),
    }
}

/// A parameter that is repeated is none (RFC 6749 §3.1).
fn read(query: &str) -> Callback {
    let one = |wanted: &str| {
        let mut values =
            form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == wanted);
        match (values.next(), values.next()) {
            (Some((_, value)), None) if !value.is_empty() => Some(value.into_owned()),
            _ => None,
        }
    };
    Callback {
        code: one("code"),
        state: one("state"),
        iss: one("iss"),
        error: one("error"),
    }
}

fn refused(visit: &Visit, refusal: &StaffRefusal) -> Response {
    match refusal {
        StaffRefusal::Store(error) => return visit.unavailable(error),
        StaffRefusal::Random(error) => return visit.unavailable(error),
        StaffRefusal::NotConfigured => return nothing_here(visit),
        _ => {}
    }
    visit.refused(refusal.name());
    tracing::warn!(reason = refusal.name(), error = %refusal, "nobody was signed in by the identity provider");
    let (status, title, advice) = match refusal {
        StaffRefusal::StateUnknown | StaffRefusal::StateSpent => (
            StatusCode::BAD_REQUEST,
            "error-expired-title",
            "error-expired-advice",
        ),
        StaffRefusal::NotAllowed(_) => (
            StatusCode::FORBIDDEN,
            "error-staff-not-allowed-title",
            "error-staff-not-allowed-advice",
        ),
        refusal if is_away(refusal) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "error-staff-away-title",
            "error-staff-away-advice",
        ),
        _ => (
            StatusCode::BAD_REQUEST,
            "error-staff-refused-title",
            "error-staff-refused-advice",
        ),
    };
    let mut response = visit.error(status, title, advice);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let soon = HeaderValue::from_static("10");
        response.headers_mut().insert(header::RETRY_AFTER, soon);
    }
    response
}

/// Whether it is between the provider and us, and not about the person.
fn is_away(refusal: &StaffRefusal) -> bool {
    match refusal {
        StaffRefusal::Provider(error) => !matches!(error, ProviderError::CodeRefused(_)),
        StaffRefusal::IdToken(staff::id_token::IdTokenRefusal::Signature(signature)) => {
            matches!(signature, SignatureRefusal::KeysAway(_))
        }
        _ => false,
    }
}
