use super::{answers, documented_requests, relaxes};
use oauth::dialect::Dialect;

fn dialect() -> Dialect {
    Dialect::named("hydra").unwrap()
}

#[test]
fn requests() {
    documented_requests(&dialect());
}

#[test]
fn b2_answers_have_the_members_and_texts_of_the_old_server() {
    answers(
        &dialect(),
        r#"{"access_token":"t-1","expires_in":3600,"scope":"api1","token_type":"bearer"}"#,
        r#"{"access_token":"t-1","expires_in":3600,"refresh_token":"r-1","scope":"api1","token_type":"bearer"}"#,
        r#"{"error":"invalid_client","error_description":"Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method)."}"#,
    );
}

#[test]
fn what_it_relaxes() {
    relaxes(&dialect(), "/oauth2/token", &["pkce"]);
}
