//! The grant `client_credentials`.

use std::collections::BTreeSet;

use crate::http::support::house::{GRANT, access_token};
use crate::http::support::request::form;
use crate::http::support::{Answer, House, house, on_each_database};

fn ask_scope(house: &House, scope: &str) -> Answer {
    let client = house.server.credential(
        "production",
        &[
            "--version",
            "v1",
            "--allow",
            "orders=read",
            "--allow",
            "tags=read,add",
        ],
    );
    house.ask(
        "production",
        &client,
        &form(&[("grant_type", "client_credentials"), ("scope", scope)]),
    )
}

fn is_invalid_scope(answer: &Answer, what: &str) {
    assert_eq!(
        answer.refusal(),
        (400, "invalid_scope".to_owned()),
        "{what:?}"
    );
}

on_each_database! {
    fn s072_a_scope_that_was_not_granted_is_never_issued(house) {
        is_invalid_scope(&ask_scope(house, "orders.add"), "another permission");
        is_invalid_scope(&ask_scope(house, "orders.read orders.add"), "one of two");
        is_invalid_scope(&ask_scope(house, "shifts.read"), "no scope of the platform");
        let answer = ask_scope(house, "tags.add orders.read");
        assert_eq!(access_token(&answer).len(), 74);
        let granted: BTreeSet<_> = answer.json()["scope"].as_str().unwrap().split(' ').map(str::to_owned).collect();
        assert_eq!(granted, BTreeSet::from(["orders.read".to_owned(), "tags.add".to_owned()]));
    }
}

#[test]
fn without_a_scope_the_answer_grants_all_that_the_credential_has() {
    let house = house();
    let client = house.server.credential(
        "production",
        &["--version", "v1", "--allow", "orders=read,add"],
    );
    for encoded in [GRANT, "grant_type=client_credentials&scope="] {
        let answer = house.ask("production", &client, encoded).json();
        let granted: BTreeSet<_> = answer["scope"].as_str().unwrap().split(' ').collect();
        assert_eq!(granted, BTreeSet::from(["orders.read", "orders.add"]));
    }
}

#[test]
fn s074_a_scope_outside_the_grammar_is_refused() {
    let house = house();
    for scope in [
        "orders.read  tags.read",
        " orders.read",
        "orders.read ",
        "orders.read\ttags.read",
        "orders.read,tags.read",
        "orders.read+tags.read",
        "\"orders.read\"",
        "orders\\.read",
        "órders.read",
        "orders.read\ntags.read",
        " ",
    ] {
        is_invalid_scope(&ask_scope(house, scope), scope);
    }
}

#[test]
fn s075_scopes_are_compared_letter_by_letter() {
    let house = house();
    for scope in [
        "Orders.read",
        "ORDERS.READ",
        "orders",
        "orders.",
        "orders.rea",
        "orders.read.all",
        "*",
        "orders.*",
        "orders.all",
        "orders=read",
    ] {
        is_invalid_scope(&ask_scope(house, scope), scope);
    }
}

#[test]
fn s076_repetition_does_not_make_a_token_longer() {
    let house = house();
    let answer = ask_scope(house, "orders.read orders.read orders.read");
    assert_eq!(answer.json()["scope"], "orders.read");
    let many: Vec<String> = (0..300).map(|number| format!("s{number}")).collect();
    let answer = ask_scope(house, &many.join(" "));
    assert_eq!(answer.status, 400, "{answer:?}");
}

on_each_database! {
    fn s077_px6_there_is_never_a_refresh_token_nor_an_id_token(house) {
        for environment in ["production", "eddsa"] {
            let client = house.credential(environment);
            let answer = house.ask(environment, &client, GRANT).json();
            let members: BTreeSet<_> = answer.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(members, BTreeSet::from(["access_token", "token_type", "expires_in", "scope"]));
            for scope in ["offline_access", "openid", "orders.read offline_access"] {
                let answer = house.ask(environment, &client, &form(&[("grant_type", "client_credentials"), ("scope", scope)]));
                is_invalid_scope(&answer, scope);
            }
        }
    }

    fn s079_what_is_switched_off_stops_at_once(house) {
        for environment in ["production", "eddsa"] {
            let client = house.credential(environment);
            let asker = house.resource_server(environment);
            let state = |token: &str| {
                let active = house.introspect(environment, &asker, token).json()["active"].as_bool().unwrap();
                (house.ask(environment, &client, GRANT).status, active, house.orders(environment, token).status)
            };
            let token = house.token(environment, &client);
            assert_eq!(state(&token), (200, true, 200));
            house.server.json(&["credentials", "disable", &client.uuid], None);
            assert_eq!(state(&token), (401, false, 401), "{environment}");
            house.server.json(&["credentials", "enable", &client.uuid], None);
            assert_eq!(state(&token), (200, true, 200), "{environment}");

            let account = format!("Suspended {environment}");
            let client = house.server.credential_of(&account, environment, &["--version", "v1", "--allow", "orders=read"], None);
            let token = house.token(environment, &client);
            house.server.json(&["accounts", "suspend", &account], None);
            assert_eq!(house.ask(environment, &client, GRANT).refusal(), (401, "invalid_client".to_owned()));
            assert_eq!(house.introspect(environment, &asker, &token).text(), r#"{"active":false}"#);
            assert_eq!(house.orders(environment, &token).status, 401);
            house.server.json(&["accounts", "restore", &account], None);
            assert_eq!(house.orders(environment, &token).status, 200);
        }
    }

    fn s080_a_client_of_one_environment_is_unknown_in_the_others(house) {
        let environments = ["production", "sandbox", "eddsa"];
        for home in environments {
            let client = house.credential(home);
            for away in environments.into_iter().filter(|away| *away != home) {
                let unknown = crate::http::support::Credential { client_id: "nobody".to_owned(), ..client.clone() };
                let (foreign, unknown) = (house.ask(away, &client, GRANT), house.ask(away, &unknown, GRANT));
                assert_eq!(foreign.refusal(), (401, "invalid_client".to_owned()), "{home} → {away}");
                assert_eq!(foreign.text(), unknown.text());
            }
            house.token(home, &client);
        }
    }
}

#[test]
fn s081_a_resource_that_is_not_for_this_client_is_refused() {
    let house = house();
    let client = house.credential("production");
    for resource in [
        "https://other.example",
        "orders",
        "/v1/orders",
        "https://other.example/#part",
    ] {
        let answer = house.ask(
            "production",
            &client,
            &form(&[("grant_type", "client_credentials"), ("resource", resource)]),
        );
        assert_eq!(
            answer.refusal(),
            (400, "invalid_target".to_owned()),
            "{resource}"
        );
    }
    let ours = format!("http://{}", house.server.at("production"));
    let two = form(&[
        ("grant_type", "client_credentials"),
        ("resource", &ours),
        ("resource", "https://other.example"),
    ]);
    assert_eq!(
        house.ask("production", &client, &two).refusal(),
        (400, "invalid_target".to_owned())
    );
    access_token(&house.ask(
        "production",
        &client,
        &form(&[("grant_type", "client_credentials"), ("resource", &ours)]),
    ));
}

#[test]
fn s082_parameters_that_are_not_ours_change_nothing() {
    let house = house();
    let client = house.credential("production");
    let extra = form(&[
        ("username", "root"),
        ("sub", "root"),
        ("act", "{}"),
        ("claims", "{\"sub\":\"root\"}"),
        ("client_type", "admin"),
        ("credential", "root"),
        ("expires_in", "999999"),
    ]);
    let answer = house.ask("production", &client, &format!("{GRANT}&{extra}"));
    let plain = house.ask("production", &client, GRANT).json();
    for member in ["scope", "expires_in", "token_type"] {
        assert_eq!(answer.json()[member], plain[member]);
    }
    let told = house
        .introspect("production", &client, &access_token(&answer))
        .json();
    assert_eq!(
        (&told["sub"], &told["client_id"]),
        (
            &client.client_id.as_str().into(),
            &client.client_id.as_str().into()
        )
    );
}

#[test]
fn a_grant_that_is_not_built_is_refused_to_a_client_that_has_it() {
    let house = house();
    let client = house.server.credential(
        "production",
        &[
            "--version",
            "v1",
            "--allow",
            "orders=read",
            "--grant-type",
            "password",
        ],
    );
    assert_eq!(
        house.ask("production", &client, GRANT).refusal(),
        (400, "unauthorized_client".to_owned())
    );
    let answer = house.ask(
        "production",
        &house.credential("production"),
        "grant_type=password&username=a&password=b",
    );
    assert_eq!(answer.refusal(), (400, "unauthorized_client".to_owned()));
}
