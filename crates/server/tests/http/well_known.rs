//! `/.well-known/…`: metadata and keys, and the JWTs that the keys prove.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::support::house::{INTROSPECT, setup};
use super::support::request::form;
use super::support::{Connection, House, Request, house, on_each_database};

const METADATA: [&str; 2] = [
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
];
const JWKS: &str = "/.well-known/jwks.json";
const INACTIVE: &str = r#"{"active":false}"#;
const JWT: [(&str, &str); 3] = [("eddsa", "EdDSA"), ("es256", "ES256"), ("rs256", "RS256")];

fn keys(house: &House, environment: &str) -> Vec<Value> {
    let answer = Request::get(JWKS).send(house.server.at(environment));
    assert_eq!(answer.status, 200);
    answer.json()["keys"].as_array().unwrap().clone()
}

#[test]
fn s207_every_address_comes_from_the_configuration() {
    let house = house();
    let authority = house.server.at("production");
    let issuer = format!("http://{authority}");
    for path in METADATA {
        let plain = Request::get(path).send(authority);
        assert_eq!(plain.json()["issuer"], issuer.as_str());
        for forged in [
            Request::get(path).header("X-Forwarded-Host", "evil.example"),
            Request::get(path).header("Forwarded", "host=evil.example;proto=https"),
            Request::get(path)
                .header("X-Forwarded-Proto", "https")
                .header("X-Forwarded-Port", "1"),
            Request::get(path).header("X-Original-Host", "evil.example"),
        ] {
            assert_eq!(forged.send(authority).body, plain.body);
        }
        let evil = Request::get(path)
            .header("Host", "evil.example")
            .send(authority);
        assert_eq!(evil.status, 421);
        assert!(!String::from_utf8_lossy(&evil.body).contains("evil"));
        // RFC 9112 §3.2.2: of an absolute target and a Host header, the target counts.
        assert_eq!(
            Request::get(&format!("http://evil.example{path}"))
                .send(authority)
                .status,
            421
        );
        let absolute = Request::get(&format!("http://{authority}{path}"))
            .header("Host", "evil.example")
            .send(authority);
        assert!(
            absolute.status == 421 || absolute.body == plain.body,
            "{absolute:?}"
        );
        // Two hosts are none.
        let mut twice = Connection::open(authority);
        twice.send(format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\nHost: evil.example\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
        assert!(matches!(twice.answer(false).unwrap().status, 400 | 421));
    }
}

#[test]
fn the_metadata_names_what_is_there() {
    let house = house();
    for environment in ["production", "eddsa", "chosen"] {
        let authority = house.server.at(environment);
        let base = format!("http://{authority}");
        let [one, other] = METADATA.map(|path| Request::get(path).send(authority).json());
        assert_eq!(one, other);
        for (member, path) in [
            ("token_endpoint", "/oauth/token"),
            ("authorization_endpoint", "/oauth/authorize"),
            ("introspection_endpoint", INTROSPECT),
            ("revocation_endpoint", "/oauth/revoke"),
            ("jwks_uri", JWKS),
        ] {
            assert_eq!(one[member], format!("{base}{path}"));
        }
        assert_eq!(
            one["grant_types_supported"],
            json!(["authorization_code", "client_credentials", "refresh_token"])
        );
        assert_eq!(one["response_types_supported"], json!(["code"]));
        assert_eq!(one["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(one["authorization_response_iss_parameter_supported"], true);
    }
}

on_each_database! {
    fn s206_the_key_set_shows_public_halves_only(house) {
        let mut seen = BTreeSet::new();
        for (environment, algorithm) in JWT {
            let answer = Request::get(JWKS).send(house.server.at(environment));
            assert!(answer.header("cache-control").unwrap().contains("max-age="), "{answer:?}");
            let published = keys(house, environment);
            assert!(published.iter().any(|key| key["alg"] == algorithm), "{environment}");
            for key in published {
                let members: BTreeSet<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
                let kind = match key["kty"].as_str().unwrap() {
                    "OKP" => vec!["crv", "x"],
                    "EC" => vec!["crv", "x", "y"],
                    "RSA" => vec!["n", "e"],
                    other => panic!("{other}"),
                };
                let expected: BTreeSet<_> = kind.into_iter().chain(["kty", "kid", "use", "alg"]).collect();
                assert_eq!(members, expected);
                assert_eq!(key["use"], "sig");
                assert!(seen.insert(key["kid"].as_str().unwrap().to_owned()), "a kid occurs twice");
            }
        }
    }
}

fn segments(token: &str) -> [String; 3] {
    let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts.try_into().unwrap()
}

fn decoded(segment: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(segment).unwrap()).unwrap()
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Neither introspection nor the gateway takes it.
fn assert_dead(house: &House, environment: &str, token: &str, what: &str) {
    let asker = house.resource_server(environment);
    let told = house.introspect(environment, &asker, token);
    assert_eq!((told.status, told.text()), (200, INACTIVE), "{what}");
    assert_eq!(house.orders(environment, token).status, 401, "{what}");
}

#[test]
fn a_jwt_says_what_rfc_9068_wants() {
    let house = house();
    for (environment, algorithm) in JWT {
        let client = house.credential(environment);
        let [header, claims, _] =
            segments(&house.token(environment, &client)).map(|segment| segment);
        let (header, claims) = (decoded(&header), decoded(&claims));
        assert_eq!(
            (&header["typ"], &header["alg"]),
            (&json!("at+jwt"), &json!(algorithm))
        );
        assert!(
            keys(house, environment)
                .iter()
                .any(|key| key["kid"] == header["kid"])
        );
        let issuer = format!("http://{}", house.server.at(environment));
        assert_eq!(
            (&claims["iss"], &claims["aud"]),
            (&json!(issuer), &json!(issuer))
        );
        assert_eq!(
            (&claims["sub"], &claims["client_id"]),
            (&json!(client.client_id), &json!(client.client_id))
        );
        for member in ["exp", "iat"] {
            assert!(claims[member].is_i64(), "{claims}");
        }
        assert!(
            claims["jti"].is_string() && claims["scope"].as_str().unwrap().contains("orders.read")
        );
    }
}

#[test]
fn s200_s204_a_changed_jwt_is_dead_however_it_was_changed() {
    let house = house();
    for (environment, _) in JWT {
        let token = house.token(environment, &house.credential(environment));
        let [header, claims, signature] = segments(&token);
        let with_header = |change: &dyn Fn(&mut Value)| {
            let mut changed = decoded(&header);
            change(&mut changed);
            format!("{}.{claims}.{signature}", encoded(&changed))
        };
        let with_claims = |change: &dyn Fn(&mut Value)| {
            let mut changed = decoded(&claims);
            change(&mut changed);
            format!("{header}.{}.{signature}", encoded(&changed))
        };
        let none = encoded(&json!({"alg": "none", "typ": "at+jwt"}));
        for (what, token) in [
            (
                "alg none",
                with_header(&|header| header["alg"] = json!("none")),
            ),
            ("alg none, no signature", format!("{none}.{claims}.")),
            (
                "alg HS256",
                with_header(&|header| header["alg"] = json!("HS256")),
            ),
            (
                "typ JWT",
                with_header(&|header| header["typ"] = json!("JWT")),
            ),
            (
                "no typ",
                with_header(&|header| {
                    header.as_object_mut().unwrap().remove("typ");
                }),
            ),
            (
                "crit",
                with_header(&|header| header["crit"] = json!(["exp"])),
            ),
            ("b64", with_header(&|header| header["b64"] = json!(false))),
            ("zip", with_header(&|header| header["zip"] = json!("DEF"))),
            (
                "own jwk",
                with_header(&|header| header["jwk"] = json!({"kty": "OKP"})),
            ),
            (
                "jku",
                with_header(&|header| header["jku"] = json!("http://127.0.0.1:1/")),
            ),
            (
                "kid of nobody",
                with_header(&|header| header["kid"] = json!("../../dev/null")),
            ),
            (
                "kid as SQL",
                with_header(&|header| header["kid"] = json!("' or 1=1--")),
            ),
            ("header null", format!("bnVsbA.{claims}.{signature}")),
            (
                "later exp",
                with_claims(&|claims| claims["exp"] = json!(claims["exp"].as_i64().unwrap() + 1)),
            ),
            (
                "more scope",
                with_claims(&|claims| claims["scope"] = json!("orders.read tags.read")),
            ),
            (
                "other subject",
                with_claims(&|claims| claims["sub"] = json!("root")),
            ),
            (
                "claims as a list",
                format!("{header}.{}.{signature}", encoded(&json!([]))),
            ),
            ("no signature", format!("{header}.{claims}.")),
            (
                "five parts",
                format!("{header}.{claims}.{signature}.{claims}.{signature}"),
            ),
            ("two parts", format!("{header}.{claims}")),
            (
                "signature of zeros",
                format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode([0; 64])),
            ),
            ("padded", format!("{token}=")),
            (
                "nested",
                format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(&token)),
            ),
            (
                "deep",
                format!(
                    "{header}.{}.{signature}",
                    URL_SAFE_NO_PAD.encode("[".repeat(2_500))
                ),
            ),
        ] {
            assert_dead(
                house,
                environment,
                &token,
                &format!("{environment}: {what}"),
            );
        }
    }
}

#[test]
fn s204_a_token_of_a_megabyte_is_not_read() {
    let house = house();
    let asker = house.resource_server("eddsa");
    let long = format!("a.{}.b", "A".repeat(1_000_000));
    let answer = Request::post(INTROSPECT)
        .basic(&asker)
        .form(form(&[("token", &long)]))
        .send(house.server.at("eddsa"));
    assert_eq!(answer.refusal(), (413, "invalid_request".to_owned()));
    let within = format!("a.{}.b", "A".repeat(4_000));
    assert_eq!(house.introspect("eddsa", &asker, &within).text(), INACTIVE);
    assert!(matches!(
        house.orders("eddsa", &"A".repeat(15_000)).status,
        401 | 431
    ));
}

#[test]
fn s199_a_revoked_key_ends_its_tokens_and_a_retired_one_does_not() {
    let upstream = super::support::upstream::Upstream::start();
    let server = setup()
        .upstream(&upstream.authority)
        .with("ENVIRONMENTS__EDDSA__KEY_ANNOUNCEMENT", "1s")
        .start();
    let house = House { server, upstream };
    let client = house.credential("eddsa");
    let old = house.token("eddsa", &client);
    let kid_of = |token: &str| {
        decoded(&segments(token)[0])["kid"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let published = || {
        keys(&house, "eddsa")
            .iter()
            .map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(published().contains(&kid_of(&old)));

    house
        .server
        .json(&["keys", "rotate", "--environment", "eddsa", "--now"], None);
    let new = house.token("eddsa", &client);
    assert_ne!(kid_of(&new), kid_of(&old));
    assert!(
        published().contains(&kid_of(&old)) && published().contains(&kid_of(&new)),
        "the retired key stays published"
    );
    assert!(house.is_active("eddsa", &client, &old));
    assert_eq!(house.orders("eddsa", &old).status, 200);

    house.server.json(
        &["keys", "revoke", &kid_of(&old), "--environment", "eddsa"],
        None,
    );
    assert!(!published().contains(&kid_of(&old)));
    assert_dead(&house, "eddsa", &old, "its key was revoked");
    assert!(house.is_active("eddsa", &client, &new));
}
