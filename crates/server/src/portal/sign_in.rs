//! `POST /portal/sign-in`: name and password, for the portal and for every client alike.

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::Response;
use store::{Person, SessionStep};

use super::form::Form;
use super::go_on;
use crate::context::Context;
use crate::pages::{self, Problem};
use crate::people::authenticate::{SignInRefusal, authenticate};
use crate::people::continuation::Continuation;
use crate::people::sessions::{self, Shown, Way};
use crate::people::visit::Visit;

/// `POST /portal/sign-in`
pub async fn submit(context: Context, request: Request) -> Response {
    let (visit, form) = match Form::receive(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let Some(continuation) = visit.open(form.get("flow")) else {
        return visit.too_old();
    };
    let username = form.get("username");
    match authenticate(&visit.context, username, form.get("password")).await {
        Ok(person) => {
            let shown = Shown {
                way: Way::Here,
                password_at: visit.context.now,
                second_factor_at: None,
            };
            enter(&visit, &continuation, &person, shown).await
        }
        Err(SignInRefusal::Store(error)) => visit.unavailable(&error),
        Err(refusal) => again(&visit, &continuation, &form, &refusal),
    }
}

/// Begins the session that fits what was shown, and leads on.
pub async fn enter(
    visit: &Visit,
    continuation: &Continuation,
    person: &Person,
    shown: Shown,
) -> Response {
    let step: SessionStep = sessions::next_step(person, shown);
    match sessions::begin(&visit.context, &visit.headers, person, step, shown).await {
        Ok(cookie) => {
            let continuation = Continuation {
                way: shown.way,
                ..continuation.clone()
            };
            let mut response = pages::see_other(&go_on(visit, &continuation, step));
            if let Some(line) = sessions::set_cookie(&visit.context, &cookie) {
                response.headers_mut().append(header::SET_COOKIE, line);
            }
            response
        }
        Err(error) => visit.unavailable(&error),
    }
}

/// The page again, with what was typed (but never the password) and one sentence for every way to be wrong.
fn again(
    visit: &Visit,
    continuation: &Continuation,
    form: &Form,
    refusal: &SignInRefusal,
) -> Response {
    visit.refused(refusal.name());
    let (status, problem) = match refusal {
        SignInRefusal::TooMany(limit) => (
            StatusCode::TOO_MANY_REQUESTS,
            Problem {
                sentence: "sign-in-too-many",
                number: limit.retry_after.div_ceil(60),
            },
        ),
        SignInRefusal::Busy => (StatusCode::SERVICE_UNAVAILABLE, Problem::of("sign-in-busy")),
        _ => (StatusCode::BAD_REQUEST, Problem::of("sign-in-wrong")),
    };
    let page = pages::SignIn {
        flow: form.get("flow").to_owned(),
        username: form.get("username").chars().take(128).collect(),
        client: continuation.client_name.clone(),
        problem: Some(problem),
    };
    let mut response = visit.show_on_the_way(status, &page, Some(continuation));
    let retry_after = match refusal {
        SignInRefusal::TooMany(limit) => Some(limit.retry_after),
        SignInRefusal::Busy => Some(2),
        _ => None,
    };
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    response
}
