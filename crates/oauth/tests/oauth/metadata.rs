//! RFC 8414 §2: what is required is always there, what is unknown is not.

use oauth::AuthorizationServerMetadata;

#[test]
fn response_types_are_listed_even_when_there_is_none() {
    let metadata = AuthorizationServerMetadata {
        issuer: "https://issuer".to_owned(),
        token_endpoint: "https://issuer/oauth/token".to_owned(),
        ..AuthorizationServerMetadata::default()
    };
    assert_eq!(
        String::from_utf8(metadata.written()).unwrap(),
        r#"{"issuer":"https://issuer","token_endpoint":"https://issuer/oauth/token","response_types_supported":[]}"#
    );
}
