//! Door 3, people: signing in, what stands between a person and an answer, and the portal itself.
//!
//! Every page works as plain HTML forms. A form counts only with the value that its own page gave it;
//! where it leads stands sealed in it and never in an address.

mod access;
mod activity;
mod change_password;
mod consent;
mod credentials;
mod form;
mod hand_over;
mod home;
mod invitation;
mod operations;
mod people;
mod requests;
mod second_factor;
mod security;
mod sign_in;
mod sign_out;
mod staff;
mod status;

use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use store::SessionStep;

use crate::pages;
use crate::people::continuation::{Continuation, Next};
use crate::people::visit::Visit;

/// Every URL of this door.
pub fn routes() -> Vec<(&'static str, MethodRouter)> {
    vec![
        ("/portal", get(home::show)),
        ("/status", get(status::show)),
        ("/status.json", get(status::json)),
        ("/status.atom", get(status::atom)),
        ("/portal/sign-in", post(sign_in::submit)),
        (
            "/portal/second-factor",
            get(second_factor::show).post(second_factor::submit),
        ),
        (
            "/portal/change-password",
            get(change_password::show).post(change_password::submit),
        ),
        ("/portal/consent", post(consent::submit)),
        ("/portal/sign-out", post(sign_out::submit)),
        ("/portal/signed-out", get(sign_out::show)),
        (
            "/portal/invitation",
            get(invitation::show).post(invitation::submit),
        ),
        ("/portal/credentials", get(credentials::list::show)),
        (
            "/portal/credentials/new",
            get(credentials::new::show).post(credentials::new::submit),
        ),
        ("/portal/credentials/{uuid}", get(credentials::show::show)),
        (
            "/portal/credentials/{uuid}/edit",
            post(credentials::show::edit),
        ),
        (
            "/portal/credentials/{uuid}/disable",
            get(credentials::switch::show).post(credentials::switch::disable),
        ),
        (
            "/portal/credentials/{uuid}/enable",
            post(credentials::switch::enable),
        ),
        (
            "/portal/credentials/{uuid}/rotate",
            get(credentials::rotate::show).post(credentials::rotate::submit),
        ),
        (
            "/portal/credentials/{uuid}/delete",
            get(credentials::delete::show).post(credentials::delete::submit),
        ),
        ("/portal/people", get(people::list::show)),
        (
            "/portal/people/new",
            get(people::new::show).post(people::new::submit),
        ),
        ("/portal/people/{id}", get(people::show::show)),
        (
            "/portal/people/{id}/role",
            get(people::change::show_role).post(people::change::set_role),
        ),
        (
            "/portal/people/{id}/disable",
            get(people::change::show_disable).post(people::change::disable),
        ),
        ("/portal/people/{id}/enable", post(people::show::enable)),
        ("/portal/people/{id}/invitation", post(people::show::invite)),
        (
            "/portal/people/{id}/sessions/end",
            post(people::show::end_sessions),
        ),
        ("/portal/operations", get(operations::live::show)),
        (
            "/portal/operations/accounts",
            get(operations::accounts::list),
        ),
        (
            "/portal/operations/accounts/{id}",
            get(operations::accounts::show),
        ),
        (
            "/portal/operations/accounts/{id}/suspend",
            get(operations::suspension::show_suspend).post(operations::suspension::suspend),
        ),
        (
            "/portal/operations/accounts/{id}/restore",
            get(operations::suspension::show_restore).post(operations::suspension::restore),
        ),
        ("/portal/operations/keys", get(operations::keys::list)),
        (
            "/portal/operations/keys/rotate",
            get(operations::keys::show_rotate).post(operations::keys::rotate),
        ),
        (
            "/portal/operations/keys/{kid}/revoke",
            get(operations::keys::show_revoke).post(operations::keys::revoke),
        ),
        (
            "/portal/operations/environments",
            get(operations::environments::show),
        ),
        (
            "/portal/operations/environments/refresh",
            get(operations::refresh::show).post(operations::refresh::submit),
        ),
        (
            "/portal/operations/status",
            get(operations::incidents::list),
        ),
        (
            "/portal/operations/status/new",
            get(operations::incidents::new::show).post(operations::incidents::new::submit),
        ),
        (
            "/portal/operations/status/{id}",
            get(operations::incidents::show),
        ),
        (
            "/portal/operations/status/{id}/update",
            post(operations::incidents::tell::update),
        ),
        (
            "/portal/operations/status/{id}/edit",
            post(operations::incidents::tell::edit),
        ),
        (
            "/portal/credentials/{uuid}/requests",
            get(requests::list::show),
        ),
        ("/portal/requests", get(requests::find::show)),
        ("/portal/requests/{id}", get(requests::show::show)),
        ("/portal/activity", get(activity::show)),
        ("/portal/activity.csv", get(activity::csv)),
        ("/portal/activity.jsonl", get(activity::json_lines)),
        (
            "/portal/hand-over",
            get(hand_over::show).post(hand_over::submit),
        ),
        ("/portal/hand-over/assertion", post(hand_over::receive)),
        ("/portal/staff/sign-in", get(staff::begin)),
        ("/portal/staff/callback", get(staff::finish)),
        ("/portal/security", get(security::show)),
        (
            "/portal/security/sessions/end",
            post(security::end_sessions),
        ),
        (
            "/portal/security/consents/withdraw",
            post(security::withdraw_consent),
        ),
        (
            "/portal/security/second-factor",
            post(security::second_factor::begin),
        ),
        (
            "/portal/security/second-factor/confirm",
            post(security::second_factor::confirm),
        ),
        (
            "/portal/security/second-factor/off",
            post(security::second_factor::off),
        ),
        (
            "/portal/security/passkeys/new",
            post(security::passkeys::begin),
        ),
        ("/portal/security/passkeys", post(security::passkeys::add)),
        (
            "/portal/security/passkeys/remove",
            post(security::passkeys::remove),
        ),
    ]
}

/// Where a person goes on whose session has come so far.
fn go_on(visit: &Visit, continuation: &Continuation, step: SessionStep) -> String {
    let flow = visit.seal(continuation);
    match (step, &continuation.next) {
        (SessionStep::SecondFactor, _) => format!("/portal/second-factor?flow={flow}"),
        (SessionStep::ChangePassword, _) => format!("/portal/change-password?flow={flow}"),
        (SessionStep::Full, Next::Portal) => "/portal".to_owned(),
        (SessionStep::Full, Next::Page(page)) => page.clone(),
        (SessionStep::Full, Next::Authorization(_)) => {
            let path = &visit.context.issuer.environment.paths.authorization;
            format!("{path}?flow={flow}")
        }
    }
}

/// The portal's own sign-in, for whoever came without being signed in.
fn sign_in_first(visit: &Visit) -> Response {
    let continuation = Continuation::new(&visit.context, Next::Portal);
    let page = pages::SignIn {
        flow: visit.seal(&continuation),
        ..pages::SignIn::default()
    };
    visit.show(StatusCode::OK, &page)
}

/// The same for a page that is to be shown afterwards. Only pages of ours that are looked at come here.
fn sign_in_before(visit: &Visit, page: &str) -> Response {
    let continuation = Continuation::new(&visit.context, Next::Page(page.to_owned()));
    let page = pages::SignIn {
        flow: visit.seal(&continuation),
        ..pages::SignIn::default()
    };
    visit.show(StatusCode::OK, &page)
}

/// The value of `flow` in a query.
fn flow_in(query: Option<&str>) -> String {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "flow")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
