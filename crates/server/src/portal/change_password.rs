//! `/portal/change-password`: by choice, or because nothing else is open before it.

use axum::extract::{RawQuery, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use store::{Session, SessionStep};

use super::form::Form;
use super::{flow_in, go_on, sign_in_first};
use crate::context::Context;
use crate::pages::{self, Problem};
use crate::people::change_password::{Changed, change};
use crate::people::continuation::{Continuation, Next};
use crate::people::sessions::{self, Shown, Way};
use crate::people::visit::Visit;

/// `GET /portal/change-password`
pub async fn show(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let Ok(visit) = Visit::begin(context, headers, None) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let flow = flow_in(query.as_deref());
    match allowed(&visit).await {
        Ok(Some(session)) => {
            let page = pages::ChangePassword {
                forced: is_forced(&session),
                username: session.person.username,
                problem: None,
                new_problem: None,
                flow: flow.clone(),
            };
            visit.show_on_the_way(StatusCode::OK, &page, visit.open(&flow).as_ref())
        }
        Ok(None) => sign_in_first(&visit),
        Err(response) => response,
    }
}

/// `POST /portal/change-password`
pub async fn submit(context: Context, request: Request) -> Response {
    let (visit, form) = match Form::receive(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let session = match allowed(&visit).await {
        Ok(Some(session)) => session,
        Ok(None) => return sign_in_first(&visit),
        Err(response) => return response,
    };
    let flow = form.get("flow");
    let continuation = match (flow, is_forced(&session)) {
        ("", _) => Continuation::new(&visit.context, Next::Portal),
        (flow, _) => match visit.open(flow) {
            Some(continuation) => continuation,
            None => return visit.too_old(),
        },
    };
    let (old, new) = (form.get("password"), form.get("newpassword"));
    let (problem, new_problem) = match change(&visit.context, &session.person, old, new).await {
        Ok(Changed::Done) => return done(&visit, &session, &continuation).await,
        Ok(Changed::WrongPassword) => (Some(Problem::of("password-wrong")), None),
        Ok(Changed::Unfit(unfit)) => (None, Some(Problem::of(unfit.message()))),
        Ok(Changed::TooMany(limit)) => {
            let problem = Problem {
                sentence: "sign-in-too-many",
                number: limit.retry_after.div_ceil(60),
            };
            (Some(problem), None)
        }
        Err(error) => return visit.unavailable(&error),
    };
    visit.refused("PasswordNotChanged");
    let page = pages::ChangePassword {
        forced: is_forced(&session),
        username: session.person.username,
        problem,
        new_problem,
        flow: flow.to_owned(),
    };
    visit.show_on_the_way(StatusCode::BAD_REQUEST, &page, Some(&continuation))
}

/// Every session of the person ended with the old password; this browser gets a new one.
async fn done(visit: &Visit, session: &Session, continuation: &Continuation) -> Response {
    let shown = Shown {
        way: Way::Here,
        password_at: visit.context.now,
        second_factor_at: session.facts.second_factor_at,
    };
    let step = SessionStep::Full;
    let begun = sessions::begin(&visit.context, &visit.headers, &session.person, step, shown);
    match begun.await {
        Ok(cookie) => {
            let mut response = pages::see_other(&go_on(visit, continuation, step));
            if let Some(line) = sessions::set_cookie(&visit.context, &cookie) {
                response.headers_mut().append(header::SET_COOKIE, line);
            }
            response
        }
        Err(error) => visit.unavailable(&error),
    }
}

fn is_forced(session: &Session) -> bool {
    session.facts.step == SessionStep::ChangePassword
}

/// A session in which a password may be changed: signed in, or waiting for just that.
async fn allowed(visit: &Visit) -> Result<Option<Session>, Response> {
    let session = sessions::find(&visit.context, &visit.headers)
        .await
        .map_err(|error| visit.unavailable(&error))?;
    Ok(session.filter(|session| session.facts.step != SessionStep::SecondFactor))
}
