//! What a platform's own tools ask: is it alive, may traffic come, what did it count.

use std::sync::Arc;
use std::time::Duration;

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

/// How long a database may be away before this node says that it is not ready. All nodes have the same one: if all said so at
/// once, a balancer would have nobody left, and callers would get its refusals instead of ours, and none of what is remembered.
const AWAY: Duration = Duration::from_secs(10);
/// How long the database gets to say anything: balancers do not wait longer for the answer.
const PATIENCE: Duration = Duration::from_millis(300);

/// `GET /readyz`: 200 when a token request would be answered, or soon will be again; else 503 with a sentence.
pub async fn ready(State(platform): State<Arc<Platform>>) -> Response {
    match obstacle(&platform).await {
        None => "ready\n".into_response(),
        Some(Obstacle::Away) if platform.database_is_away() < AWAY => {
            "ready, but the database does not answer at the moment\n".into_response()
        }
        Some(obstacle) => {
            let sentence = obstacle.sentence();
            let mut response =
                (StatusCode::SERVICE_UNAVAILABLE, format!("{sentence}\n")).into_response();
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            response
        }
    }
}

/// What keeps this node from answering. The words are ours: what the database said goes to the log.
enum Obstacle {
    Stopping,
    /// The database does not answer.
    Away,
    Other(String),
}

impl Obstacle {
    fn sentence(self) -> String {
        match self {
            Self::Stopping => "This node is stopping.".to_owned(),
            Self::Away => "The database does not answer.".to_owned(),
            Self::Other(sentence) => sentence,
        }
    }
}

async fn obstacle(platform: &Platform) -> Option<Obstacle> {
    if platform.is_stopping() {
        return Some(Obstacle::Stopping);
    }
    let asked = async {
        platform.store.ping().await?;
        platform.store.migration_status().await
    };
    let status = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(status)) => status,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database does not answer whoever asks whether this node is ready");
            return Some(Obstacle::Away);
        }
        Err(_) => {
            tracing::warn!(
                "the database did not answer in time whoever asks whether this node is ready"
            );
            return Some(Obstacle::Away);
        }
    };
    platform.database_answers();
    if status.newer {
        return Some(Obstacle::Other(
            "The database was migrated by a newer Grantor.".to_owned(),
        ));
    }
    if status
        .migrations
        .iter()
        .any(|migration| migration.applied_at.is_none())
    {
        let sentence = "The database lacks migrations: run `grantor migrate up`.";
        return Some(Obstacle::Other(sentence.to_owned()));
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
    Some(Obstacle::Other(format!(
        "Environment {} issues JWTs and has no key that signs.",
        lacking.realm()
    )))
}

/// `GET /metrics`, as OpenMetrics.
pub async fn metrics(State(platform): State<Arc<Platform>>) -> Response {
    let kind =
        HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], platform.metrics.text()).into_response()
}
