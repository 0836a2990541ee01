//! RFC 7662, and the older check-token shape beside it.

use oauth::{ActiveToken, Dialect, IntrospectionRequest, Parameters, Scope};

fn text(body: Vec<u8>) -> String {
    String::from_utf8(body).unwrap()
}

#[test]
fn s145_dead_is_inactive_and_nothing_else() {
    for name in Dialect::NAMES {
        let dialect = Dialect::named(name).unwrap();
        assert_eq!(
            text(dialect.write_introspection(None)),
            r#"{"active":false}"#
        );
    }
}

#[test]
fn a_live_token() {
    let scope = Scope::parse("shifts.read tags.read").unwrap();
    let token = ActiveToken {
        scope: Some(&scope),
        client_id: "a",
        username: None,
        exp: 160,
        iat: 100,
        nbf: Some(100),
        sub: Some("a"),
        aud: &["https://api"],
        iss: Some("https://issuer"),
        jti: Some("j"),
        credential: Some("c"),
        credential_version: Some("v2"),
        account: Some("Acme"),
    };
    assert_eq!(
        text(Dialect::default().write_introspection(Some(&token))),
        r#"{"active":true,"scope":"shifts.read tags.read","client_id":"a","token_type":"Bearer","exp":160,"iat":100,"nbf":100,"sub":"a","aud":"https://api","iss":"https://issuer","jti":"j","credential":"c","credential_version":"v2","account":"Acme"}"#
    );
    let spring = Dialect::named("spring").unwrap();
    let checked = spring.write_check_token(Some(&token));
    assert_eq!(checked.status, 200);
    assert_eq!(
        text(checked.body),
        r#"{"aud":["https://api"],"scope":["shifts.read","tags.read"],"active":true,"exp":160,"jti":"j","client_id":"a"}"#
    );
    let bare = ActiveToken {
        client_id: "a",
        exp: 160,
        iat: 100,
        aud: &["x", "y"],
        ..ActiveToken::default()
    };
    assert_eq!(
        text(spring.write_introspection(Some(&bare))),
        r#"{"active":true,"client_id":"a","token_type":"bearer","exp":160,"iat":100,"aud":["x","y"]}"#
    );
}

#[test]
fn a_dead_token_at_check_token() {
    let refused = Dialect::named("spring").unwrap().write_check_token(None);
    assert_eq!(refused.status, 400);
    assert_eq!(refused.www_authenticate, None);
    assert_eq!(
        text(refused.body),
        r#"{"error":"invalid_token","error_description":"Token was not recognised"}"#
    );
}

#[test]
fn the_request() {
    let parameters =
        Parameters::from_form(b"token=canary&token_type_hint=x", Default::default()).unwrap();
    let request = IntrospectionRequest::read(&parameters).unwrap();
    assert_eq!((request.token, request.hint), ("canary", None));
    assert!(!format!("{request:?}").contains("canary"));
    let none = Parameters::from_form(b"", Default::default()).unwrap();
    assert!(IntrospectionRequest::read(&none).is_err());
}
