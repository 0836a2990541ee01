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

use oauth::{Dialect, ErrorCode, Scope, TokenResponse};

use crate::request::{form, hold};

/// What every server that is moved from understands, each in its own words.
fn documented_requests(dialect: &Dialect) {
    hold(
        dialect,
        &[
            (
                "B2 the documented request",
                form("grant_type=client_credentials&client_id=a&client_secret=b&scope=api1"),
                "client_credentials [api1] client_secret_post a/b",
            ),
            (
                "B2 Basic, form-decoded first",
                form("grant_type=client_credentials&scope=api1").basic("a:%62"),
                "client_credentials [api1] client_secret_basic a/b a/%62",
            ),
            (
                "no grant_type",
                form("client_id=a&client_secret=b"),
                "400 invalid_request",
            ),
        ],
    );
}

/// The answers to a right request, to one of a person's, and to a wrong secret, byte for byte.
fn answers(dialect: &Dialect, token: &str, refreshable: &str, wrong_secret: &str) {
    assert_eq!(token_answer(dialect, "api1"), token);
    assert_eq!(refreshable_answer(dialect, "api1"), refreshable);
    let refused = dialect.write_error(ErrorCode::InvalidClient, "production");
    assert_eq!(refused.status, 401);
    assert_eq!(String::from_utf8(refused.body).unwrap(), wrong_secret);
}

/// The token path, and the quirks that relax something.
fn relaxes(dialect: &Dialect, path: &str, quirks: &[&str]) {
    assert_eq!(dialect.paths.token, path);
    let axes: Vec<_> = dialect.relaxations().iter().map(|r| r.axis).collect();
    assert_eq!(axes, quirks);
}

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
