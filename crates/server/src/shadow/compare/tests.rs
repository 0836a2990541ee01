#![allow(clippy::unwrap_used)]
use super::*;
use axum::http::{HeaderValue, StatusCode};
use bytes::Bytes;
use serde_json::json;
use std::time::Duration;

fn answer(status: u16, body: &Value, headers: &[(&'static str, &'static str)]) -> Answer {
    let mut all = HeaderMap::new();
    all.insert("content-type", HeaderValue::from_static("application/json"));
    all.insert("cache-control", HeaderValue::from_static("no-store"));
    for (name, value) in headers {
        all.insert(*name, HeaderValue::from_static(value));
    }
    Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers: all,
        body: Bytes::from(body.to_string()),
        took: Duration::ZERO,
    }
}

fn token() -> Value {
    json!({ "access_token": "0123456789", "token_type": "Bearer", "expires_in": 3600, "scope": "a b" })
}

fn with(name: &str, value: Value) -> Value {
    let mut body = token();
    body[name] = value;
    body
}

/// The kinds, written as the table shows them.
fn kinds(there: &Answer, here: &Answer) -> Vec<String> {
    let secrets = [Zeroizing::new("tell-nobody".to_owned())];
    let found = compare(there, here, &secrets);
    for difference in &found {
        let said = format!("{difference:?}");
        assert!(!said.contains("0123456789"), "{said}");
        assert!(!said.contains("tell-nobody"), "{said}");
    }
    found.iter().map(|one| one.kind.to_string()).collect()
}

#[test]
fn what_is_the_same_is_no_difference() {
    let other = json!({ "access_token": "another", "token_type": "Bearer", "expires_in": 3599, "scope": "b a" });
    let (there, here) = (
        answer(
            200,
            &token(),
            &[
                ("cache-control", "No-Store"),
                ("content-type", "application/json;charset=UTF-8"),
            ],
        ),
        answer(200, &other, &[]),
    );
    assert!(kinds(&there, &here).is_empty());
}

#[test]
fn each_difference_is_one_of_its_kind() {
    let mut without_scope = token();
    without_scope.as_object_mut().unwrap().remove("scope");
    for (there, kind) in [
        (with("created_at", json!(1)), "missing_here created_at"),
        (without_scope, "more_here scope"),
        (with("expires_in", json!("3600")), "type expires_in"),
        (with("scope", json!("a")), "scope"),
        (with("expires_in", json!(7200)), "lifetime"),
        (with("token_type", json!("bearer")), "token_type_spelling"),
        (with("token_type", json!("mac")), "token_type"),
        (json!("no object"), "body"),
    ] {
        let found = kinds(&answer(200, &there, &[]), &answer(200, &token(), &[]));
        assert_eq!(found, [kind]);
    }
    let refused = |body: &Value, headers| answer(401, body, headers);
    let plain = json!({ "error": "invalid_client" });
    for (there, kind) in [
        (refused(&json!({ "error": "unauthorized" }), &[]), "error"),
        (
            refused(
                &json!({ "error": "invalid_client", "error_description": "no" }),
                &[],
            ),
            "error_description",
        ),
        (
            refused(&plain, &[("www-authenticate", "Basic realm=\"x\"")]),
            "www_authenticate",
        ),
        (
            refused(&plain, &[("content-type", "text/json")]),
            "content_type",
        ),
        (
            refused(
                &plain,
                &[("content-type", "application/json; charset=utf-8; v=2")],
            ),
            "content_type",
        ),
        (
            refused(&plain, &[("cache-control", "private")]),
            "cache_control",
        ),
        (answer(400, &plain, &[]), "status"),
        // Whatever else is another then.
        (answer(200, &token(), &[]), "status"),
    ] {
        assert_eq!(kinds(&there, &refused(&plain, &[])), [kind]);
    }
}

#[test]
fn s298_what_is_secret_is_shown_by_its_length_wherever_it_stands() {
    for (name, value) in [
        ("scope", json!("a tell-nobody")),
        ("tell-nobody", json!(1)),
        ("refresh_token", json!("0123456789")),
        ("token_type", json!("tell-nobody")),
    ] {
        let found = kinds(
            &answer(200, &with(name, value), &[]),
            &answer(200, &token(), &[]),
        );
        assert_eq!(found.len(), 1, "{found:?}");
    }
    let echoed = json!({ "error": "tell-nobody", "error_description": "tell-nobody" });
    let found = kinds(
        &answer(401, &echoed, &[("www-authenticate", "tell-nobody")]),
        &answer(400, &json!({ "error": "invalid_client" }), &[]),
    );
    assert_eq!(found.len(), 4, "{found:?}");
}
