use super::{answers, documented_requests, relaxes};
use oauth::dialect::Dialect;

fn dialect() -> Dialect {
    Dialect::named("spring-authorization-server").unwrap()
}

#[test]
fn requests() {
    documented_requests(&dialect());
}

#[test]
fn b2_answers_have_the_members_and_texts_of_the_old_server() {
    answers(
        &dialect(),
        r#"{"access_token":"t-1","scope":"api1","token_type":"Bearer","expires_in":3600}"#,
        r#"{"access_token":"t-1","refresh_token":"r-1","scope":"api1","token_type":"Bearer","expires_in":3600}"#,
        r#"{"error":"invalid_client"}"#,
    );
}

#[test]
fn what_it_relaxes() {
    relaxes(&dialect(), "/oauth2/token", &["pkce"]);
}
