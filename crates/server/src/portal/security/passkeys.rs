//! Adding a passkey, and taking it away.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use store::Session;

use super::{browser_name, by, page, signed_in};
use crate::context::Context;
use crate::pages::{Enrolment, NewPasskey, Problem};
use crate::people::passkeys::{self, Added};
use crate::people::visit::Visit;
use crate::tokens::opaque::hex;

/// `POST /portal/security/passkeys/new`: the page on which the browser makes one.
pub async fn begin(context: Context, request: Request) -> Response {
    let (visit, _, session) = match signed_in(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let name = browser_name::of(&session.facts.user_agent);
    ask(&visit, &session, name, None).await
}

/// `POST /portal/security/passkeys`
pub async fn add(context: Context, request: Request) -> Response {
    let (visit, form, session) = match signed_in(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let (answer, name) = (form.get("passkey"), form.get("name"));
    match passkeys::finish_registration(&visit.context, &session, answer, name).await {
        Ok(Added::Yes(recovery_codes)) if recovery_codes.is_empty() => {
            page(&visit, &session, Some("done-passkey-added")).await
        }
        Ok(Added::Yes(recovery_codes)) => {
            let page = Enrolment {
                recovery_codes,
                ..Enrolment::default()
            };
            visit.show(StatusCode::OK, &page)
        }
        Ok(Added::No) => {
            visit.refused("PasskeyNotAccepted");
            let problem = Some(Problem::of("passkey-wrong"));
            ask(&visit, &session, name.to_owned(), problem).await
        }
        Err(error) => visit.unavailable(&error),
    }
}

/// `POST /portal/security/passkeys/remove`
pub async fn remove(context: Context, request: Request) -> Response {
    let (visit, form, session) = match signed_in(context, request).await {
        Ok(received) => received,
        Err(response) => return response,
    };
    let removed = take_away(&visit, &session, form.get("passkey")).await;
    match removed {
        Ok(done) => page(&visit, &session, done.then_some("done-passkey-removed")).await,
        Err(error) => visit.unavailable(&error),
    }
}

async fn ask(visit: &Visit, session: &Session, name: String, problem: Option<Problem>) -> Response {
    let status = match problem {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    match passkeys::begin_registration(&visit.context, session).await {
        Ok(Some(passkey)) => visit.show(
            status,
            &NewPasskey {
                passkey,
                name,
                problem,
            },
        ),
        Ok(None) => page(visit, session, Some("done-passkey-refused")).await,
        Err(error) => visit.unavailable(&error),
    }
}

/// Only the person's own are looked through.
async fn take_away(visit: &Visit, session: &Session, id: &str) -> Result<bool, store::StoreError> {
    let context = &visit.context;
    let store = context.platform.store.in_environment(context.issuer.name());
    let kept = store.passkeys_of(&session.person.id).await?;
    let Some(meant) = kept.into_iter().find(|kept| hex(&kept.credential_id) == id) else {
        return Ok(false);
    };
    let person = &session.person.id;
    let audit = by(visit, session, "person.passkey_removed", person);
    store
        .remove_passkey(person, meant.credential_id, audit)
        .await
}
