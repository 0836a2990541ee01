use super::{answers, documented_requests, relaxes};
use oauth::dialect::Dialect;

fn dialect() -> Dialect {
    Dialect::named("keycloak").unwrap()
}

#[test]
fn requests() {
    documented_requests(&dialect());
}

#[test]
fn b2_answers_have_the_members_and_texts_of_the_old_server() {
    answers(
        &dialect(),
        r#"{"access_token":"t-1","expires_in":3600,"refresh_expires_in":0,"token_type":"Bearer","not-before-policy":0,"scope":"api1"}"#,
        r#"{"access_token":"t-1","expires_in":3600,"refresh_expires_in":1800,"refresh_token":"r-1","token_type":"Bearer","not-before-policy":0,"scope":"api1"}"#,
        r#"{"error":"invalid_client","error_description":"Invalid client or Invalid client credentials"}"#,
    );
}

#[test]
fn what_it_relaxes() {
    relaxes(
        &dialect(),
        "/realms/master/protocol/openid-connect/token",
        &["pkce"],
    );
}
