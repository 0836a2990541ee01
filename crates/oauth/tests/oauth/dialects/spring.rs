use super::{refreshable_answer, token_answer};
use crate::request::{FORM, JSON, empty, form, hold, json};
use oauth::ErrorCode;
use oauth::dialect::Dialect;

fn dialect() -> Dialect {
    Dialect::named("spring").unwrap()
}

#[test]
fn requests() {
    let asked = "grant_type=client_credentials";
    hold(
        &dialect(),
        &[
            (
                "QX1 the documented request: query, Basic, no body, no Content-Type",
                empty().query(asked).basic("a:b"),
                "client_credentials client_secret_basic a/b",
            ),
            (
                "QX1 an empty body under a form's Content-Type",
                empty().content_type(FORM).query(asked).basic("a:b"),
                "client_credentials client_secret_basic a/b",
            ),
            (
                "QX1 an empty body that a tool calls JSON",
                empty().content_type(JSON).query(asked).basic("a:b"),
                "client_credentials client_secret_basic a/b",
            ),
            (
                "QX1 grant_type in a form body",
                form(asked).basic("a:b"),
                "client_credentials client_secret_basic a/b",
            ),
            (
                "QX1 credentials in the query",
                empty().query("grant_type=client_credentials&client_id=a&client_secret=b"),
                "400 invalid_request",
            ),
            (
                "QX1 a secret in the query beside Basic",
                empty()
                    .query("grant_type=client_credentials&client_secret=b")
                    .basic("a:b"),
                "400 invalid_request",
            ),
            (
                "a password in the query",
                form("")
                    .query("grant_type=password&username=u&password=p")
                    .basic("a:b"),
                "400 invalid_request",
            ),
            (
                "grant_type in both",
                form(asked).query(asked).basic("a:b"),
                "400 invalid_request",
            ),
            (
                "grant_type in both, once empty",
                form("grant_type=").query(asked).basic("a:b"),
                "400 invalid_request",
            ),
            (
                "grant_type twice in the query",
                empty()
                    .query("grant_type=client_credentials&grant_type=password")
                    .basic("a:b"),
                "400 invalid_request",
            ),
            (
                "grant_type in neither",
                empty().basic("a:b"),
                "400 invalid_request",
            ),
            (
                "scope goes with grant_type",
                empty()
                    .query("grant_type=client_credentials&scope=shifts.read")
                    .basic("a:b"),
                "client_credentials [shifts.read] client_secret_basic a/b",
            ),
            (
                "scope in both",
                form("scope=shifts.read")
                    .query("grant_type=client_credentials&scope=shifts.add")
                    .basic("a:b"),
                "400 invalid_request",
            ),
            (
                "a client_id in the query is not read",
                empty()
                    .query("grant_type=client_credentials&client_id=z")
                    .basic("a:b"),
                "client_credentials client_secret_basic a/b",
            ),
            (
                "an unrelated parameter in the query",
                empty()
                    .query("grant_type=client_credentials&trace=1")
                    .basic("a:b"),
                "client_credentials client_secret_basic a/b",
            ),
            (
                "a broken query",
                empty()
                    .query("grant_type=client_credentials&%zz")
                    .basic("a:b"),
                "400 invalid_request",
            ),
            (
                "JSON",
                json(r#"{"grant_type":"client_credentials"}"#).basic("a:b"),
                "415 invalid_request",
            ),
            (
                "a compressed nothing",
                empty().query(asked).content_encoding("gzip").basic("a:b"),
                "415 invalid_request",
            ),
        ],
    );
}

#[test]
fn answers() {
    assert_eq!(
        token_answer(&dialect(), "shifts.read"),
        r#"{"access_token":"t-1","token_type":"bearer","expires_in":3600,"scope":"shifts.read","jti":"j-1"}"#
    );
    assert_eq!(
        refreshable_answer(&dialect(), "x"),
        r#"{"access_token":"t-1","token_type":"bearer","refresh_token":"r-1","expires_in":3600,"scope":"x","jti":"j-1"}"#
    );
    let refused = dialect().write_error(ErrorCode::InvalidClient, "rc");
    assert_eq!(refused.status, 401);
    assert_eq!(
        refused.www_authenticate.as_deref(),
        Some("Basic realm=\"rc\"")
    );
    assert_eq!(
        refused.body,
        br#"{"error":"invalid_client","error_description":"Bad client credentials"}"#
    );
}

#[test]
fn row() {
    let dialect = dialect();
    assert_eq!(dialect.paths.token, "/oauth/token");
    assert_eq!(
        dialect.paths.check_token.as_deref(),
        Some("/oauth/check_token")
    );
    assert_eq!(dialect.defaults.access_token_lifetime, 3_600);
    assert_eq!(dialect.defaults.authorization_code_lifetime, 60);
    let axes: Vec<_> = dialect.relaxations().iter().map(|r| r.axis).collect();
    assert_eq!(axes, ["grant_type_in", "request_body"]);
}
