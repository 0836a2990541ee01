//! `POST /oauth/introspect`

use crate::http::support::house::{GRANT, INTROSPECT, access_token};
use crate::http::support::request::form;
use crate::http::support::{Credential, Request, house, on_each_database, until};

const INACTIVE: &str = r#"{"active":false}"#;

on_each_database! {
    fn s144_who_asks_must_prove_who_they_are(house) {
        let client = house.credential("production");
        let token = house.token("production", &client);
        let authority = house.server.at("production");
        let asked = Request::post(INTROSPECT).form(form(&[("token", &token)]));
        let wrong = Credential { client_secret: "wrong".to_owned(), ..client.clone() };
        let by_id = form(&[("token", &token), ("client_id", &client.client_id)]);
        for answer in [
            asked.send(authority),
            asked.clone().bearer(&token).send(authority),
            asked.clone().basic(&wrong).send(authority),
            Request::post(INTROSPECT).form(by_id).send(authority),
        ] {
            assert_eq!(answer.refusal(), (401, "invalid_client".to_owned()));
            assert!(answer.header("www-authenticate").unwrap().starts_with("Basic realm="));
        }
    }

    fn s145_whatever_is_dead_is_inactive_and_nothing_else(house) {
        let client = house.credential("production");
        let asker = house.resource_server("production");
        let live = house.token("production", &client);
        assert_eq!(house.introspect("production", &asker, &live).json()["active"], true);

        let revoked = house.token("production", &client);
        assert_eq!(house.revoke("production", &client, &revoked).status, 200);
        let of_disabled = {
            let disabled = house.credential("production");
            let token = house.token("production", &disabled);
            house.server.json(&["credentials", "disable", &disabled.uuid], None);
            token
        };
        let elsewhere = house.token("sandbox", &house.credential("sandbox"));
        let mut changed = live.clone();
        changed.replace_range(20..21, if &live[20..21] == "A" { "B" } else { "A" });
        for (what, token) in [
            ("unknown", "nonsense"), ("empty-looking", " "), ("changed", &changed), ("cut", &live[..live.len() - 1]),
            ("revoked", &revoked), ("of a disabled client", &of_disabled), ("of another environment", &elsewhere),
        ] {
            let answer = house.introspect("production", &asker, token);
            assert_eq!((answer.status, answer.text()), (200, INACTIVE), "{what}");
        }
        // A client that is no resource server learns nothing about another client's token.
        let other = house.credential("production");
        assert_eq!(house.introspect("production", &other, &live).text(), INACTIVE);
    }

    fn s145_qx2_an_expired_token_is_inactive_from_its_last_second_on(house) {
        for environment in ["brief", "briefjwt"] {
            let client = house.credential(environment);
            let answer = house.ask(environment, &client, GRANT);
            assert_eq!(answer.json()["expires_in"], 2);
            let token = access_token(&answer);
            assert!(house.is_active(environment, &client, &token), "{environment}");
            until("the token has ended", || !house.is_active(environment, &client, &token));
            assert_eq!(house.introspect(environment, &client, &token).text(), INACTIVE);
            assert_eq!(house.orders(environment, &token).refusal(), (401, "invalid_token".to_owned()));
        }
    }
}

#[test]
fn a_live_token_is_described() {
    let house = house();
    let client = house.credential("production");
    let answer = house.ask("production", &client, &format!("{GRANT}&scope=orders.read"));
    let told = house
        .introspect("production", &client, &access_token(&answer))
        .json();
    assert_eq!(told["active"], true);
    assert_eq!(told["scope"], "orders.read");
    assert_eq!(told["client_id"], client.client_id.as_str());
    assert_eq!(told["token_type"], "Bearer");
    assert_eq!(
        told["iss"],
        format!("http://{}", house.server.at("production"))
    );
    assert_eq!(
        told["exp"].as_i64().unwrap() - told["iat"].as_i64().unwrap(),
        answer.json()["expires_in"].as_i64().unwrap()
    );
}

#[test]
fn s199_s145_tokens_of_another_environment_are_inactive_in_every_format() {
    let house = house();
    let environments = ["production", "eddsa", "es256", "rs256"];
    for from in environments {
        let token = house.token(from, &house.credential(from));
        for to in environments.into_iter().filter(|to| *to != from) {
            let asker = house.resource_server(to);
            assert_eq!(
                house.introspect(to, &asker, &token).text(),
                INACTIVE,
                "{from} → {to}"
            );
            assert_eq!(
                house.orders(to, &token).refusal(),
                (401, "invalid_token".to_owned()),
                "{from} → {to}"
            );
        }
    }
}

#[test]
fn s141_a_wrong_hint_changes_nothing() {
    let house = house();
    let client = house.credential("production");
    let token = house.token("production", &client);
    for hint in ["refresh_token", "access_token", "nonsense", ""] {
        let asked = form(&[("token", &token), ("token_type_hint", hint)]);
        let answer = Request::post(INTROSPECT)
            .basic(&client)
            .form(asked)
            .send(house.server.at("production"));
        assert_eq!(answer.json()["active"], true, "{hint}");
    }
}
