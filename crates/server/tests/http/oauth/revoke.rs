//! `POST /oauth/revoke`

use crate::http::support::database::{Database, psql};
use crate::http::support::house::{GRANT, REVOKE};
use crate::http::support::request::form;
use crate::http::support::{Credential, House, Request, house, on_each_database};

on_each_database! {
    fn s135_a_token_that_never_was_or_is_over_is_revoked_all_the_same(house) {
        let client = house.credential("production");
        let token = house.token("production", &client);
        for token in [&token, &token, "nonsense"] {
            let answer = house.revoke("production", &client, token);
            assert_eq!((answer.status, answer.body.len()), (200, 0), "{token}");
        }
        assert!(!house.is_active("production", &client, &token));
        assert_eq!(house.orders("production", &token).status, 401);
    }

    fn s135_a_revoked_jwt_is_dead_too(house) {
        for environment in ["eddsa", "es256", "rs256"] {
            let client = house.credential(environment);
            let (dead, alive) = (house.token(environment, &client), house.token(environment, &client));
            assert_eq!(house.orders(environment, &dead).status, 200);
            assert_eq!(house.revoke(environment, &client, &dead).status, 200);
            assert!(!house.is_active(environment, &client, &dead), "{environment}");
            assert_eq!(house.orders(environment, &dead).status, 401, "{environment}");
            assert!(house.is_active(environment, &client, &alive), "{environment}");
        }
    }

    fn s136_who_revokes_must_prove_who_they_are(house) {
        let client = house.credential("production");
        let token = house.token("production", &client);
        let authority = house.server.at("production");
        let asked = Request::post(REVOKE).form(form(&[("token", &token)]));
        let wrong = Credential { client_secret: "wrong".to_owned(), ..client.clone() };
        let by_id = form(&[("token", &token), ("client_id", &client.client_id)]);
        for answer in [
            asked.send(authority),
            asked.clone().basic(&wrong).send(authority),
            asked.clone().bearer(&token).send(authority),
            Request::post(REVOKE).form(by_id).send(authority),
        ] {
            assert_eq!(answer.refusal(), (401, "invalid_client".to_owned()));
        }
        assert!(house.is_active("production", &client, &token));
    }

    fn s137_a_client_cannot_end_anothers_token(house) {
        for environment in ["production", "eddsa"] {
            let owner = house.credential(environment);
            let token = house.token(environment, &owner);
            let stranger = house.credential(environment);
            let resource_server = house.resource_server(environment);
            for asker in [&stranger, &resource_server] {
                let answer = house.revoke(environment, asker, &token);
                assert_eq!((answer.status, answer.body.len()), (200, 0), "as of a token that never was");
            }
            let public = house.public_client(environment);
            let asked = form(&[("token", &token), ("client_id", &public.client_id)]);
            Request::post(REVOKE).form(asked).send(house.server.at(environment));
            assert!(house.is_active(environment, &owner, &token), "{environment}");
            assert_eq!(house.orders(environment, &token).status, 200, "{environment}");
        }
    }
}

#[test]
fn s141_a_wrong_hint_does_not_save_a_token() {
    let house = house();
    let client = house.credential("production");
    for hint in ["refresh_token", "nonsense"] {
        let token = house.token("production", &client);
        let asked = form(&[("token", &token), ("token_type_hint", hint)]);
        assert_eq!(
            Request::post(REVOKE)
                .basic(&client)
                .form(asked)
                .send(house.server.at("production"))
                .status,
            200
        );
        assert!(!house.is_active("production", &client, &token), "{hint}");
    }
}

/// The database goes away under a server of its own, and comes back.
#[test]
fn s142_a_database_that_does_not_answer_is_never_a_success() {
    let Some(database) = Database::postgres() else {
        println!("not run: GRANTOR_TEST_POSTGRES is not set");
        return;
    };
    let Database::Postgres(url) = database.clone() else {
        unreachable!()
    };
    let admin = std::env::var("GRANTOR_TEST_POSTGRES").unwrap();
    let name = url.rsplit('/').next().unwrap().to_owned();
    let house = House::new(database);
    let client = house.credential("production");
    let token = house.token("production", &client);

    psql(
        &admin,
        &format!("alter database {name} allow_connections false"),
    );
    psql(
        &admin,
        &format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"),
    );
    for answer in [
        house.revoke("production", &client, &token),
        house.ask("production", &client, GRANT),
    ] {
        assert_eq!(
            answer.refusal(),
            (503, "temporarily_unavailable".to_owned())
        );
        assert!(answer.header("retry-after").is_some());
    }
    let stranger = Credential {
        client_id: "nobody".to_owned(),
        ..client.clone()
    };
    assert_eq!(
        house.ask("production", &stranger, GRANT).status,
        503,
        "nobody is refused for want of a database"
    );

    psql(
        &admin,
        &format!("alter database {name} allow_connections true"),
    );
    crate::http::support::until("it answers again", || {
        house.ask("production", &client, GRANT).status == 200
    });
    assert!(
        house.is_active("production", &client, &token),
        "the revocation that was not acknowledged did not happen"
    );
}
