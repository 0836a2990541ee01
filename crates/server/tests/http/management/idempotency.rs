//! `Idempotency-Key`: what is sent twice is made once.

use super::super::support::database::Database;
use super::super::support::until;
use super::*;

fn replayed(answer: &Answer) -> bool {
    answer.header("idempotent-replayed") == Some("true")
}

fn count(program: &Program, account: &str) -> usize {
    let listed = program.get(&format!("/credentials?account={account}"));
    listed.json().as_array().unwrap().len()
}

on_each_database! {
    /// However many arrive at once under one key, one of them makes a credential and is told its secret.
    fn of_many_requests_under_one_key_one_makes_a_credential(house) {
        let program = Program::new(house, "credentials:write,credentials:read");
        let (account, key) = (unique("Parallel"), unique("key"));
        let body = credential(&account);
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let calls: Vec<_> = (0..8).map(|_| scope.spawn(|| program.post_once("/credentials", &body, &key))).collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect()
        });
        let made: Vec<_> = answers.iter().filter(|answer| answer.status == 201 && !replayed(answer)).collect();
        assert_eq!(made.len(), 1, "{answers:?}");
        let first = made[0].json();
        assert!(first["client_secret"].as_str().is_some_and(|secret| !secret.is_empty()));
        for answer in answers.iter().filter(|answer| !std::ptr::eq(*answer, made[0])) {
            assert!(replayed(answer) || answer.status == 409, "{answer:?}");
        }
        let again = program.post_once("/credentials", &body, &format!("\"{key}\""));
        assert_eq!((again.status, replayed(&again)), (201, true));
        let mut expected = first;
        expected.as_object_mut().unwrap().remove("client_secret");
        assert_eq!(again.json(), expected, "the same answer, without what is told once");
        assert_eq!(count(&program, &account), 1);
    }

    /// S285: a secret is told at its creation and never after.
    fn s285_what_is_told_once_is_not_told_again(house) {
        let program = Program::new(house, "*");
        let account = unique("Replayed");
        let made = program.post("/credentials", &credential(&account)).json();
        let rotate = format!("/credentials/{}/rotate", made["uuid"].as_str().unwrap());
        for (path, body, once, id) in [
            ("/credentials", credential(&account), "client_secret", "uuid"),
            (rotate.as_str(), json!({ "overlap_seconds": 60 }), "client_secret", "secret_id"),
            ("/people", json!({ "environment": "production", "account": account, "username": unique("replayed") }), "invitation", "id"),
            ("/people/hand-over", json!({ "environment": "production", "account": account, "username": unique("handed") }), "hand_over", "id"),
            ("/operators/tokens", json!({ "name": unique("replayed") }), "operator_token", "id"),
        ] {
            let key = unique("key");
            let first = program.post_once(path, &body, &key);
            assert!(first.status < 300 && !replayed(&first), "{path}: {}", first.text());
            assert!(first.json()[once].is_string(), "{path}");
            let again = program.post_once(path, &body, &key);
            assert_eq!((again.status, replayed(&again)), (first.status, true), "{path}: {}", again.text());
            assert_eq!(again.json()[id], first.json()[id], "{path}");
            assert!(again.json().get(once).is_none(), "{path}");
            let other = program.post_once(path, &json!({ "environment": "production", "name": "Other", "account": "x", "username": "x", "description": "x" }), &key);
            assert!(matches!(other.status, 400 | 422), "{path}: {}", other.text());
        }
    }

    fn a_key_is_one_request_of_one_token(house) {
        let program = Program::new(house, "*");
        let stranger = Program::new(house, "*");
        let (account, key) = (unique("Keyed"), unique("key"));
        let body = credential(&account);
        assert_eq!(program.post_once("/credentials", &body, &key).status, 201);
        let mut other = body.clone();
        other["name"] = "Another".into();
        let refused = program.post_once("/credentials", &other, &key);
        assert_eq!((refused.status, refused.header("content-type")), (422, Some("application/problem+json")));
        assert_eq!(count(&program, &account), 1);
        // Another operator's key is another key, and without a key each request is one of its own.
        let own = stranger.post_once("/credentials", &body, &key);
        assert_eq!((own.status, replayed(&own)), (201, false));
        assert_eq!(program.post("/credentials", &body).status, 201);
        assert_eq!(count(&program, &account), 3);
        for wrong in ["", "a b", &"x".repeat(256)] {
            assert_eq!(program.post_once("/credentials", &body, wrong).status, 400, "{wrong}");
        }
        let twice = asked("POST", "/credentials", &body).header("Idempotency-Key", "a").header("Idempotency-Key", "b");
        assert_eq!(program.call(twice).status, 400);
    }

    fn a_refusal_is_not_kept(house) {
        let program = Program::new(house, "*");
        let (account, key) = (unique("Corrected"), unique("key"));
        let mut body = credential(&account);
        body["allow"] = json!(["nonsense=read"]);
        assert_eq!(program.post_once("/credentials", &body, &key).status, 400);
        let made = program.post_once("/credentials", &credential(&account), &key);
        assert_eq!((made.status, replayed(&made)), (201, false), "{}", made.text());
    }

    fn a_person_that_is_erased_is_in_no_kept_answer(house) {
        let program = Program::new(house, "*");
        let (username, key) = (unique("forgotten"), unique("key"));
        let body = json!({ "environment": "production", "account": unique("Forgotten"), "username": username });
        let made = program.post_once("/people", &body, &key).json();
        let erased = program.call(asked("DELETE", &format!("/people/{}", made["id"].as_str().unwrap()), &json!({})));
        assert_eq!(erased.status, 200);
        let again = program.post_once("/people", &body, &key);
        assert_eq!((again.status, replayed(&again)), (201, false), "{}", again.text());
    }
}

/// S298: neither what is told once nor a password that was asked for lies in the database, although the answer does.
fn search(database: Database) {
    let house = House::new(database);
    let program = Program::new(&house, "*");
    let (account, key) = (unique("Searched"), unique("key"));
    let made = program.post_once("/credentials", &credential(&account), &key);
    let secret = made.json()["client_secret"].as_str().unwrap().to_owned();
    let password = "c4nary in a coal mine";
    let body = json!({ "environment": "production", "account": account, "username": "anna", "password": password });
    assert_eq!(program.post_once("/people", &body, &key).status, 422);
    let key = unique("key");
    assert_eq!(program.post_once("/people", &body, &key).status, 201);
    assert!(replayed(&program.post_once("/people", &body, &key)));
    let holds = |needle: &str| {
        let mut places: Vec<Vec<u8>> = house
            .server
            .folder
            .files()
            .into_iter()
            .map(|(_, bytes)| bytes)
            .collect();
        places.push(house.server.database.dump());
        places.iter().any(|place| {
            place
                .windows(needle.len())
                .any(|window| window == needle.as_bytes())
        })
    };
    until("the kept answer is found", || {
        holds(&format!("\\\"account\\\":\\\"{account}\\\""))
            || holds(&format!("\"account\":\"{account}\""))
    });
    assert!(!holds(&secret) && !holds(password) && !holds(&key));
}

#[test]
fn s298_what_is_told_once_is_not_kept_on_sqlite() {
    search(Database::Sqlite);
}

#[test]
fn s298_what_is_told_once_is_not_kept_on_postgres() {
    match Database::postgres() {
        Some(database) => search(database),
        None => println!("not run: GRANTOR_TEST_POSTGRES is not set"),
    }
}
