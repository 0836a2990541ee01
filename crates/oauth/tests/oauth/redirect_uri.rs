//! Redirect URIs: what may be registered, and what is verified.

use oauth::authorization_response::{AuthorizationError, Echo};
use oauth::redirect_uri::{may_be_registered, verify};

#[test]
fn s155_only_whole_exact_addresses_may_be_registered() {
    for good in [
        "https://app.example.com/callback",
        "https://app.example.com/cb?x=1",
        "http://127.0.0.1:3000/cb",
        "http://[::1]/cb",
        "http://localhost/cb",
    ] {
        assert_eq!(may_be_registered(good), Ok(()), "{good}");
    }
    for bad in [
        "",
        "callback",
        "/callback",
        "http://app.example.com/cb",
        "https://app.example.com/cb#x",
        "https://u:p@app.example.com/",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://*.example.com/",
        "https://app.example.com/\u{202e}",
        "https:\\\\example.com",
        " https://app.example.com/",
        "https://app.example.com/\nhttps://evil.example.com/",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "com.example.app:/cb",
        "https://app.example.com/cb?code=mine",
        "https://app.example.com/cb?x=1&error=mine",
    ] {
        assert!(may_be_registered(bad).is_err(), "{bad}");
    }
}

#[test]
fn s160_nothing_in_a_value_becomes_a_parameter() {
    let registered = ["https://app.example.com/cb?a=b".to_owned()];
    let uri = verify(&registered, &registered[0]).unwrap();
    let echo = Echo {
        state: Some("x&code=y#z é"),
        iss: Some("https://auth.example.com"),
    };
    assert_eq!(
        uri.with_code("c", echo),
        "https://app.example.com/cb?a=b&code=c&state=x%26code%3Dy%23z+%C3%A9&iss=https%3A%2F%2Fauth.example.com"
    );
    assert_eq!(
        uri.with_error(AuthorizationError::AccessDenied, None, Echo::default()),
        "https://app.example.com/cb?a=b&error=access_denied"
    );
}
