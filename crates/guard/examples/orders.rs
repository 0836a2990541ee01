//! A service that checks Grantor's tokens itself: orders, behind the guard, with axum.
//!
//! ```text
//! cargo run -p grantor-guard --features axum --example orders -- http://127.0.0.1:8080 127.0.0.1:9000
//! ```
//!
//! With `GUARD_CLIENT_ID` and `GUARD_CLIENT_SECRET` set (a credential made with `--resource-server`) it asks the issuer
//! about each token; without them it checks JWTs by the issuer's published keys.

use std::error::Error;

use axum::extract::Path;
use axum::routing::{get, post};
use axum::{Json, Router};
use grantor_guard::{Caller, GuardLayer, Permission, Route};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let issuer = arguments
        .next()
        .unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
    let address = arguments
        .next()
        .unwrap_or_else(|| "127.0.0.1:9000".to_owned());

    let guard = GuardLayer::builder(issuer)
        .route(Route::at("/v1/orders").version("v1").scope("orders"))
        // A search is a POST and yet only reads.
        .route(
            Route::at("/v1/orders/search")
                .version("v1")
                .scope("orders")
                .method("POST", Permission::Read),
        )
        .route(Route::at("/health").public());
    let own = (
        std::env::var("GUARD_CLIENT_ID"),
        std::env::var("GUARD_CLIENT_SECRET"),
    );
    let guard = match own {
        (Ok(id), Ok(secret)) => guard.introspection(id, secret).build()?,
        _ => guard.jwks().build()?,
    };
    // A wrong URL or a wrong secret shows now.
    guard.ready().await?;

    let service = Router::new()
        .route("/v1/orders", get(list).post(add))
        .route("/v1/orders/{id}", get(show))
        .route("/v1/orders/search", post(list))
        .route("/health", get(async || "well"))
        .layer(guard);
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, service).await?;
    Ok(())
}

async fn list(caller: Caller) -> Json<Vec<String>> {
    Json(vec![format!("an order of {}", caller.account)])
}

async fn add(caller: Caller) -> String {
    format!("added for {}", caller.account)
}

async fn show(Path(id): Path<u32>, caller: Caller) -> String {
    format!("order {id} of {}", caller.account)
}
