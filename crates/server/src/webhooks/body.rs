//! What a webhook is sent: the event as JSON. Members stay; new ones may come.

use serde_json::{Value, json};
use store::{Delivery, Millis};

use crate::clock::rfc3339;

/// The body of a delivery. It is the same for each attempt.
pub fn of(delivery: &Delivery) -> String {
    let facts: Value = serde_json::from_str(&delivery.payload).unwrap_or_default();
    let environment = delivery.environment.as_ref().map(|name| name.as_str());
    json!({
        "type": delivery.event,
        "timestamp": rfc3339(delivery.occurred_at),
        "data": {
            "environment": environment,
            "account": facts["account"],
            "credential": facts["credential"],
            "actor": actor(facts["actor"].as_str().unwrap_or_default()),
            "subject": facts["subject"],
            "remote_address": facts["remote_address"],
            "request_id": facts["request_id"],
            "details": facts["details"],
        },
    })
    .to_string()
}

/// The body of a trial.
pub fn of_test(event: &str, webhook: &str, now: Millis) -> String {
    json!({ "type": event, "timestamp": rfc3339(now), "data": { "webhook": webhook } }).to_string()
}

/// `person:ID` as an object: kind `credential`, `person`, `operator`, `command-line`, `system` or `anonymous`; the id is a
/// credential's UUID, a person's id or an operator token's name.
fn actor(text: &str) -> Value {
    match text.split_once(':') {
        Some((kind, id)) => json!({ "kind": kind, "id": id }),
        None => json!({ "kind": text, "id": null }),
    }
}
