//! `GET /portal`: the first page, or the sign-in before it.

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::sign_in_first;
use crate::context::Context;
use crate::people::sessions;
use crate::people::visit::Visit;
use crate::{example_lines, pages};

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
    let environment = &issuer.environment;
    let page = pages::Portal {
        username: session.person.username,
        role: session.person.role.as_str(),
        account: session.person.account_name,
        create_line: example_lines::create(&visit.context.platform.config, environment),
        token_url: issuer.url(&environment.paths.token),
        docs_url: environment.paths.docs.clone(),
    };
    visit.show(StatusCode::OK, &page)
}
