//! Door 4, programs: the management API `/admin/v1`, and what a platform's own tools ask of a server:
//! is it alive, is it ready, what did it count.
//!
//! It listens on an address of its own, and that address is no proof of anything: every request
//! under `/admin/v1` but one carries a bearer token, from this machine or from any other. A handler
//! gets to know who asks only by naming the scope that asking needs ([`operator::Operator`]), so a
//! handler that forgets the scope does not compile.
//!
//! Errors are `application/problem+json` (RFC 9457) with a sentence in `detail`. A change is durable,
//! with its audit event, before it is answered, and holds for the very next request of anyone.

pub mod accounts;
pub mod arrival;
pub mod audit;
pub mod body;
pub mod command_line_token;
pub mod credentials;
pub mod environments;
pub mod health;
pub mod keys;
pub mod operator;
pub mod operators;
pub mod paging;
pub mod parameters;
pub mod people;
pub mod problem;
pub mod proof;
pub mod scopes;
pub mod tokens;
pub mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::response::Response;
use axum::routing::{get, post};

use crate::platform::Platform;
use problem::Problem;

/// The largest body that is read: two thousand characters of description and a few hundred scopes fit many times.
const LARGEST_BODY: usize = 64 * 1024;

/// Every URL of the admin address.
pub fn router(platform: Arc<Platform>) -> Router {
    let management = Router::new()
        .route("/self", get(proof::prove))
        .route(
            "/credentials",
            get(credentials::list).post(credentials::create::create_credential),
        )
        .route(
            "/credentials/{id}",
            get(credentials::show)
                .patch(credentials::change::update)
                .delete(credentials::change::delete),
        )
        .route(
            "/credentials/{id}/rotate",
            post(credentials::rotate::rotate_secret),
        )
        .route(
            "/credentials/{id}/disable",
            post(credentials::change::disable),
        )
        .route(
            "/credentials/{id}/enable",
            post(credentials::change::enable),
        )
        .route("/accounts", get(accounts::list))
        .route("/accounts/{account}/suspend", post(accounts::suspend))
        .route("/accounts/{account}/restore", post(accounts::restore))
        .route("/people", get(people::list).post(people::create::create))
        .route(
            "/people/{id}",
            get(people::show).delete(people::change::erase),
        )
        .route("/people/hand-over", post(people::hand_over::hand_over))
        .route("/people/{id}/disable", post(people::change::disable))
        .route("/people/{id}/enable", post(people::change::enable))
        .route("/people/{id}/password", post(people::change::password))
        .route("/people/{id}/email", post(people::email::set))
        .route("/people/{id}/role", post(people::change::role))
        .route(
            "/people/{id}/second-factor/reset",
            post(people::change::reset_second_factor),
        )
        .route("/people/{id}/invitation", post(people::change::invite))
        .route("/people/{id}/sessions", get(people::sessions::list))
        .route("/people/{id}/sessions/end", post(people::sessions::end))
        .route("/tokens/revoke", post(tokens::revoke))
        .route("/keys", get(keys::list))
        .route("/keys/rotate", post(keys::rotate))
        .route(
            "/keys/rekey",
            get(keys::rekey::status).post(keys::rekey::begin),
        )
        .route("/keys/rekey/finish", post(keys::rekey::finish))
        .route("/keys/{kid}/revoke", post(keys::revoke))
        .route(
            "/operators/tokens",
            get(operators::list).post(operators::create),
        )
        .route("/operators/tokens/{id}/revoke", post(operators::revoke))
        .route("/webhooks", get(webhooks::list))
        .route("/webhooks/deliveries", get(webhooks::deliveries::list))
        .route(
            "/webhooks/deliveries/{id}/retry",
            post(webhooks::deliveries::retry),
        )
        .route("/webhooks/{name}/test", post(webhooks::test))
        .route("/mail/test", post(webhooks::mail::test))
        .route("/environments", get(environments::list))
        .route("/audit", get(audit::list))
        .route("/audit/verify", get(audit::verify));
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/livez", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/startupz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .nest("/admin/v1", management)
        .fallback(async || {
            Problem::not_found(
                "There is nothing at this address; the management API is under /admin/v1.",
            )
        })
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::map_response(never_stored))
        .with_state(platform)
}

/// Answers of this door hold secrets once and facts about customers always.
async fn never_stored(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}
