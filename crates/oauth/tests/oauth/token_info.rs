use oauth::dialect::Dialect;
use oauth::scope::Scope;
use oauth::token_info::TokenInfo;

fn text(body: Vec<u8>) -> String {
    String::from_utf8(body).unwrap()
}

#[test]
fn a_living_token_in_the_order_that_programs_know() {
    let dialect = Dialect::named("doorkeeper").unwrap();
    assert_eq!(
        dialect.paths.token_info.as_deref(),
        Some("/oauth/token/info")
    );
    let scope = Scope::parse("a b").unwrap();
    let own = TokenInfo {
        resource_owner: None,
        scope: &scope,
        expires_in: 7199,
        client_id: "shop",
        created_at: 1_700_000_000,
    };
    let told = dialect.write_token_info(Some(&own), "production");
    assert_eq!((told.status, told.www_authenticate), (200, None));
    assert_eq!(
        text(told.body),
        r#"{"resource_owner_id":null,"scope":["a","b"],"expires_in":7199,"application":{"uid":"shop"},"created_at":1700000000}"#
    );
    let of_a_person = TokenInfo {
        resource_owner: Some("7"),
        scope: &Scope::default(),
        ..own
    };
    assert_eq!(
        text(
            dialect
                .write_token_info(Some(&of_a_person), "production")
                .body
        ),
        r#"{"resource_owner_id":"7","scope":[],"expires_in":7199,"application":{"uid":"shop"},"created_at":1700000000}"#
    );
}

#[test]
fn a_dead_token_and_none_hear_the_same() {
    let refused = Dialect::named("doorkeeper")
        .unwrap()
        .write_token_info(None, "production");
    assert_eq!(refused.status, 401);
    assert_eq!(
        refused.www_authenticate.unwrap(),
        r#"Bearer realm="production", error="invalid_token", error_description="The access token is invalid""#
    );
    assert_eq!(
        text(refused.body),
        r#"{"error":"invalid_token","error_description":"The access token is invalid","state":"unauthorized"}"#
    );
    let plain = Dialect::default();
    assert_eq!(plain.paths.token_info, None, "nobody else has it");
    assert_eq!(plain.write_token_info(None, "x").status, 401);
}
