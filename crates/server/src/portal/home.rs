//! `GET /portal`: the first page, or the sign-in before it.

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use store::Role;

use super::access::shell;
use super::sign_in_first;
use crate::context::Context;
use crate::pages;
use crate::people::sessions;
use crate::people::visit::Visit;

/// `GET /portal`
pub async fn show(context: Context, headers: HeaderMap) -> Response {
    let Ok(visit) = Visit::begin(context, headers, None) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let session = match sessions::full(&visit.context, &visit.headers).await {
        Ok(Some(session)) => session,
        Ok(None) => return sign_in_first(&visit),
        Err(error) => return visit.unavailable(&error),
    };
    let issuer = &visit.context.issuer;
    let store = visit.context.platform.store.in_environment(issuer.name());
    let account = session.person.account_id.as_deref();
    let credentials = match session.person.role {
        Role::Member => Ok(0),
        Role::AccountManager | Role::Operator => store.count_credentials(account).await,
    };
    let credentials = match credentials {
        Ok(credentials) => credentials,
        Err(error) => return visit.unavailable(&error),
    };
    let page = pages::Portal {
        shell: shell(&visit, &session, "portal"),
        role: session.person.role.as_str(),
        credentials,
        token_url: issuer.url(&issuer.environment.paths.token),
    };
    visit.show(StatusCode::OK, &page)
}
