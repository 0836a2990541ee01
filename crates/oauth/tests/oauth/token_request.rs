//! Which grant, and what it brings: S005 to S007, S074, S081, S082.

use crate::request::{form, hold};
use oauth::resource_indicator::read_resources;
use oauth::{
    Dialect, ErrorCode, GrantType, Parameters, RevocationRequest, TokenRequest,
    TokenRequestRefusal, TokenTypeHint,
};

fn parameters(body: &str) -> Parameters<'_> {
    Parameters::from_form(body.as_bytes(), Default::default()).unwrap()
}

fn refusal(body: &str) -> TokenRequestRefusal {
    Dialect::default()
        .read_token_request(&parameters(body))
        .unwrap_err()
}

#[test]
fn s005_s006_grant_type_is_needed() {
    for body in ["", "client_id=a", "grant_type=", "grant_type"] {
        assert_eq!(refusal(body), TokenRequestRefusal::GrantTypeMissing);
    }
    assert_eq!(
        TokenRequestRefusal::GrantTypeMissing.code(),
        ErrorCode::InvalidRequest
    );
}

#[test]
fn s007_grant_types_have_one_spelling() {
    for name in [
        "implicit",
        "CLIENT_CREDENTIALS",
        "client_credentials+",
        "+password",
        "urn:x",
    ] {
        let refusal = refusal(&format!("grant_type={name}"));
        assert_eq!(refusal, TokenRequestRefusal::UnknownGrantType, "{name}");
        assert_eq!(refusal.code(), ErrorCode::UnsupportedGrantType);
    }
    for grant_type in GrantType::ALL {
        assert_eq!(grant_type.as_str().parse(), Ok(grant_type));
    }
}

#[test]
fn each_grant_brings_its_own() {
    let dialect = Dialect::default();
    let code = parameters(
        "grant_type=authorization_code&code=c&redirect_uri=https://x/&code_verifier=v&scope=\"",
    );
    assert!(
        dialect.read_token_request(&code).unwrap()
            == TokenRequest::AuthorizationCode {
                code: "c",
                redirect_uri: Some("https://x/"),
                code_verifier: Some("v"),
            }
    );
    let password = parameters("grant_type=password&username=u&password=p+q&scope=a");
    assert!(
        dialect.read_token_request(&password).unwrap()
            == TokenRequest::Password {
                username: "u",
                password: "p q",
                scope: Some("a".parse().unwrap()),
            }
    );
    for (body, missing) in [
        ("grant_type=authorization_code", "code"),
        ("grant_type=authorization_code&code=", "code"),
        ("grant_type=refresh_token", "refresh_token"),
        ("grant_type=password&password=p", "username"),
        ("grant_type=password&username=u&password=", "password"),
    ] {
        assert_eq!(
            refusal(body),
            TokenRequestRefusal::ParameterMissing(missing)
        );
    }
}

#[test]
fn s074_scopes_outside_the_grammar() {
    let asked = |scope: &str| {
        form(&format!(
            "grant_type=client_credentials&client_id=a&client_secret=b&scope={scope}"
        ))
    };
    let refused = "400 invalid_scope";
    hold(
        &Dialect::default(),
        &[
            ("two blanks", asked("a++b"), refused),
            ("leading blank", asked("+a"), refused),
            ("trailing blank", asked("a+"), refused),
            ("a blank alone", asked("+"), refused),
            ("tab", asked("a%09b"), refused),
            ("quote", asked("%22"), refused),
            ("backslash", asked("a%5Cb"), refused),
            ("not ASCII", asked("%C3%BC"), refused),
            ("line end", asked("a%0d%0ab"), refused),
            (
                "a comma is part of a name",
                asked("a,b"),
                "client_credentials [a,b] client_secret_post a/b",
            ),
            (
                "so is an encoded plus",
                asked("a%2Bb"),
                "client_credentials [a+b] client_secret_post a/b",
            ),
            (
                "empty is none",
                asked(""),
                "client_credentials client_secret_post a/b",
            ),
        ],
    );
}

#[test]
fn s081_resources_are_absolute_uris_without_fragment() {
    let read = |body: &str| read_resources(&parameters(body)).map(|all| all.len());
    assert_eq!(read("grant_type=x"), Ok(0));
    assert_eq!(read("resource=https://a/x?y&resource=https://b"), Ok(2));
    for body in [
        "resource=/relative",
        "resource=https://a/%23fragment",
        "resource=https://a&resource=b",
    ] {
        assert_eq!(
            read(body),
            Err(TokenRequestRefusal::ResourceMalformed),
            "{body}"
        );
    }
    assert_eq!(
        TokenRequestRefusal::ResourceMalformed.code(),
        ErrorCode::InvalidTarget
    );
}

#[test]
fn s082_unknown_parameters_change_nothing() {
    let plain = parameters("grant_type=client_credentials&scope=a");
    let more = parameters(
        "grant_type=client_credentials&scope=a&username=u&sub=s&act=x&claims=%7B%7D&client_type=public",
    );
    let dialect = Dialect::default();
    assert!(dialect.read_token_request(&plain) == dialect.read_token_request(&more));
}

#[test]
fn s141_hints() {
    let read = |body: &str| {
        RevocationRequest::read(&parameters(body)).map(|r| (r.token.to_owned(), r.hint))
    };
    assert_eq!(read("token=t"), Ok(("t".to_owned(), None)));
    assert_eq!(
        read("token=t&token_type_hint=refresh_token"),
        Ok(("t".to_owned(), Some(TokenTypeHint::RefreshToken)))
    );
    assert_eq!(
        read("token=t&token_type_hint=pizza"),
        Ok(("t".to_owned(), None))
    );
    assert_eq!(
        read("token="),
        Err(TokenRequestRefusal::ParameterMissing("token"))
    );
}

#[test]
fn s300_debug_shows_the_grant_and_nothing_else() {
    let parameters = parameters("grant_type=password&username=canary&password=canary");
    let request = Dialect::default().read_token_request(&parameters).unwrap();
    assert_eq!(format!("{request:?}"), "TokenRequest(password)");
    let revocation = self::parameters("token=canary");
    let shown = format!("{:?}", RevocationRequest::read(&revocation).unwrap());
    assert!(!shown.contains("canary"));
}
