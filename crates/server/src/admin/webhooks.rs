//! `/admin/v1/webhooks`: who is told of events, how that goes, and trying it.

pub mod deliveries;
pub mod mail;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use store::{AuditEvent, Delivery, DeliveryKind, DeliveryState};
use utoipa::ToSchema;

use super::operator::Operator;
use super::parameters::Named;
use super::problem::Problem;
use super::scopes::{ReadWebhooks, WriteWebhooks};
use crate::clock::{self, rfc3339};
use crate::config::Webhook;
use crate::platform::Platform;
use crate::random;
use crate::webhooks::send::{Sent, send};
use crate::webhooks::{body, events};

/// A webhook as it is answered.
#[derive(Serialize, ToSchema)]
#[schema(as = Webhook)]
pub struct WebhookView {
    name: String,
    /// Scheme, host and port: in the rest some receivers want a secret.
    url: String,
    /// How many secrets each delivery is signed with; two during a change.
    secrets: usize,
    events: Vec<&'static str>,
    /// None: all of them.
    environments: Option<Vec<String>>,
    waiting: u64,
    delivered: u64,
    given_up: u64,
    #[schema(format = DateTime)]
    last_attempt_at: Option<String>,
    last_outcome: Option<String>,
}

/// What came of a trial.
#[derive(Serialize, ToSchema)]
#[schema(as = TriedWebhook)]
pub struct Tried {
    id: String,
    delivered: bool,
    outcome: String,
}

/// Lists webhooks, in the order of the configuration.
#[utoipa::path(
    get, path = "/webhooks", operation_id = "listWebhooks", tag = "webhooks",
    responses((status = 200, description = "All of them, and how it goes", body = [WebhookView])),
    security(("operator" = ["webhooks:read"])),
)]
pub async fn list(
    State(platform): State<Arc<Platform>>,
    _: Operator<ReadWebhooks>,
) -> Result<Json<Vec<WebhookView>>, Problem> {
    let counted = platform
        .store
        .count_deliveries(DeliveryKind::Webhook)
        .await?;
    let mut webhooks = Vec::new();
    for webhook in &platform.config.webhooks {
        let count = |wanted| {
            let of_it = |(name, state, _): &&(String, DeliveryState, u64)| {
                *name == webhook.name && *state == wanted
            };
            counted.iter().find(of_it).map_or(0, |(.., count)| *count)
        };
        let last = platform
            .store
            .last_delivery(DeliveryKind::Webhook, &webhook.name)
            .await?;
        webhooks.push(view(webhook, count, last));
    }
    Ok(Json(webhooks))
}

fn view(
    webhook: &Webhook,
    count: impl Fn(DeliveryState) -> u64,
    last: Option<Delivery>,
) -> WebhookView {
    let mut url = webhook.url.clone();
    url.set_path("");
    url.set_query(None);
    let names = webhook.environments.as_ref();
    let last = last.as_ref();
    WebhookView {
        name: webhook.name.clone(),
        url: url.into(),
        secrets: webhook.secrets.len(),
        events: webhook.events.clone(),
        environments: names
            .map(|names| names.iter().map(|name| name.as_str().to_owned()).collect()),
        waiting: count(DeliveryState::Waiting),
        delivered: count(DeliveryState::Delivered),
        given_up: count(DeliveryState::GivenUp),
        last_attempt_at: last.and_then(|last| last.last_attempt_at).map(rfc3339),
        last_outcome: last.and_then(|last| last.last_outcome.clone()),
    }
}

/// Tries a webhook.
///
/// Sends `webhook.test` now, once, and says what came of it.
#[utoipa::path(
    post, path = "/webhooks/{name}/test", operation_id = "testWebhook", tag = "webhooks",
    params(("name" = String, Path, description = "As it is configured")),
    responses((status = 200, description = "What came of it", body = Tried)),
    security(("operator" = ["webhooks:write"])),
)]
pub async fn test(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteWebhooks>,
    Named(name): Named,
) -> Result<Json<Tried>, Problem> {
    let webhooks = &platform.config.webhooks;
    let webhook = webhooks
        .iter()
        .find(|webhook| webhook.name == name)
        .ok_or_else(|| Problem::not_found("No webhook of this name is configured."))?;
    let now = clock::now();
    let id = format!("msg_{}", random::uuid(now)?.replace('-', ""));
    let body = body::of_test(events::TEST, &webhook.name, now);
    let sent = send(&platform.outbound, webhook, &id, body, now).await;
    let (delivered, outcome) = match sent {
        Sent::Delivered(said) => (true, said),
        Sent::Failed(said) | Sent::Refused(said) => (false, said),
    };
    let details = serde_json::json!({ "delivered": delivered, "outcome": outcome });
    let audit = AuditEvent {
        subject: Some(webhook.name.clone()),
        details: details.to_string(),
        ..operator.audit("webhook.tested")
    };
    platform.store.record(audit).await?;
    Ok(Json(Tried {
        id,
        delivered,
        outcome,
    }))
}
