//! `GET /portal/requests?q=…`: from what support has, the id of a request or the UUID of a credential, to its page.

use axum::extract::RawQuery;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::id_of;
use crate::context::Context;
use crate::pages::{self, FindRequest};
use crate::portal::access::Manager;
use crate::random::canonical_uuid;

/// Characters that are looked for.
const LONGEST: usize = 64;

/// `GET /portal/requests`
pub async fn show(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let manager = match Manager::of_request(context, headers, "/portal/requests").await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    let q: String = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "q")
        .map(|(_, value)| value.trim().chars().take(LONGEST).collect())
        .unwrap_or_default();
    // The credential's page says whether there is such a one, and for whom.
    match (id_of(&q), canonical_uuid(&q)) {
        (Some(id), _) => match super::request(&manager, &id).await {
            Ok(_) => pages::see_other(&format!("/portal/requests/{id}")),
            Err(response) if response.status() == StatusCode::NOT_FOUND => none(&manager, q),
            Err(response) => response,
        },
        (None, Some(uuid)) => pages::see_other(&format!("/portal/credentials/{uuid}/requests")),
        (None, None) => none(&manager, q),
    }
}

fn none(manager: &Manager, q: String) -> Response {
    let page = FindRequest {
        shell: manager.shell("credentials"),
        q,
    };
    manager.visit.show(StatusCode::OK, &page)
}
