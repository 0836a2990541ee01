//! The bound that measurements are divided by: what anybody's axum handler costs that reads a form and answers 251 bytes.
//!
//! Only with the feature `bare`, for `cargo bench`; never in the product. It listens where
//! `GRANTOR_BARE_LISTEN` says and is written the way axum's own examples are, with nothing tuned.

use std::net::SocketAddr;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::any;
use axum::{Form, Router};
use serde::Deserialize;

/// The size of a token response with a scope.
const ANSWER: &str = r#"{"access_token":"gra_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","token_type":"Bearer","expires_in":600,"scope":"shifts.read","padding":"...................................................................................."}"#;
const _: () = assert!(ANSWER.len() == 251);

/// What the measured endpoints read too.
#[derive(Deserialize)]
struct Fields {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    scope: Option<String>,
    token: Option<String>,
}

async fn answer(Form(fields): Form<Fields>) -> impl IntoResponse {
    let Fields {
        grant_type,
        client_id,
        client_secret,
        scope,
        token,
    } = fields;
    // Else the compiler may leave out what nobody reads.
    std::hint::black_box((grant_type, client_id, client_secret, scope, token));
    (
        [
            (CONTENT_TYPE, "application/json"),
            (CACHE_CONTROL, "no-store"),
        ],
        ANSWER,
    )
}

/// Listens beside the product, in its process and on its runtime, when the variable asks for it.
pub async fn start() -> anyhow::Result<()> {
    let Ok(address) = std::env::var("GRANTOR_BARE_LISTEN") else {
        return Ok(());
    };
    let address: SocketAddr = address.parse()?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", any(answer))).await });
    Ok(())
}
