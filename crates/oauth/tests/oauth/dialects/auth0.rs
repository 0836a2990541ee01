use super::{answers, documented_requests, relaxes};
use crate::request::{hold, json};
use oauth::dialect::Dialect;

fn dialect() -> Dialect {
    Dialect::named("auth0").unwrap()
}

#[test]
fn requests() {
    documented_requests(&dialect());
    hold(
        &dialect(),
        &[(
            "B2 JSON",
            json(
                r#"{"grant_type":"client_credentials","client_id":"a","client_secret":"b","scope":"api1","audience":"https://api"}"#,
            ),
            "client_credentials [api1] client_secret_post a/b",
        )],
    );
}

#[test]
fn b2_answers_have_the_members_and_texts_of_the_old_server() {
    answers(
        &dialect(),
        r#"{"access_token":"t-1","scope":"api1","expires_in":3600,"token_type":"Bearer"}"#,
        r#"{"access_token":"t-1","refresh_token":"r-1","scope":"api1","expires_in":3600,"token_type":"Bearer"}"#,
        r#"{"error":"invalid_client","error_description":"Client authentication failed."}"#,
    );
}

#[test]
fn what_it_relaxes() {
    relaxes(&dialect(), "/oauth/token", &["request_body", "pkce"]);
}
