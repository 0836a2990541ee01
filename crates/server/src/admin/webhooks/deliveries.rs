//! `/admin/v1/webhooks/deliveries`: what was sent, what waits, what was given up.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use store::{AuditEvent, Delivery, DeliveryFilter, DeliveryKind, DeliveryState};
use utoipa::{IntoParams, ToSchema};

use crate::admin::operator::Operator;
use crate::admin::paging;
use crate::admin::parameters::{Named, Parameters};
use crate::admin::problem::Problem;
use crate::admin::scopes::{ReadWebhooks, WriteWebhooks};
use crate::clock::rfc3339;
use crate::platform::Platform;

/// Which deliveries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// The webhook's name.
    webhook: Option<String>,
    /// `waiting`, `delivered` or `given-up`.
    state: Option<String>,
    /// Only of this kind, such as `credential.created`.
    event: Option<String>,
    /// Where the page begins: from the header `Link` of the page before.
    cursor: Option<String>,
    /// Rows of a page at most; 100 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A delivery as it is answered.
#[derive(Serialize, ToSchema)]
#[schema(as = Delivery)]
pub struct DeliveryView {
    /// As the receiver sees it in `webhook-id`.
    id: String,
    webhook: String,
    event: String,
    environment: Option<String>,
    #[schema(format = DateTime)]
    occurred_at: String,
    state: &'static str,
    attempts: u64,
    #[schema(format = DateTime)]
    last_attempt_at: Option<String>,
    last_outcome: Option<String>,
    /// None when it has ended.
    #[schema(format = DateTime)]
    next_attempt_at: Option<String>,
    #[schema(format = DateTime)]
    ended_at: Option<String>,
}

impl DeliveryView {
    fn of(delivery: Delivery) -> Self {
        let waits = delivery.state == DeliveryState::Waiting;
        Self {
            state: delivery.state.as_str(),
            environment: delivery.environment.map(|name| name.as_str().to_owned()),
            id: delivery.id,
            webhook: delivery.receiver,
            event: delivery.event,
            occurred_at: rfc3339(delivery.occurred_at),
            attempts: delivery.attempts,
            last_attempt_at: delivery.last_attempt_at.map(rfc3339),
            last_outcome: delivery.last_outcome,
            next_attempt_at: waits.then(|| rfc3339(delivery.next_attempt_at)),
            ended_at: delivery.ended_at.map(rfc3339),
        }
    }
}

/// Lists deliveries, newest first.
#[utoipa::path(
    get, path = "/webhooks/deliveries", operation_id = "listDeliveries", tag = "webhooks",
    params(Listing),
    responses((status = 200, description = "A page", body = [DeliveryView])),
    security(("operator" = ["webhooks:read"])),
)]
pub async fn list(
    State(platform): State<Arc<Platform>>,
    _: Operator<ReadWebhooks>,
    Parameters(listing): Parameters<Listing>,
) -> Result<Response, Problem> {
    let limit = paging::limit(listing.limit)?;
    let state = match listing.state.as_deref() {
        None => None,
        Some(word) => Some(DeliveryState::of(word).ok_or_else(|| {
            Problem::bad_request("A delivery is waiting, delivered or given-up.")
        })?),
    };
    let filter = DeliveryFilter {
        receiver: listing.webhook.clone(),
        state,
        event: listing.event.clone(),
        before: paging::read_cursor(listing.cursor.as_deref())?,
    };
    let store = &platform.store;
    let mut found = store
        .list_deliveries(DeliveryKind::Webhook, &filter, limit + 1)
        .await?;
    let next = paging::cut(&mut found, limit, |last| paging::write_cursor(&last.id))?;
    let rows: Vec<_> = found.into_iter().map(DeliveryView::of).collect();
    let limit = limit.to_string();
    let query = [
        ("webhook", listing.webhook.as_deref()),
        ("state", listing.state.as_deref()),
        ("event", listing.event.as_deref()),
        ("limit", Some(&*limit)),
    ];
    Ok(paging::page("webhooks/deliveries", &query, &rows, next))
}

/// Sends a delivery again.
///
/// Under the same id, however it ended.
#[utoipa::path(
    post, path = "/webhooks/deliveries/{id}/retry", operation_id = "retryDelivery", tag = "webhooks",
    params(("id" = String, Path, description = "As the receiver sees it in `webhook-id`")),
    responses((status = 200, description = "As it is now", body = DeliveryView)),
    security(("operator" = ["webhooks:write"])),
)]
pub async fn retry(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteWebhooks>,
    Named(id): Named,
) -> Result<Json<DeliveryView>, Problem> {
    let unknown =
        || Problem::not_found("There is no such delivery; ended ones are kept for 14 days.");
    let before = platform.store.find_delivery(&id).await?;
    let before = before
        .filter(|delivery| delivery.kind == DeliveryKind::Webhook.as_str())
        .ok_or_else(unknown)?;
    let details = serde_json::json!({ "webhook": before.receiver, "event": before.event });
    let audit = AuditEvent {
        environment: before.environment.clone(),
        subject: Some(id.clone()),
        details: details.to_string(),
        ..operator.audit("delivery.retried")
    };
    let now = operator.arrival.now;
    if !platform.store.retry_delivery(&id, now, audit).await? {
        return Err(unknown());
    }
    let after = platform
        .store
        .find_delivery(&id)
        .await?
        .ok_or_else(unknown)?;
    Ok(Json(DeliveryView::of(after)))
}
