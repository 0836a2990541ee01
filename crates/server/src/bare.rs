//! The bound that measurements are divided by: what anybody's axum handler costs that reads a form and answers 251 bytes.
//!
//! Only with the feature `bare`, for `cargo bench`; never in the product. It listens where
//! `GRANTOR_BARE_LISTEN` says and is written the way axum's own examples are, with nothing tuned. Under `/v2` it is a proxy
//! that passes everything on to `GRANTOR_BARE_UPSTREAM`, by the client that the gateway uses too.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{StatusCode, Uri, uri::Authority};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Form, Router};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
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

#[derive(Clone)]
struct Upstream {
    client: Client<HttpConnector, Body>,
    authority: Authority,
}

async fn pass(State(upstream): State<Upstream>, mut request: Request) -> Response {
    let target = Uri::builder()
        .scheme("http")
        .authority(upstream.authority)
        .path_and_query(
            request
                .uri()
                .path_and_query()
                .map_or("/", |target| target.as_str()),
        );
    let Ok(target) = target.build() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    *request.uri_mut() = target;
    match upstream.client.request(request).await {
        Ok(answer) => answer.into_response(),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

/// Listens beside the product, in its process and on its runtime, when the variable asks for it.
pub async fn start() -> anyhow::Result<()> {
    let Ok(address) = std::env::var("GRANTOR_BARE_LISTEN") else {
        return Ok(());
    };
    let address: SocketAddr = address.parse()?;
    let mut router = Router::new().route("/", any(answer));
    if let Ok(authority) = std::env::var("GRANTOR_BARE_UPSTREAM") {
        let upstream = Upstream {
            client: Client::builder(TokioExecutor::new()).build(HttpConnector::new()),
            authority: authority.parse()?,
        };
        router = router.route("/v2/{*path}", any(pass).with_state(upstream));
    }
    let listener = tokio::net::TcpListener::bind(address).await?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(())
}
