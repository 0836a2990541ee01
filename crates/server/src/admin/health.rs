//! What a platform's own tools ask: is it alive, may traffic come, what did it count.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oauth::dialect::AccessTokenFormat;

use crate::clock;
use crate::platform::Platform;

/// `GET /healthz`: the process answers. It says nothing about the database, since restarting the process would not mend that.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// `GET /readyz`: 200 when a token request would be answered, else 503 with a sentence.
pub async fn ready(State(platform): State<Arc<Platform>>) -> Response {
    match obstacle(&platform).await {
        None => "ready\n".into_response(),
        Some(sentence) => {
            let mut response =
                (StatusCode::SERVICE_UNAVAILABLE, format!("{sentence}\n")).into_response();
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            response
        }
    }
}

/// What keeps this node from answering, if anything does. The words are ours: what the database said goes to the log.
async fn obstacle(platform: &Platform) -> Option<String> {
    if platform.is_stopping() {
        return Some("This node is stopping.".to_owned());
    }
    if let Err(error) = platform.store.ping().await {
        tracing::warn!(%error, "not ready");
        return Some("The database does not answer.".to_owned());
    }
    match platform.store.migration_status().await {
        Err(error) => {
            tracing::warn!(%error, "not ready");
            return Some("The database does not say which migrations it has.".to_owned());
        }
        Ok(status) if status.newer => {
            return Some("The database was migrated by a newer Grantor.".to_owned());
        }
        Ok(status)
            if status
                .migrations
                .iter()
                .any(|migration| migration.applied_at.is_none()) =>
        {
            return Some("The database lacks migrations: run `grantor migrate up`.".to_owned());
        }
        Ok(_) => {}
    }
    let now = clock::now();
    let lacking = platform.issuers.iter().find(|issuer| {
        let environment = &issuer.environment;
        environment.access_token_format == AccessTokenFormat::Jwt
            && issuer
                .keys
                .load()
                .signing(environment.signing_algorithm, now)
                .is_none()
    })?;
    Some(format!(
        "Environment {} issues JWTs and has no key that signs.",
        lacking.realm()
    ))
}

/// `GET /metrics`, as OpenMetrics.
pub async fn metrics(State(platform): State<Arc<Platform>>) -> Response {
    let kind =
        HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], platform.metrics.text()).into_response()
}
