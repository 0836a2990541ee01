//! Who is asking: `client_secret_basic`, `client_secret_post`, public clients.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::http::support::browser::now_in_seconds;
use crate::http::support::house::{GRANT, TOKEN, access_token, setup};
use crate::http::support::request::form;
use crate::http::support::{
    Answer, Credential, House, Request, exchange, house, on_each_database, until,
};

fn is_invalid_client(answer: &Answer) {
    assert_eq!(
        answer.refusal(),
        (401, "invalid_client".to_owned()),
        "{answer:?}"
    );
    assert!(
        answer
            .header("www-authenticate")
            .unwrap()
            .starts_with("Basic realm=\""),
        "{answer:?}"
    );
}

fn is_invalid_request(answer: &Answer) {
    assert_eq!(
        answer.refusal(),
        (400, "invalid_request".to_owned()),
        "{answer:?}"
    );
}

fn with_secret(client: &Credential, secret: &str) -> Credential {
    Credential {
        client_secret: secret.to_owned(),
        ..client.clone()
    }
}

fn header(house: &House, value: impl AsRef<[u8]>) -> Answer {
    Request::post(TOKEN)
        .header("Authorization", value)
        .form(GRANT)
        .send(house.server.at("production"))
}

#[test]
fn s034_a_client_id_alone_proves_nothing() {
    let house = house();
    let client = house.credential("production");
    let authority = house.server.at("production");
    is_invalid_client(&Request::post(TOKEN).form(GRANT).send(authority));
    let by_id = form(&[
        ("grant_type", "client_credentials"),
        ("client_id", &client.client_id),
    ]);
    is_invalid_client(&Request::post(TOKEN).form(&by_id).send(authority));
    is_invalid_client(
        &Request::post(TOKEN)
            .form(format!("{by_id}&client_secret="))
            .send(authority),
    );
}

on_each_database! {
    fn s035_s080_four_ways_not_to_be_a_client_and_one_answer(house) {
        for environment in ["production", "chosen"] {
            let make = |environment: &str| match environment {
                "chosen" => house.server.chosen_credential(environment, "a secret that a person chose 1", &["--version", "v1", "--allow", "orders=all"]),
                _ => house.credential(environment),
            };
            let client = make(environment);
            let disabled = make(environment);
            house.server.json(&["credentials", "disable", &disabled.uuid], None);
            let unknown = Credential { client_id: "nobody".to_owned(), ..client.clone() };
            let foreign = make("sandbox");
            let answers = [unknown, with_secret(&client, "wrong"), disabled, foreign].map(|client| {
                let asked = form(&[("grant_type", "client_credentials"), ("client_id", &client.client_id), ("client_secret", &client.client_secret)]);
                [house.ask(environment, &client, GRANT), Request::post(TOKEN).form(asked).send(house.server.at(environment))]
            });
            let [first, ..] = &answers;
            for answer in answers.iter().flatten() {
                is_invalid_client(answer);
                assert_eq!(answer.text(), first[0].text(), "{environment}");
                assert_eq!(answer.header("www-authenticate"), first[0].header("www-authenticate"));
            }
            house.token(environment, &client);
        }
    }
}

/// The work that hides whether a client exists is really done. That it hides it is measured by `just timing`.
#[test]
fn s036_an_unknown_client_costs_a_check_of_a_dummy_secret() {
    let house = house();
    for environment in ["production", "chosen"] {
        let before = house.server.counter("grantor_decoys_checked_total", "");
        let unknown = Credential {
            uuid: String::new(),
            client_id: "nobody".to_owned(),
            client_secret: "wrong".to_owned(),
        };
        is_invalid_client(&house.ask(environment, &unknown, GRANT));
        assert!(
            house.server.counter("grantor_decoys_checked_total", "") > before,
            "{environment}"
        );
    }
}

#[test]
fn s039_two_methods_are_one_too_many() {
    let house = house();
    let client = house.credential("production");
    let authority = house.server.at("production");
    let assertion = "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=a.b.c";
    let secret = form(&[
        ("client_id", &client.client_id),
        ("client_secret", &client.client_secret),
    ]);
    is_invalid_request(
        &Request::post(TOKEN)
            .basic(&client)
            .form(format!("{GRANT}&{assertion}"))
            .send(authority),
    );
    is_invalid_request(
        &Request::post(TOKEN)
            .form(format!("{GRANT}&{secret}&{assertion}"))
            .send(authority),
    );
    is_invalid_request(
        &Request::post(TOKEN)
            .basic(&client)
            .form(format!("{GRANT}&{secret}"))
            .send(authority),
    );
    // An assertion alone is no method of ours yet, and no way around a secret.
    is_invalid_client(
        &Request::post(TOKEN)
            .form(format!(
                "{GRANT}&client_id={}&{assertion}",
                client.client_id
            ))
            .send(authority),
    );
}

#[test]
fn s040_s041_the_client_id_in_the_body_is_the_one_in_the_header() {
    let house = house();
    let (one, other) = (
        house.credential("production"),
        house.credential("production"),
    );
    let ask = |id: &str| {
        house.ask(
            "production",
            &one,
            &form(&[("grant_type", "client_credentials"), ("client_id", id)]),
        )
    };
    is_invalid_request(&ask(&other.client_id));
    is_invalid_request(&ask("nobody"));
    access_token(&ask(&one.client_id));
    access_token(&ask(""));
}

#[test]
fn s042_basic_is_read_form_encoded_and_as_it_stands() {
    let house = house();
    let secret = "blank + plus % percent: colon = equals";
    let client = house.server.chosen_credential(
        "chosen",
        secret,
        &["--version", "v1", "--allow", "orders=read"],
    );
    let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    for sent in [secret, &encoded] {
        let answer = Request::post(TOKEN)
            .basic_text(&client.client_id, sent)
            .form(GRANT)
            .send(house.server.at("chosen"));
        access_token(&answer);
    }
    let wrong = Request::post(TOKEN)
        .basic_text(&client.client_id, "blank   plus % percent: colon = equals")
        .form(GRANT);
    is_invalid_client(&wrong.send(house.server.at("chosen")));
}

#[test]
fn s044_a_broken_basic_header_is_no_client() {
    let house = house();
    let client = house.credential("production");
    let pair = format!("{}:{}", client.client_id, client.client_secret);
    let encoded = STANDARD.encode(&pair);
    let (left, right) = encoded.split_at(20);
    for value in [
        format!("Basic {}", STANDARD.encode(&client.client_id)),
        format!(
            "Basic {}",
            STANDARD.encode(format!(":{}", client.client_secret))
        ),
        format!(
            "Basic {}",
            STANDARD.encode(format!("{}:", client.client_id))
        ),
        format!("Basic {pair}"),
        format!("Basic {left} {right}"),
        format!("Basic {}", STANDARD.encode(b"\xff\xfe:\xff")),
        format!("Basic {encoded}A"),
        "Basic".to_owned(),
        "Basic ".to_owned(),
    ] {
        is_invalid_client(&header(house, &value));
    }
    access_token(&header(house, format!("Basic {encoded}")));
}

#[test]
fn s045_the_scheme_has_no_case() {
    let house = house();
    let client = house.credential("production");
    let encoded = STANDARD.encode(format!("{}:{}", client.client_id, client.client_secret));
    for scheme in ["bAsIc", "BASIC", "basic"] {
        access_token(&header(house, format!("{scheme} {encoded}")));
    }
}

#[test]
fn s046_two_authorization_headers_are_refused() {
    let house = house();
    let client = house.credential("production");
    let authority = house.server.at("production");
    let encoded = STANDARD.encode(format!("{}:{}", client.client_id, client.client_secret));
    let twice = Request::post(TOKEN)
        .basic(&client)
        .basic(&client)
        .form(GRANT);
    is_invalid_request(&twice.send(authority));
    is_invalid_request(
        &Request::post(TOKEN)
            .basic(&client)
            .bearer("x")
            .form(GRANT)
            .send(authority),
    );
    is_invalid_request(&header(house, format!("Basic {encoded}, Basic {encoded}")));
    is_invalid_request(&header(house, format!("Basic {encoded}, Bearer x")));
    // With a line of its own that folds into the one before.
    let folded = format!(
        "POST {TOKEN} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Basic\r\n {encoded}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{GRANT}",
        GRANT.len()
    );
    assert_eq!(exchange(authority, folded.as_bytes()).status, 400);
}

#[test]
fn s047_a_bearer_header_beside_a_secret_is_not_ignored() {
    let house = house();
    let client = house.credential("production");
    let secret = form(&[
        ("grant_type", "client_credentials"),
        ("client_id", &client.client_id),
        ("client_secret", &client.client_secret),
    ]);
    let both = Request::post(TOKEN)
        .bearer("x")
        .form(&secret)
        .send(house.server.at("production"));
    assert!(matches!(both.status, 400 | 401), "{both:?}");
    access_token(
        &Request::post(TOKEN)
            .form(&secret)
            .send(house.server.at("production")),
    );
}

#[test]
fn s049_s050_a_public_client_gets_no_token_of_its_own() {
    let house = house();
    let client = house.public_client("production");
    let by_id = form(&[
        ("grant_type", "client_credentials"),
        ("client_id", &client.client_id),
    ]);
    let answer = Request::post(TOKEN)
        .form(&by_id)
        .send(house.server.at("production"));
    assert_eq!(answer.refusal(), (400, "unauthorized_client".to_owned()));
    for secret in ["anything", "grs_"] {
        is_invalid_client(&house.ask("production", &with_secret(&client, secret), GRANT));
        is_invalid_client(
            &Request::post(TOKEN)
                .form(format!("{by_id}&client_secret={secret}"))
                .send(house.server.at("production")),
        );
    }
}

#[test]
fn s051_an_empty_secret_is_nobodys() {
    let house = house();
    for client in [
        house.credential("production"),
        house.public_client("production"),
    ] {
        is_invalid_client(&house.ask("production", &with_secret(&client, ""), GRANT));
    }
}

on_each_database! {
    fn s052_secrets_overlap_and_end(house) {
        let old = house.credential("production");
        let works = |client: &Credential| match house.ask("production", client, GRANT).status {
            200 => true,
            401 => false,
            other => panic!("{other}"),
        };
        let rotated = house.server.json(&["credentials", "rotate", &old.uuid, "--overlap", "7d"], None);
        let new = with_secret(&old, rotated["client_secret"].as_str().unwrap());
        assert!(works(&old) && works(&new), "two secrets live at once");

        let rotated = house.server.json(&["credentials", "rotate", &old.uuid, "--overlap", "2s"], None);
        let newest = with_secret(&old, rotated["client_secret"].as_str().unwrap());
        assert!(works(&newest));
        assert!(!works(&old), "of three the oldest is gone");
        until("the overlap is over", || !works(&new));
        assert!(works(&newest));

        let rotated = house.server.json(&["credentials", "rotate", &old.uuid, "--overlap", "0s"], None);
        let last = with_secret(&old, rotated["client_secret"].as_str().unwrap());
        assert!(works(&last) && !works(&newest), "without an overlap the old one ends at once");
    }
}

/// The end of an overlap is a time that stands in the database, and nobody has to be there for it.
#[test]
fn s287_an_overlap_ends_while_nothing_runs() {
    let mut server = setup().start();
    let old = server.credential("production", &["--version", "v1", "--allow", "orders=all"]);
    let rotate = ["credentials", "rotate", &old.uuid, "--overlap", "1s"];
    let rotated = server.json(&rotate, None);
    let new = with_secret(&old, rotated["client_secret"].as_str().unwrap());
    let over = now_in_seconds() + 2;
    server.stop();
    until("the overlap is over", || now_in_seconds() >= over);
    server.start();
    let ask = |client: &Credential| {
        let request = Request::post(TOKEN).basic(client).form(GRANT);
        request.send(server.at("production"))
    };
    is_invalid_client(&ask(&old));
    assert_eq!(ask(&new).status, 200);
}

/// A third party that guesses can slow itself down and nobody else. The server believes its proxy about addresses.
#[test]
fn s054_nobody_can_lock_a_client_out_from_elsewhere() {
    let server = setup()
        .with("SERVER__TRUSTED_PROXIES", "127.0.0.1/32")
        .start();
    let secret = "a secret that a person chose 2";
    let client = server.chosen_credential(
        "chosen",
        secret,
        &["--version", "v1", "--allow", "orders=read"],
    );
    let ask = |from: &str, secret: &str| {
        let request = Request::post(TOKEN)
            .header("X-Forwarded-For", from)
            .basic(&with_secret(&client, secret))
            .form(GRANT);
        request.send(server.at("chosen"))
    };
    let mut guesses = 0;
    until("the guessing address is slowed down", || {
        guesses += 1;
        ask("192.0.2.1", "wrong").status != 401
    });
    assert!(guesses >= 20, "{guesses}");
    assert_ne!(
        ask("192.0.2.1", secret).status,
        200,
        "from that address the right one waits as well"
    );
    access_token(&ask("192.0.2.2", secret));
    let neighbour = server.chosen_credential(
        "chosen",
        secret,
        &["--version", "v1", "--allow", "orders=read"],
    );
    let other = Request::post(TOKEN)
        .header("X-Forwarded-For", "192.0.2.1")
        .basic(&neighbour)
        .form(GRANT)
        .send(server.at("chosen"));
    access_token(&other);
}
