use super::{refreshable_answer, token_answer};
use crate::request::{empty, form, hold, json};
use oauth::ErrorCode;
use oauth::dialect::{AccessTokenFormat, Dialect, Pkce, RefreshRotation, RefreshTokenChecked};

fn dialect() -> Dialect {
    Dialect::named("doorkeeper").unwrap()
}

#[test]
fn requests() {
    let post = "client_credentials client_secret_post a/b";
    let nested = format!(
        r#"{{"client_id":{}1{}}}"#,
        "[".repeat(30_000),
        "]".repeat(30_000)
    );
    hold(
        &dialect(),
        &[
            (
                "QU1 the documented request",
                json(
                    r#"{ "client_id": "a", "client_secret": "b", "grant_type": "client_credentials" }"#,
                ),
                post,
            ),
            (
                "QU3 the same as a form",
                form("client_id=a&client_secret=b&grant_type=client_credentials"),
                post,
            ),
            (
                "QU3 grant_type left out",
                json(r#"{"client_id":"a","client_secret":"b"}"#),
                post,
            ),
            (
                "QU3 grant_type left out of a form",
                form("client_id=a&client_secret=b"),
                post,
            ),
            (
                "QU3 grant_type null",
                json(r#"{"client_id":"a","client_secret":"b","grant_type":null}"#),
                post,
            ),
            (
                "grant_type empty",
                json(r#"{"client_id":"a","client_secret":"b","grant_type":""}"#),
                post,
            ),
            (
                "QU4 a grant type nobody has",
                json(r#"{"client_id":"a","client_secret":"b","grant_type":"urn:x"}"#),
                "400 unsupported_grant_type",
            ),
            (
                "QU5 a refresh token in JSON",
                json(
                    r#"{"client_id":"a","client_secret":"b","grant_type":"refresh_token","refresh_token":"r"}"#,
                ),
                "refresh_token client_secret_post a/b",
            ),
            (
                "the query is not read, also where the body may be without grant_type",
                json(r#"{"client_id":"a","client_secret":"b"}"#).query("grant_type=password"),
                post,
            ),
            (
                "grant_type in query and JSON",
                json(r#"{"client_id":"a","client_secret":"b","grant_type":"client_credentials"}"#)
                    .query("grant_type=client_credentials"),
                "400 invalid_request",
            ),
            (
                "Basic is read as sent, and then as the RFC has it",
                json("{}").basic("a:b%2Bc+d"),
                "client_credentials client_secret_basic a/b%2Bc+d a/b+c d",
            ),
            (
                "Basic and nothing else",
                empty().basic("a:b"),
                "client_credentials client_secret_basic a/b",
            ),
            (
                "Basic and a secret in JSON",
                json(r#"{"client_id":"a","client_secret":"b"}"#).basic("a:b"),
                "400 invalid_request",
            ),
            (
                "a member twice",
                json(r#"{"client_id":"a","client_id":"a","client_secret":"b"}"#),
                "400 invalid_request",
            ),
            (
                "a member twice, once under an escaped name",
                json(r#"{"client_id":"a","client\u005fid":"z","client_secret":"b"}"#),
                "400 invalid_request",
            ),
            (
                "a member twice, once null",
                json(r#"{"client_id":null,"client_id":"a","client_secret":"b"}"#),
                "400 invalid_request",
            ),
            (
                "a resource twice: JSON has lists for that",
                json(r#"{"resource":"https://a","resource":"https://b"}"#),
                "400 invalid_request",
            ),
            (
                "a number",
                json(r#"{"client_id":1}"#),
                "400 invalid_request",
            ),
            (
                "S021 an object",
                json(r#"{"client_id":{"$ne":1}}"#),
                "400 invalid_request",
            ),
            (
                "S021 a list",
                json(r#"{"scope":["a"]}"#),
                "400 invalid_request",
            ),
            ("nested deeply", json(&nested), "400 invalid_request"),
            (
                "a list at the top",
                json(r#"["client_id"]"#),
                "400 invalid_request",
            ),
            (
                "text at the top",
                json(r#""client_id""#),
                "400 invalid_request",
            ),
            ("null at the top", json("null"), "400 invalid_request"),
            ("two objects", json("{}{}"), "400 invalid_request"),
            (
                "cut short",
                json(r#"{"client_id":"a""#),
                "400 invalid_request",
            ),
            ("nothing, called JSON", json(""), "400 invalid_request"),
            (
                "S019 not UTF-8",
                empty()
                    .content_type("application/json")
                    .body(b"{\"client_id\":\"\xff\"}"),
                "400 invalid_request",
            ),
            (
                "S019 half a surrogate pair",
                json(r#"{"client_id":"\ud800"}"#),
                "400 invalid_request",
            ),
            (
                "U+0000",
                json(r#"{"client_id":"a\u0000"}"#),
                "400 invalid_request",
            ),
            (
                "S017 another charset",
                empty()
                    .content_type("application/json; charset=utf-16")
                    .body(b"{}"),
                "415 invalid_request",
            ),
            (
                "S029 a client id too long",
                json(&format!(
                    r#"{{"client_id":"{}","client_secret":"b"}}"#,
                    "a".repeat(257)
                )),
                "401 invalid_client",
            ),
        ],
    );
}

#[test]
fn answers() {
    // QU1: these four members, in the documented order.
    assert_eq!(
        token_answer(&dialect(), ""),
        r#"{"access_token":"t-1","created_at":1616571253,"expires_in":3600,"token_type":"bearer"}"#
    );
    assert_eq!(
        token_answer(&dialect(), "public"),
        r#"{"access_token":"t-1","created_at":1616571253,"expires_in":3600,"token_type":"bearer","scope":"public"}"#
    );
    assert_eq!(
        refreshable_answer(&dialect(), ""),
        r#"{"access_token":"t-1","created_at":1616571253,"expires_in":3600,"token_type":"bearer","refresh_token":"r-1"}"#
    );
    let refused = dialect().write_error(ErrorCode::InvalidClient, "production");
    assert_eq!(refused.status, 401);
    assert_eq!(
        String::from_utf8(refused.body).unwrap(),
        r#"{"error":"invalid_client","error_description":"Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method."}"#
    );
}

#[test]
fn row() {
    let dialect = dialect();
    assert_eq!(dialect.defaults.access_token_lifetime, 604_800);
    assert_eq!(dialect.defaults.authorization_code_lifetime, 600);
    assert_eq!(
        dialect.defaults.access_token_format,
        AccessTokenFormat::OpaqueHex64
    );
    assert_eq!(
        dialect.quirks.refresh_token_checked,
        RefreshTokenChecked::TokenFirst
    );
    assert_eq!(
        dialect.quirks.refresh_rotation,
        RefreshRotation::UntilSuccessorUsed
    );
    assert_eq!(dialect.quirks.pkce, Pkce::Optional);
    let axes: Vec<_> = dialect.relaxations().iter().map(|r| r.axis).collect();
    assert_eq!(
        axes,
        [
            "request_body",
            "missing_grant_type",
            "basic_decoding",
            "refresh_token_checked",
            "refresh_rotation",
            "pkce"
        ]
    );
}
