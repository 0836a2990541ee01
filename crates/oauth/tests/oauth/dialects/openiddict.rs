use super::{answers, documented_requests, relaxes};
use oauth::dialect::Dialect;

fn dialect() -> Dialect {
    Dialect::named("openiddict").unwrap()
}

#[test]
fn requests() {
    documented_requests(&dialect());
}

#[test]
fn b2_answers_have_the_members_and_texts_of_the_old_server() {
    answers(
        &dialect(),
        r#"{"access_token":"t-1","token_type":"Bearer","expires_in":3600,"scope":"api1"}"#,
        r#"{"access_token":"t-1","token_type":"Bearer","expires_in":3600,"refresh_token":"r-1","scope":"api1"}"#,
        r#"{"error":"invalid_client","error_description":"The specified client credentials are invalid."}"#,
    );
}

#[test]
fn what_it_relaxes() {
    relaxes(&dialect(), "/connect/token", &["pkce"]);
}
