//! A platform's API in thirty lines: what the gateway protects in the tour. It knows nothing of tokens.

use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Serves it for as long as the process lives.
pub async fn serve(listener: TcpListener) {
    let api = Router::new().route("/v1/orders", get(list).post(create));
    if let Err(error) = axum::serve(listener, api).await {
        tracing::error!(%error, "the sample API ended");
    }
}

/// Shows whom the gateway says is calling.
async fn list(headers: HeaderMap) -> Json<Value> {
    let caller = headers
        .get("x-grantor-client-id")
        .and_then(|value| value.to_str().ok());
    Json(json!({
        "orders": [{ "id": 1, "item": "tea", "amount": 12 }, { "id": 2, "item": "cups", "amount": 4 }],
        "called_by": caller,
    }))
}

async fn create() -> StatusCode {
    StatusCode::CREATED
}
