//! `grant_type=refresh_token`

use crate::http::support::browser::pair;
use crate::http::support::request::form;
use crate::http::support::{Answer, Credential, House, Request, house, on_each_database};

fn refused(answer: &Answer) {
    assert_eq!(
        answer.refusal(),
        (400, "invalid_grant".to_owned()),
        "{answer:?}"
    );
}

/// A family of the legacy environment, whose client sends its secret in the body.
fn legacy(house: &House) -> (Credential, String, String) {
    let client = house.client_of("legacy", "password", &[]);
    let person = house.person("legacy", &[]);
    let fields = [
        ("grant_type", "password"),
        ("username", &person),
        ("password", "tomato bicycle"),
    ];
    let (access, refresh) = pair(&by_body(house, &client, &fields));
    (client, access, refresh)
}

fn by_body(house: &House, client: &Credential, fields: &[(&str, &str)]) -> Answer {
    let own = [
        ("client_id", client.client_id.as_str()),
        ("client_secret", &client.client_secret),
    ];
    Request::post("/token")
        .form(form(&[fields, &own].concat()))
        .send(house.server.at("legacy"))
}

on_each_database! {
    fn s120_s134_a_replay_ends_the_family(house) {
        for environment in ["production", "eddsa"] {
            let client = house.client_of(environment, "authorization_code", &[]);
            let (a1, r1) = house.pair(environment, &client);
            let (a2, r2) = pair(&house.refresh(environment, &client, &r1));
            let (a3, r3) = pair(&house.refresh(environment, &client, &r2));
            assert_eq!(house.orders(environment, &a3).status, 200);
            let (other, _) = house.pair(environment, &client);
            refused(&house.refresh(environment, &client, &r1));
            refused(&house.refresh(environment, &client, &r3));
            for dead in [&a1, &a2, &a3] {
                assert_eq!(house.orders(environment, dead).status, 401, "{environment}");
            }
            assert_eq!(house.orders(environment, &other).status, 200, "S134: another family is untouched");
        }
    }

    fn s121_a_lost_answer_can_be_asked_for_again(house) {
        let client = house.client_of("production", "authorization_code", &[]);
        let (_, r1) = house.pair("production", &client);
        let (a2, r2) = pair(&house.refresh("production", &client, &r1));
        let (a3, r3) = pair(&house.refresh("production", &client, &r1));
        assert_eq!(house.orders("production", &a2).status, 401, "the lost answer is dead");
        assert_eq!(house.orders("production", &a3).status, 200);
        // Now that the successor was used, the first one is a replay.
        refused(&house.refresh("production", &client, &r1));
        refused(&house.refresh("production", &client, &r2));
        refused(&house.refresh("production", &client, &r3));
        assert_eq!(house.orders("production", &a3).status, 401);
    }

    fn s122_only_the_one_before_may_be_asked_for_again(house) {
        let client = house.client_of("production", "authorization_code", &[]);
        let (_, r1) = house.pair("production", &client);
        let (_, r2) = pair(&house.refresh("production", &client, &r1));
        let (_, r3) = pair(&house.refresh("production", &client, &r2));
        refused(&house.refresh("production", &client, &r1));
        refused(&house.refresh("production", &client, &r3));
    }

    fn px5_a_used_refresh_token_is_dead_at_once_where_the_dialect_says_so(house) {
        let (client, access, r1) = legacy(house);
        let refresh = |token: &str| by_body(house, &client, &[("grant_type", "refresh_token"), ("refresh_token", token)]);
        let (_, r2) = pair(&refresh(&r1));
        refused(&refresh(&r1));
        refused(&refresh(&r2));
        assert_eq!(Request::get("/any").bearer(&access).send(house.server.at("legacy")).status, 401);
    }

    fn fifty_uses_of_one_refresh_token_leave_one_branch(house) {
        let client = house.client_of("production", "authorization_code", &[]);
        let (_, r1) = house.pair("production", &client);
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..50).map(|_| scope.spawn(|| house.refresh("production", &client, &r1))).collect();
            tries.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).map(pair).collect();
        assert!(!won.is_empty());
        let living = won.iter().filter(|(access, _)| house.is_active("production", &client, access)).count();
        assert_eq!(living, 1, "of {} answers one lives", won.len());
        let (strict, _, r1) = legacy(house);
        let fields = [("grant_type", "refresh_token"), ("refresh_token", r1.as_str())];
        let won: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..50).map(|_| scope.spawn(|| by_body(house, &strict, &fields).status == 200)).collect();
            tries.into_iter().map(|one| usize::from(one.join().unwrap())).sum()
        });
        assert_eq!(won, 1);
    }

    fn s125_another_clients_refresh_token_is_nobodys(house) {
        let client = house.client_of("production", "authorization_code", &[]);
        let (_, r1) = house.pair("production", &client);
        let other = house.client_of("production", "authorization_code", &[]);
        refused(&house.refresh("production", &other, &r1));
        let wrong = Credential { client_secret: "wrong".to_owned(), ..client.clone() };
        assert_eq!(house.refresh("production", &wrong, &r1).status, 401);
        pair(&house.refresh("production", &client, &r1));
    }

    fn s129_withdrawn_consent_ends_it_and_a_rotated_secret_does_not(house) {
        let client = house.client_of("production", "authorization_code", &[]);
        let (_, r1) = house.pair("production", &client);
        let rotated = house.server.json(&["credentials", "rotate", &client.uuid, "--overlap", "0s"], None);
        let secret = rotated["client_secret"].as_str().unwrap().to_owned();
        let client = Credential { client_secret: secret, ..client };
        let (_, r2) = pair(&house.refresh("production", &client, &r1));
        // Ending all tokens of the credential ends what could be refreshed.
        house.server.json(&["tokens", "revoke", "--credential", &client.uuid], None);
        refused(&house.refresh("production", &client, &r2));
    }

    fn s105_a_refresh_token_that_lay_idle_is_over(house) {
        let client = house.client_of("brief", "password", &[]);
        let person = house.person("brief", &[]);
        let fields = [("grant_type", "password"), ("username", &person), ("password", "tomato bicycle")];
        let (_, refresh) = pair(&house.ask("brief", &client, &form(&fields)));
        std::thread::sleep(std::time::Duration::from_millis(2100)); // its whole idle lifetime: nothing else tells its end
        refused(&house.refresh("brief", &client, &refresh));
    }
}

#[test]
fn s126_s127_scope_and_resource_stay_within_what_was_granted() {
    let house = house();
    let client = house.client_of("production", "authorization_code", &[]);
    let code = house.code("production", &client, &[("scope", "orders.read")]);
    let (_, mut refresh) = pair(&house.redeem("production", &client, &code));
    let with = |token: &str, more: (&str, &str)| {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            more,
        ];
        house.ask("production", &client, &form(&fields))
    };
    assert_eq!(
        with(&refresh, ("scope", "orders.read orders.add")).error(),
        "invalid_scope"
    );
    assert_eq!(
        with(&refresh, ("resource", "https://other.example.com")).error(),
        "invalid_target"
    );
    for scope in ["orders.read", ""] {
        let answer = with(&refresh, ("scope", scope));
        assert_eq!(answer.json()["scope"], "orders.read");
        refresh = pair(&answer).1;
    }
}

#[test]
fn s135_s139_revoking_a_refresh_token_ends_all_that_came_with_it() {
    let house = house();
    let client = house.client_of("production", "authorization_code", &[]);
    let other = house.client_of("production", "authorization_code", &[]);
    let (access, refresh) = house.pair("production", &client);
    assert_eq!(house.revoke("production", &other, &refresh).status, 200);
    assert_eq!(
        house.orders("production", &access).status,
        200,
        "another client's word counts for nothing"
    );
    assert_eq!(house.revoke("production", &client, &refresh).status, 200);
    assert_eq!(house.orders("production", &access).status, 401);
    assert!(!house.is_active("production", &client, &access));
    refused(&house.refresh("production", &client, &refresh));
}

/// The rule: an access token goes alone. Who wants all of it to end revokes the refresh token.
#[test]
fn s140_revoking_an_access_token_leaves_the_refresh_token() {
    let house = house();
    let client = house.client_of("production", "authorization_code", &[]);
    let (access, refresh) = house.pair("production", &client);
    assert_eq!(house.revoke("production", &client, &access).status, 200);
    assert_eq!(house.orders("production", &access).status, 401);
    let (access, _) = pair(&house.refresh("production", &client, &refresh));
    assert_eq!(house.orders("production", &access).status, 200);
}

#[test]
fn s146_a_refresh_token_is_no_token_for_an_api() {
    let house = house();
    let client = house.client_of("production", "authorization_code", &[]);
    let (_, refresh) = house.pair("production", &client);
    let api = house.resource_server("production");
    for asker in [&api, &client] {
        let answer = house.introspect("production", asker, &refresh);
        assert_eq!((answer.status, answer.text()), (200, "{\"active\":false}"));
    }
}
