//! `/portal/second-factor`: a code of the authenticator, or a recovery code.

use axum::extract::{RawQuery, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use store::{Session, SessionStep};

use super::form::Form;
use super::sign_in::enter;
use super::{flow_in, sign_in_first};
use crate::context::Context;
use crate::pages::{self, Problem};
use crate::people::continuation::Continuation;
use crate::people::sessions::{self, Shown};
use crate::people::visit::Visit;
use crate::people::{passkeys, recovery_codes, totp};

/// `GET /portal/second-factor`
pub async fn show(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let Ok(visit) = Visit::begin(context, headers, None) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let flow = flow_in(query.as_deref());
    let Some(continuation) = visit.open(&flow) else {
        return visit.too_old();
    };
    match waiting(&visit).await {
        Ok(Some(session)) => ask(&visit, &session, flow, &continuation, None).await,
        Ok(None) => sign_in_first(&visit),
        Err(response) => response,
    }
}

/// `POST /portal/second-factor`
pub async fn submit(context: Context, request: Request) -> Response {
    let (visit, form) = match Form::receive(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let Some(continuation) = visit.open(form.get("flow")) else {
        return visit.too_old();
    };
    let session = match waiting(&visit).await {
        Ok(Some(session)) => session,
        Ok(None) => return sign_in_first(&visit),
        Err(response) => return response,
    };
    let context = &visit.context;
    // A place is taken before the code is looked at: a million codes are few for a program.
    let taken = context
        .issuer
        .second_factors
        .take(session.person.id.as_str(), context.steady());
    let problem = match taken {
        Err(limit) => Problem {
            sentence: "sign-in-too-many",
            number: limit.retry_after.div_ceil(60),
        },
        Ok(()) => match is_right(context, &session, &form).await {
            Ok(true) => {
                context
                    .issuer
                    .second_factors
                    .give_back(session.person.id.as_str());
                let shown = Shown {
                    way: continuation.way,
                    password_at: session.facts.authenticated_at,
                    second_factor_at: Some(context.now),
                };
                return enter(&visit, &continuation, &session.person, shown).await;
            }
            Ok(false) => Problem::of("second-factor-wrong"),
            Err(error) => return visit.unavailable(&error),
        },
    };
    visit.refused("SecondFactorWrong");
    let flow = form.get("flow").to_owned();
    ask(&visit, &session, flow, &continuation, Some(problem)).await
}

/// The page, with a new challenge for those who have passkeys.
async fn ask(
    visit: &Visit,
    session: &Session,
    flow: String,
    continuation: &Continuation,
    problem: Option<Problem>,
) -> Response {
    let passkey = match passkeys::begin_authentication(&visit.context, session).await {
        Ok(passkey) => passkey,
        Err(error) => return visit.unavailable(&error),
    };
    let status = match problem {
        None => StatusCode::OK,
        Some(problem) if problem.number > 0 => StatusCode::TOO_MANY_REQUESTS,
        Some(_) => StatusCode::BAD_REQUEST,
    };
    let page = pages::SecondFactor {
        flow,
        passkey,
        problem,
    };
    visit.show_on_the_way(status, &page, Some(continuation))
}

async fn is_right(context: &Context, session: &Session, form: &Form) -> anyhow::Result<bool> {
    let (code, passkey) = (form.get("code"), form.get("passkey"));
    if !passkey.is_empty() {
        return passkeys::finish_authentication(context, session, passkey).await;
    }
    Ok(totp::spend(context, &session.person, code).await?
        || recovery_codes::spend(context, &session.person, code).await?)
}

/// The session that waits for a second factor.
async fn waiting(visit: &Visit) -> Result<Option<Session>, Response> {
    let session = sessions::find(&visit.context, &visit.headers)
        .await
        .map_err(|error| visit.unavailable(&error))?;
    Ok(session.filter(|session| session.facts.step == SessionStep::SecondFactor))
}
