use super::{refreshable_answer, token_answer};
use crate::request::{form, hold, json};
use oauth::ErrorCode;
use oauth::dialect::Dialect;

fn dialect() -> Dialect {
    Dialect::named("auth0").unwrap()
}

#[test]
fn requests() {
    hold(
        &dialect(),
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
                "B2 JSON",
                json(
                    r#"{"grant_type":"client_credentials","client_id":"a","client_secret":"b","scope":"api1","audience":"https://api"}"#,
                ),
                "client_credentials [api1] client_secret_post a/b",
            ),
            (
                "no grant_type",
                form("client_id=a&client_secret=b"),
                "400 invalid_request",
            ),
        ],
    );
}

#[test]
fn b2_answers_have_the_members_and_texts_of_the_old_server() {
    assert_eq!(
        token_answer(&dialect(), "api1"),
        r#"{"access_token":"t-1","scope":"api1","expires_in":3600,"token_type":"Bearer"}"#
    );
    assert_eq!(
        refreshable_answer(&dialect(), "api1"),
        r#"{"access_token":"t-1","refresh_token":"r-1","scope":"api1","expires_in":3600,"token_type":"Bearer"}"#
    );
    let refused = dialect().write_error(ErrorCode::InvalidClient, "production");
    assert_eq!(refused.status, 401);
    assert_eq!(
        String::from_utf8(refused.body).unwrap(),
        r#"{"error":"invalid_client","error_description":"Client authentication failed."}"#
    );
}

#[test]
fn what_it_relaxes() {
    let dialect = dialect();
    assert_eq!(dialect.paths.token, "/oauth/token");
    let axes: Vec<_> = dialect.relaxations().iter().map(|r| r.axis).collect();
    assert_eq!(axes, ["request_body", "pkce"]);
}
