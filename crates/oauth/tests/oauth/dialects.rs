//! A table per dialect: what is sent, and what comes of it; and its answers, byte for byte.

#[path = "dialects/auth0.rs"]
mod auth0;
#[path = "dialects/doorkeeper.rs"]
mod doorkeeper;
#[path = "dialects/dotnetopenauth.rs"]
mod dotnetopenauth;
#[path = "dialects/hydra.rs"]
mod hydra;
#[path = "dialects/identityserver.rs"]
mod identityserver;
#[path = "dialects/keycloak.rs"]
mod keycloak;
#[path = "dialects/openiddict.rs"]
mod openiddict;
#[path = "dialects/rfc6749.rs"]
mod rfc6749;
#[path = "dialects/spring.rs"]
mod spring;
#[path = "dialects/spring_authorization_server.rs"]
mod spring_authorization_server;

use oauth::{Dialect, Scope, TokenResponse};

/// A client-credentials answer, with a scope or without.
pub fn token_answer(dialect: &Dialect, scope: &str) -> String {
    answer(dialect, scope, None)
}

/// An answer with a refresh token.
pub fn refreshable_answer(dialect: &Dialect, scope: &str) -> String {
    answer(dialect, scope, Some("r-1"))
}

fn answer(dialect: &Dialect, scope: &str, refresh_token: Option<&str>) -> String {
    let scope = Scope::from_tokens(scope.split_whitespace()).unwrap();
    let body = dialect.write_token_response(&TokenResponse {
        access_token: "t-1",
        expires_in: 3600,
        created_at: 1_616_571_253,
        scope: Some(&scope),
        refresh_token,
        refresh_expires_in: 1800,
        jti: Some("j-1"),
    });
    String::from_utf8(body).unwrap()
}
