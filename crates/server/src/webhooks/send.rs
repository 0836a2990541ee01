//! Sending one event to one webhook, once.

use axum::http::{Method, Request, StatusCode, header};
use bytes::Bytes;
use http_body_util::Full;
use store::Millis;

use super::signature;
use crate::clock;
use crate::config::Webhook;
use crate::outbound::Outbound;

/// What came of it, each with a sentence that names no secret and no address beyond the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The other side has it (2xx).
    Delivered(String),
    /// Not this time.
    Failed(String),
    /// Never: the other side says so (410).
    Refused(String),
}

/// Posts a body. The time in the signature is that of this attempt, since receivers refuse old ones.
pub async fn send(
    outbound: &Outbound,
    webhook: &Webhook,
    id: &str,
    body: String,
    now: Millis,
) -> Sent {
    let seconds = clock::seconds(now);
    let signature = signature::of(&webhook.secrets, id, seconds, &body);
    let request = Request::builder()
        .method(Method::POST)
        .uri(webhook.url.as_str())
        .header(header::CONTENT_TYPE, "application/json")
        .header(
            header::USER_AGENT,
            concat!("grantor/", env!("CARGO_PKG_VERSION")),
        )
        .header("webhook-id", id)
        .header("webhook-timestamp", seconds)
        .header("webhook-signature", signature)
        .body(Full::new(Bytes::from(body)));
    let request = match request {
        Ok(request) => request,
        Err(_) => return Sent::Failed("the request could not be made".to_owned()),
    };
    match outbound.tell(request).await {
        Ok(status) => judge(status),
        Err(error) => Sent::Failed(error.to_string()),
    }
}

fn judge(status: StatusCode) -> Sent {
    let said = format!("answered {status}");
    if status.is_success() {
        Sent::Delivered(said)
    } else if status == StatusCode::GONE {
        Sent::Refused(said)
    } else if status.is_redirection() {
        Sent::Failed(format!("{said}; redirects are not followed"))
    } else {
        Sent::Failed(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_2xx_is_delivered_and_410_is_for_good() {
        assert!(matches!(judge(StatusCode::NO_CONTENT), Sent::Delivered(_)));
        assert!(matches!(judge(StatusCode::GONE), Sent::Refused(_)));
        for status in [302, 307, 400, 404, 429, 500, 503] {
            let judged = StatusCode::from_u16(status).map(judge);
            assert!(matches!(judged, Ok(Sent::Failed(_))), "{status}");
        }
    }
}
