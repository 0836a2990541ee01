use super::{refreshable_answer, token_answer};
use crate::request::{form, hold, json};
use oauth::ErrorCode;
use oauth::dialect::{AccessTokenFormat, Dialect, SigningAlgorithm};

fn dialect() -> Dialect {
    Dialect::named("identityserver").unwrap()
}

#[test]
fn requests() {
    hold(
        &dialect(),
        &[
            (
                "NX2 the documented request",
                form("client_id=a&client_secret=b&scope=api1&grant_type=client_credentials"),
                "client_credentials [api1] client_secret_post a/b",
            ),
            (
                "Basic",
                form("grant_type=client_credentials&scope=api1").basic("a:b"),
                "client_credentials [api1] client_secret_basic a/b",
            ),
            (
                "NX2 a scope outside the grammar",
                form("client_id=a&client_secret=b&scope=%22&grant_type=client_credentials"),
                "400 invalid_scope",
            ),
            (
                "broken Basic has status 400 here",
                form("grant_type=client_credentials").authorization("Basic !"),
                "400 invalid_client",
            ),
            (
                "S029 a secret too long",
                form(&format!("client_id=a&client_secret={}", "b".repeat(257))),
                "400 invalid_client",
            ),
            ("JSON", json("{}"), "415 invalid_request"),
            (
                "no grant_type",
                form("client_id=a&client_secret=b"),
                "400 invalid_request",
            ),
        ],
    );
}

#[test]
fn answers() {
    assert_eq!(
        token_answer(&dialect(), "api1"),
        r#"{"access_token":"t-1","expires_in":3600,"token_type":"Bearer","scope":"api1"}"#
    );
    assert_eq!(
        refreshable_answer(&dialect(), "api1"),
        r#"{"access_token":"t-1","expires_in":3600,"token_type":"Bearer","refresh_token":"r-1","scope":"api1"}"#
    );
    let refused = dialect().write_error(ErrorCode::InvalidClient, "production");
    assert_eq!(refused.status, 400);
    assert_eq!(refused.www_authenticate, None);
    assert_eq!(refused.body, br#"{"error":"invalid_client"}"#);
}

#[test]
fn row() {
    let dialect = dialect();
    assert_eq!(dialect.paths.token, "/connect/token");
    assert_eq!(dialect.paths.authorization, "/connect/authorize");
    assert_eq!(dialect.paths.introspection, "/connect/introspect");
    assert_eq!(dialect.paths.revocation, "/connect/revocation");
    assert_eq!(dialect.defaults.access_token_format, AccessTokenFormat::Jwt);
    assert_eq!(dialect.defaults.signing_algorithm, SigningAlgorithm::RS256);
    assert_eq!(dialect.defaults.access_token_lifetime, 3_600);
    let axes: Vec<_> = dialect.relaxations().iter().map(|r| r.axis).collect();
    assert_eq!(axes, ["invalid_client_status"]);
}
