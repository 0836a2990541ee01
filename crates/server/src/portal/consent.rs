//! `POST /portal/consent`: a person's yes or no to a client.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use store::SessionStep;

use super::form::Form;
use super::{go_on, sign_in_first};
use crate::context::Context;
use crate::pages;
use crate::people::sessions;

/// Writes the answer into the continuation and leads back to the authorization endpoint, which acts on it. What is allowed
/// is what the sealed request asks for: nothing of it stands in the form.
pub async fn submit(context: Context, request: Request) -> Response {
    let (visit, form) = match Form::receive(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let Some(mut continuation) = visit.open(form.get("flow")) else {
        return visit.too_old();
    };
    let session = match sessions::full(&visit.context, &visit.headers).await {
        Ok(Some(session)) => session,
        Ok(None) => return sign_in_first(&visit),
        Err(error) => return visit.unavailable(&error),
    };
    let allowed = match form.get("decision") {
        "allow" => true,
        "deny" => false,
        _ => {
            return visit.error(
                StatusCode::BAD_REQUEST,
                "error-form-title",
                "error-form-advice",
            );
        }
    };
    continuation.decision = Some((session.person.id, allowed));
    pages::see_other(&go_on(&visit, &continuation, SessionStep::Full))
}
