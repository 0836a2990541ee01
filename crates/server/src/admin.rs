//! Door 4, programs: the management API `/admin/v1`, and what a platform's own tools ask of a server:
//! is it alive, is it ready, what did it count.
//!
//! It listens on an address of its own, and that address is no proof of anything: every request
//! under `/admin/v1` but two carries a bearer token, from this machine or from any other. A handler
//! gets to know who asks only by naming the scope that asking needs ([`operator::Operator`]), so a
//! handler that forgets the scope does not compile.
//!
//! Errors are `application/problem+json` (RFC 9457) with a sentence in `detail`. A change is durable,
//! with its audit event, before it is answered, and holds for the very next request of anyone.
//!
//! A new route: write its handler with `#[utoipa::path(…)]` above it (any of those in [`accounts`] shows how;
//! the doc comment becomes the summary), derive `ToSchema` for what it reads and answers and `IntoParams` for
//! its query, and add it to [`management`] by `routes!`. The schemas' names are shared by all files, hence
//! `#[schema(as = …)]`. What every operation has in common, its refusals above all, [`description`] adds.

pub mod accounts;
pub mod arrival;
pub mod audit;
pub mod body;
pub mod command_line_token;
pub mod credentials;
pub mod description;
pub mod environments;
pub mod health;
pub mod idempotency;
pub mod incidents;
pub mod keys;
pub mod operator;
pub mod operators;
pub mod paging;
pub mod parameters;
pub mod people;
pub mod problem;
pub mod proof;
pub mod requests;
pub mod scopes;
pub mod tokens;
pub mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::response::Response;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::platform::Platform;
use problem::Problem;

/// The largest body that is read: two thousand characters of description and a few hundred scopes fit many times.
const LARGEST_BODY: usize = 64 * 1024;

/// Every URL under `/admin/v1`. `routes!` takes what stands above the handlers: those of one line share a path.
fn management() -> OpenApiRouter<Arc<Platform>> {
    let version_1 = OpenApiRouter::default()
        .routes(routes!(description::describe))
        .routes(routes!(proof::prove))
        .routes(routes!(
            credentials::list,
            credentials::create::create_credential
        ))
        .routes(routes!(
            credentials::show,
            credentials::change::update,
            credentials::change::delete
        ))
        .routes(routes!(credentials::rotate::rotate_secret))
        .routes(routes!(credentials::budget::set))
        .routes(routes!(credentials::change::disable))
        .routes(routes!(credentials::change::enable))
        .routes(routes!(requests::list))
        .routes(routes!(requests::show))
        .routes(routes!(accounts::list))
        .routes(routes!(accounts::suspend))
        .routes(routes!(accounts::restore))
        .routes(routes!(people::list, people::create::create))
        .routes(routes!(people::show, people::change::erase))
        .routes(routes!(people::hand_over::hand_over))
        .routes(routes!(people::change::disable))
        .routes(routes!(people::change::enable))
        .routes(routes!(people::change::password))
        .routes(routes!(people::email::set))
        .routes(routes!(people::change::role))
        .routes(routes!(people::change::reset_second_factor))
        .routes(routes!(people::change::invite))
        .routes(routes!(people::sessions::list))
        .routes(routes!(people::sessions::end))
        .routes(routes!(tokens::revoke))
        .routes(routes!(keys::list))
        .routes(routes!(keys::rotate))
        .routes(routes!(keys::rekey::status, keys::rekey::begin))
        .routes(routes!(keys::rekey::finish))
        .routes(routes!(keys::revoke))
        .routes(routes!(operators::list, operators::create))
        .routes(routes!(operators::revoke))
        .routes(routes!(webhooks::list))
        .routes(routes!(webhooks::deliveries::list))
        .routes(routes!(webhooks::deliveries::retry))
        .routes(routes!(webhooks::test))
        .routes(routes!(webhooks::mail::test))
        .routes(routes!(environments::list))
        .routes(routes!(environments::refresh::refresh_now))
        .routes(routes!(environments::export::export))
        .routes(routes!(incidents::list, incidents::create::create))
        .routes(routes!(incidents::show, incidents::change::edit))
        .routes(routes!(incidents::change::update))
        .routes(routes!(audit::list))
        .routes(routes!(audit::verify));
    // A list of clients is as long as the old server made it.
    let large = OpenApiRouter::default()
        .routes(routes!(environments::import::import))
        .layer(DefaultBodyLimit::max(environments::import::LARGEST_BODY));
    OpenApiRouter::default().nest("/admin/v1", version_1.merge(large))
}

/// Every URL of the admin address.
pub fn router(platform: Arc<Platform>) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/livez", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/startupz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .merge(management())
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
