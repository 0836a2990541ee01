//! `grant_type=authorization_code`

use crate::http::support::browser::{VERIFIER, pair};
use crate::http::support::house::{CALLBACK, access_token};
use crate::http::support::request::form;
use crate::http::support::{Answer, Credential, House, house, on_each_database, until};

fn refused(answer: &Answer) {
    assert_eq!(
        answer.refusal(),
        (400, "invalid_grant".to_owned()),
        "{answer:?}"
    );
    assert!(
        !answer.text().contains("code"),
        "one body for every cause: {}",
        answer.text()
    );
}

/// A token request with a code and whatever else.
fn ask(house: &House, client: &Credential, code: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    fields.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    house.ask("production", client, &form(&fields))
}

on_each_database! {
    fn s101_a_proven_replay_ends_what_the_code_gave(house) {
        for environment in ["production", "eddsa"] {
            let client = house.client_of(environment, "authorization_code", &[]);
            let code = house.code(environment, &client, &[]);
            let (access, refresh) = pair(&house.redeem(environment, &client, &code));
            assert_eq!(house.orders(environment, &access).status, 200);
            let (second, newer) = pair(&house.refresh(environment, &client, &refresh));
            refused(&house.redeem(environment, &client, &code));
            for dead in [&access, &second] {
                assert_eq!(house.orders(environment, dead).status, 401, "{environment}");
                assert!(!house.is_active(environment, &client, dead));
            }
            refused(&house.refresh(environment, &client, &newer));
            let trail = house.server.json(&["audit", "list", "--event", "authorization_code.replayed", "--environment", environment], None);
            assert!(trail.as_array().unwrap().iter().any(|event| event["actor"] == format!("credential:{}", client.uuid)));
        }
    }

    fn s102_s104_s106_s109_s110_s115_who_cannot_prove_it_changes_nothing(house) {
        let client = house.client_of("production", "authorization_code", &[]);
        let thief = house.client_of("production", "authorization_code", &[]);
        let code = house.code("production", &client, &[]);
        refused(&ask(house, &thief, &code, &[]));
        for more in [
            ("redirect_uri", ""),
            ("redirect_uri", "https://app.example.com/back/"),
            ("code_verifier", ""),
            ("code_verifier", "wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong"),
        ] {
            refused(&ask(house, &client, &code, &[more]));
        }
        // Four failed proofs: the fifth request may still be right.
        let access = access_token(&ask(house, &client, &code, &[]));
        refused(&ask(house, &thief, &code, &[]));
        refused(&ask(house, &client, &code, &[("code_verifier", "wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong")]));
        assert_eq!(house.orders("production", &access).status, 200, "a replay without proof ends nothing");
    }

    fn s115_five_failed_proofs_and_the_code_is_dead(house) {
        let client = house.client_of("production", "authorization_code", &[]);
        let code = house.code("production", &client, &[]);
        for verifier in [
            &format!("{VERIFIER}\n"),
            &format!("{VERIFIER}="),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            &VERIFIER[..42],
            &"v".repeat(129),
        ] {
            refused(&ask(house, &client, &code, &[("code_verifier", verifier)]));
        }
        refused(&ask(house, &client, &code, &[]));
    }

    fn fifty_redemptions_of_one_code_have_one_winner(house) {
        let client = house.client_of("production", "authorization_code", &[]);
        let code = house.code("production", &client, &[]);
        let won: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..50)
                .map(|_| scope.spawn(|| house.redeem("production", &client, &code).status == 200))
                .collect();
            tries.into_iter().map(|one| usize::from(one.join().unwrap())).sum()
        });
        assert_eq!(won, 1);
    }

    fn s105_a_code_that_is_over_is_refused(house) {
        let client = house.client_of("brief", "authorization_code", &[]);
        let code = house.code("brief", &client, &[]);
        std::thread::sleep(std::time::Duration::from_millis(1100)); // the code's whole lifetime: nothing else tells its end
        refused(&house.redeem("brief", &client, &code));
    }
}

#[test]
fn s107_s119_s130_no_artefact_passes_for_another() {
    let house = house();
    let client = house.client_of("production", "authorization_code", &[]);
    let (access, refresh) = house.pair("production", &client);
    let code = house.code("production", &client, &[]);
    let changed = format!(
        "{}{}",
        &code[..code.len() - 1],
        if code.ends_with('A') { 'B' } else { 'A' }
    );
    let foreign = house.client_of("sandbox", "authorization_code", &[]);
    let of_sandbox = house.code("sandbox", &foreign, &[]);
    for wrong in [&access, &refresh, &changed, &code[..40], "x", &of_sandbox] {
        refused(&ask(house, &client, wrong, &[]));
    }
    for wrong in [&access, &code, "x", &refresh[..40]] {
        let answer = house.refresh("production", &client, wrong);
        assert_eq!(
            answer.refusal(),
            (400, "invalid_grant".to_owned()),
            "{wrong}"
        );
    }
    for wrong in [&refresh, &code] {
        assert_eq!(house.orders("production", wrong).status, 401);
        assert!(!house.is_active("production", &client, wrong));
    }
    let answer = ask(house, &client, "", &[("code", "")]);
    assert_eq!(answer.refusal(), (400, "invalid_request".to_owned()));
    assert_eq!(ask(house, &client, &"c".repeat(300), &[]).status, 400);
    access_token(&ask(house, &client, &code, &[]));
}

#[test]
fn s111_a_verifier_that_was_not_asked_for_is_a_downgrade() {
    let house = house();
    let client = house.client_of("production", "authorization_code", &["--pkce-exempt"]);
    let no_pkce = [("code_challenge", ""), ("code_challenge_method", "")];
    let code = house.code("production", &client, &no_pkce);
    refused(&ask(house, &client, &code, &[]));
    access_token(&ask(house, &client, &code, &[("code_verifier", "")]));
}

#[test]
fn s116_a_person_who_is_gone_redeems_nothing() {
    let house = house();
    let client = house.client_of("production", "authorization_code", &[]);
    let cli = &house.server;
    for (number, how) in [
        &["people", "disable"][..],
        &["people", "set-password"],
        &["people", "erase"],
    ]
    .iter()
    .enumerate()
    {
        let person = format!("gone{number}");
        house.person_named("production", &person, &[]);
        let target = crate::http::support::browser::request_of(&client, &[]);
        let mut browser = crate::http::support::Browser::at(cli.at("production"));
        let back = browser.walk(&target, &person);
        let code = crate::http::support::browser::parameter(&back, "code").unwrap();
        let second =
            crate::http::support::browser::parameter(&browser.walk(&target, &person), "code")
                .unwrap();
        let (access, refresh) = pair(&ask(house, &client, &second, &[]));
        assert_eq!(house.orders("production", &access).status, 200);
        let more: &[&str] = match how[1] {
            "set-password" => &["--password-stdin"],
            "erase" => &["--yes"],
            _ => &[],
        };
        cli.json(
            &[
                how,
                &[person.as_str()][..],
                &["--environment", "production"],
                more,
            ]
            .concat(),
            Some("another passphrase"),
        );
        refused(&ask(house, &client, &code, &[]));
        refused(&house.refresh("production", &client, &refresh));
        until("the token is dead", || {
            house.orders("production", &access).status == 401
        });
        assert_eq!(
            crate::http::support::browser::location(&browser.get(&target)),
            None,
            "the session ended too"
        );
    }
}

#[test]
fn introspection_and_the_upstream_learn_for_whom() {
    let house = house();
    let client = house.client_of("production", "authorization_code", &[]);
    let id = house.person_named("production", "Wilhelmina", &[]);
    let back = crate::http::support::Browser::at(house.server.at("production")).walk(
        &crate::http::support::browser::request_of(&client, &[]),
        "wilhelmina",
    );
    let code = crate::http::support::browser::parameter(&back, "code").unwrap();
    let (access, _) = pair(&ask(house, &client, &code, &[]));
    let told = house.introspect("production", &client, &access).json();
    assert_eq!(
        (&told["sub"], &told["username"]),
        (&id.clone().into(), &"Wilhelmina".into())
    );
}
