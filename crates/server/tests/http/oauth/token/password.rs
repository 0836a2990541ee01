//! `grant_type=password`, and changing a password by program

use crate::http::support::browser::pair;
use crate::http::support::database::Database;
use crate::http::support::house::PASSWORD;
use crate::http::support::request::form;
use crate::http::support::{Answer, Credential, House, Request, house, on_each_database};

fn ask(
    house: &House,
    environment: &str,
    client: &Credential,
    username: &str,
    password: &str,
) -> Answer {
    let fields = [
        ("grant_type", "password"),
        ("username", username),
        ("password", password),
    ];
    house.ask(environment, client, &form(&fields))
}

fn by_body(house: &House, path: &str, client: &Credential, fields: &[(&str, &str)]) -> Answer {
    let own = [
        ("client_id", client.client_id.as_str()),
        ("client_secret", &client.client_secret),
    ];
    Request::post(path)
        .form(form(&[fields, &own].concat()))
        .send(house.server.at("legacy"))
}

on_each_database! {
    fn px7_s086_s089_one_answer_for_every_wrong_person(house) {
        let client = house.client_of("production", "password", &[]);
        let person = house.person("production", &[]);
        let answer = ask(house, "production", &client, &person.to_uppercase(), PASSWORD);
        assert_eq!(pair(&answer).1.len(), 80);
        let disabled = house.person("production", &[]);
        house.server.json(&["people", "disable", &disabled, "--environment", "production"], None);
        let elsewhere = house.person("sandbox", &[]);
        let must_change = house.person("production", &["--must-change-password"]);
        house.server.json(
            &["people", "create", "--environment", "production", "--account", "Other", "--username", &format!("other-{person}"), "--password-stdin"],
            Some(PASSWORD),
        );
        let wrong: Vec<Answer> = [
            ("nobody", PASSWORD),
            (&person, "wrong password"),
            (&disabled, PASSWORD),
            (&elsewhere, PASSWORD),
            (&must_change, "wrong password"),
            (&must_change, PASSWORD),
            (&format!("other-{person}"), PASSWORD),
            (&person, &"p".repeat(2000)),
        ]
        .into_iter()
        .map(|(username, password)| ask(house, "production", &client, username, password))
        .collect();
        for answer in &wrong {
            assert_eq!(answer.refusal(), (400, "invalid_grant".to_owned()));
            assert_eq!(answer.body, wrong[0].body);
        }
    }

    fn s085_s099_without_permission_the_password_is_never_looked_at(house) {
        let client = house.client_of("production", "authorization_code", &[]);
        let person = house.person("production", &[]);
        for _ in 0..12 {
            let answer = ask(house, "production", &client, &person, "wrong password");
            assert_eq!(answer.refusal(), (400, "unauthorized_client".to_owned()));
        }
        let allowed = house.client_of("production", "password", &[]);
        pair(&ask(house, "production", &allowed, &person, PASSWORD));
        let scope = [("grant_type", "password"), ("username", person.as_str()), ("password", PASSWORD), ("scope", "orders.delete")];
        assert_eq!(house.ask("production", &allowed, &form(&scope)).error(), "invalid_scope", "S099");
    }

    fn s096_s097_guessing_is_slowed_in_one_place_and_spellings_share_a_count(house) {
        let client = house.client_of("sandbox", "password", &[]);
        let person = house.person("sandbox", &[]);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..15)
                .map(|number| {
                    let spelling = if number % 2 == 0 { person.to_uppercase() } else { format!(" {person} ") };
                    let client = &client;
                    scope.spawn(move || ask(house, "sandbox", client, &spelling, "wrong password").status)
                })
                .collect();
            tries.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|&&status| status == 400).count(), 10, "{statuses:?}");
        let refused = ask(house, "sandbox", &client, &person, PASSWORD);
        assert_eq!(refused.status, 429);
        assert!(refused.header("retry-after").is_some());
        let other = house.person("sandbox", &[]);
        pair(&ask(house, "sandbox", &client, &other, PASSWORD));
    }

    fn px8_px9_s091_s092_a_password_that_must_be_changed_is_changed_by_program(house) {
        let client = house.client_of("legacy", "password", &[]);
        let name = format!("changes-{}", client.client_id);
        let id = house.person_named("legacy", &name, &["--must-change-password"]);
        let token = |password: &str| by_body(house, "/token", &client, &[("grant_type", "password"), ("username", &name), ("password", password)]);
        let told = token(PASSWORD);
        assert_eq!((told.status, told.text()), (200, format!(r#"{{"userid":"{id}","RequireChangePassword":true}}"#).as_str()));
        assert_eq!(token("wrong password").refusal(), (400, "invalid_grant".to_owned()));
        let change = |userid: &str, old: &str, new: &str| {
            let answer = by_body(house, "/token/ChangePassword", &client, &[("userid", userid), ("password", old), ("newpassword", new)]);
            assert_eq!(answer.status, 200, "{answer:?}");
            (answer.json()["success"].as_bool().unwrap(), answer.json()["message"].as_str().unwrap().to_owned())
        };
        for (userid, old, new, word) in [
            (id.as_str(), "wrong password", "a whole new phrase", "not right"),
            ("nobody", PASSWORD, "a whole new phrase", "not right"),
            (&id, PASSWORD, "short", "at least 8"),
            (&id, PASSWORD, "Password123", "common"),
            (&id, PASSWORD, PASSWORD, "the old one"),
            (&id, PASSWORD, &name, "username"),
            (&id, PASSWORD, "", "newpassword is missing"),
        ] {
            let (success, message) = change(userid, old, new);
            assert!(!success && message.contains(word), "{message}");
        }
        let wrong = Credential { client_secret: "wrong".to_owned(), ..client.clone() };
        let answer = by_body(house, "/token/ChangePassword", &wrong, &[("userid", &id), ("password", PASSWORD), ("newpassword", "a whole new phrase")]);
        assert_eq!(answer.status, 401);
        // S091: of two at once one wins.
        let won: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..4).map(|_| scope.spawn(|| usize::from(change(&id, PASSWORD, "a whole new phrase").0))).collect();
            tries.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(won, 1);
        pair(&token("a whole new phrase"));
        assert_eq!(token(PASSWORD).refusal(), (400, "invalid_grant".to_owned()));
    }
}

#[test]
fn s094_a_huge_password_is_refused_before_it_is_read() {
    let house = house();
    let client = house.client_of("production", "password", &[]);
    let answer = ask(
        house,
        "production",
        &client,
        "anna",
        &"p".repeat(10 * 1024 * 1024),
    );
    assert_eq!(answer.status, 413);
}

#[test]
fn s095_many_at_once_are_told_to_come_back_and_the_server_stays_well() {
    // A server of its own: the others who sign in meanwhile are not to be told to come back.
    let house = &House::new(Database::Sqlite);
    let client = house.client_of("rs256", "password", &[]);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..100)
            .map(|number| {
                let client = &client;
                scope.spawn(move || {
                    ask(house, "rs256", client, &format!("nobody{number}"), PASSWORD).status
                })
            })
            .collect();
        let well = Request::get("/healthz").send(&house.server.admin);
        assert_eq!(well.status, 200);
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(
        statuses
            .iter()
            .all(|status| [400, 429, 503].contains(status)),
        "{statuses:?}"
    );
    assert!(statuses.contains(&400));
}
