use super::{refreshable_answer, token_answer};
use crate::request::{empty, form, hold, json};
use oauth::dialect::{Dialect, PathOverrides, Paths};
use oauth::{ErrorCode, PresentedMethod};

fn dialect() -> Dialect {
    Dialect::named("rfc6749").unwrap()
}

#[test]
fn the_file_states_nothing() {
    assert_eq!(dialect(), Dialect::default());
    assert!(dialect().relaxations().is_empty());
}

#[test]
fn requests() {
    hold(
        &dialect(),
        &[
            (
                "Basic",
                form("grant_type=client_credentials").basic("a:b"),
                "client_credentials client_secret_basic a/b",
            ),
            (
                "body",
                form("grant_type=client_credentials&client_id=a&client_secret=b&scope=x+y+x"),
                "client_credentials [x y] client_secret_post a/b",
            ),
            (
                "S005 no grant_type",
                form("client_id=a&client_secret=b"),
                "400 invalid_request",
            ),
            (
                "S009 all in the query, empty body",
                empty().query("grant_type=client_credentials&client_id=a&client_secret=b"),
                "400 invalid_request",
            ),
            (
                "S009 the same with a form's Content-Type",
                form("").query("grant_type=client_credentials&client_id=a&client_secret=b"),
                "400 invalid_request",
            ),
            (
                "S010 secret in the query: never read, so the client proved nothing",
                form("grant_type=client_credentials&client_id=a").query("client_secret=b"),
                "client_credentials a/-",
            ),
            (
                "grant_type in query and body",
                form("grant_type=client_credentials&client_id=a&client_secret=b")
                    .query("grant_type=client_credentials"),
                "400 invalid_request",
            ),
            (
                "the same behind an encoded name",
                form("grant_type=client_credentials&client_id=a&client_secret=b")
                    .query("x=1&grant%5Ftype=password"),
                "400 invalid_request",
            ),
            (
                "a query that has nothing to do with it",
                form("grant_type=client_credentials&client_id=a&client_secret=b")
                    .query("utm=1&utm=2&%zz"),
                "client_credentials client_secret_post a/b",
            ),
            (
                "S014 JSON",
                json(r#"{"grant_type":"client_credentials","client_id":"a","client_secret":"b"}"#),
                "415 invalid_request",
            ),
            (
                "S015 no Content-Type",
                empty().body(b"grant_type=client_credentials").basic("a:b"),
                "415 invalid_request",
            ),
            (
                "S015 multipart",
                empty()
                    .content_type("multipart/form-data; boundary=x")
                    .body(b"--x--")
                    .basic("a:b"),
                "415 invalid_request",
            ),
        ],
    );
}

#[test]
fn answers() {
    assert_eq!(
        token_answer(&dialect(), "x y"),
        r#"{"access_token":"t-1","token_type":"Bearer","expires_in":3600,"scope":"x y"}"#
    );
    assert_eq!(
        token_answer(&dialect(), ""),
        r#"{"access_token":"t-1","token_type":"Bearer","expires_in":3600}"#
    );
    assert_eq!(
        refreshable_answer(&dialect(), "x"),
        r#"{"access_token":"t-1","token_type":"Bearer","expires_in":3600,"refresh_token":"r-1","scope":"x"}"#
    );
    let refused = dialect().write_error(ErrorCode::InvalidClient, "production");
    assert_eq!(refused.status, 401);
    assert_eq!(
        refused.www_authenticate.as_deref(),
        Some("Basic realm=\"production\"")
    );
    assert_eq!(
        refused.body,
        br#"{"error":"invalid_client","error_description":"Client authentication failed."}"#
    );
}

#[test]
fn methods_and_paths() {
    assert_eq!(
        dialect().client_authentication_methods(),
        [
            PresentedMethod::ClientSecretBasic,
            PresentedMethod::ClientSecretPost
        ]
    );
    let paths = dialect().paths.overridden_by(&PathOverrides {
        token: Some("/v2/oauth/token".to_owned()),
        ..PathOverrides::default()
    });
    assert_eq!(paths.token, "/v2/oauth/token");
    assert_eq!(
        Paths {
            token: "/oauth/token".to_owned(),
            ..paths
        },
        Paths::default()
    );
}
