//! A credential at the mock of an API: the gateway's own judgement, its limits, and nothing beyond.

use super::*;

const LATEST: &str = "/_mock/apis/shifts/v2/shifts/latest";

fn token(server: &Server, environment: &str, credential: &Credential) -> String {
    let asked = Request::post("/oauth/token")
        .basic(credential)
        .form("grant_type=client_credentials");
    access_token(&asked.send(server.at(environment)))
}

fn reader(server: &Server, environment: &str) -> Credential {
    server.credential(environment, &["--version", "v2", "--allow", "shifts=read"])
}

/// What the gateway answers but for the names of the two requests.
fn said(answer: &Answer) -> (u16, Option<String>, Value) {
    let mut body = answer.json();
    body["request_id"] = Value::Null;
    (
        answer.status,
        answer.header("www-authenticate").map(str::to_owned),
        body,
    )
}

#[test]
fn qu7_a_token_opens_at_the_mock_what_it_opens_at_the_api_and_is_refused_in_the_same_words() {
    let server = server();
    let at = server.at("production");
    let reads = token(server, "production", &reader(server, "production"));
    let foreign = token(server, "sandbox", &reader(server, "sandbox"));
    let read = ask(server, &Request::get(LATEST).bearer(&reads));
    assert_eq!(
        (read.status, read.json()["id"].clone()),
        (200, Value::from(9))
    );
    let own = ask(
        server,
        &Request::post("/_mock/auth/oauth/token")
            .basic_text("a", "b")
            .form("grant_type=client_credentials"),
    );
    let mocked = access_token(&own);
    let forged = format!("{}x", &reads[..reads.len() - 1]);
    for (method, path, token, status) in [
        ("POST", "/v2/shifts", reads.as_str(), 403),
        ("DELETE", "/v2/shifts/7", reads.as_str(), 403),
        ("GET", "/v2/shifts/latest", foreign.as_str(), 401),
        ("GET", "/v2/shifts/latest", forged.as_str(), 401),
        ("GET", "/v2/shifts/latest", "never-issued", 401),
        ("GET", "/v2/shifts/latest", "two words", 401),
        // What the gateway has no route for is not there with a token, whatever the description says.
        ("GET", "/v2/units/AB123/tree", reads.as_str(), 404),
        ("GET", "/v2/shifts/../people", reads.as_str(), 403),
        ("GET", "/v2//shifts", reads.as_str(), 403),
    ] {
        let real = Request::new(method, path).bearer(token).send(at);
        let mocked = ask(
            server,
            &Request::new(method, &format!("/_mock/apis/shifts{path}")).bearer(token),
        );
        assert_eq!(said(&mocked), said(&real), "{method} {path}");
        assert_eq!(mocked.status, status, "{method} {path}");
    }
    let short = Request::post("/_mock/apis/shifts/shifts").bearer(&reads);
    assert_eq!(ask(server, &short).status, 403);
    // A public route asks nobody, here as there.
    assert_eq!(
        ask(
            server,
            &Request::get("/_mock/apis/shifts/v2/people").bearer("never-issued")
        )
        .status,
        200
    );
    // Without a token, with another scheme, and with the token that the mock itself gives out, it simply answers.
    for request in [
        Request::get(LATEST),
        Request::get(LATEST).basic_text("a", "b"),
        Request::get(LATEST).bearer(&mocked),
    ] {
        assert_eq!(
            ask(server, &request).status,
            200,
            "{}",
            ask(server, &request).text()
        );
    }
    // That token opens nothing else.
    assert_eq!(
        Request::get("/v2/shifts").bearer(&mocked).send(at).status,
        401
    );
    let twice = Request::get(LATEST).bearer(&mocked).bearer(&reads);
    assert_eq!(ask(server, &twice).status, 401);
    let mut asked = server.log();
    asked.retain(|sign| sign != '\n');
    assert!(!asked.contains(&reads) && !asked.contains(&foreign));
}

#[test]
fn qu7_a_revoked_token_is_dead_at_the_mock_too() {
    let server = server();
    let client = reader(server, "production");
    let text = token(server, "production", &client);
    assert_eq!(ask(server, &Request::get(LATEST).bearer(&text)).status, 200);
    let ended = Request::post("/oauth/revoke")
        .basic(&client)
        .form(form(&[("token", &text)]))
        .send(server.at("production"));
    assert_eq!(ended.status, 200);
    assert_eq!(ask(server, &Request::get(LATEST).bearer(&text)).status, 401);
}

#[test]
fn qu7_the_day_of_a_credential_is_one_day_for_mock_and_api() {
    let server = server();
    let text = token(server, "sandbox", &reader(server, "sandbox"));
    let call = || {
        Request::get(LATEST)
            .bearer(&text)
            .send(server.at("sandbox"))
    };
    let left: Vec<_> = (0..3)
        .map(|_| {
            let answer = call();
            assert_eq!(answer.status, 200, "{}", answer.text());
            answer
                .header("ratelimit")
                .unwrap()
                .split(';')
                .nth(1)
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(left, ["r=2", "r=1", "r=0"]);
    let refused = call();
    is_a_mocks(&refused);
    assert_eq!(
        (refused.status, refused.json()["limit"].clone()),
        (429, Value::from("requests_per_day"))
    );
    assert!(refused.header("retry-after").is_some());
    // It is the same day at the API: there is no second one to be had by going around.
    let real = Request::get("/v2/shifts/latest")
        .bearer(&text)
        .send(server.at("sandbox"));
    assert_eq!(said(&real), said(&refused));
}

#[test]
fn qu7_requests_at_a_mock_count_among_those_that_run() {
    let server = setup().start();
    let at = server.at("production");
    let text = token(
        &server,
        "production",
        &server.credential(
            "production",
            &["--version", "v2", "--allow", "shifts=read,add"],
        ),
    );
    // A body that does not come keeps its place.
    let hold = || {
        let mut connection = Connection::open(at);
        let request = Request::post("/_mock/apis/shifts/v2/shifts")
            .bearer(&text)
            .header("Content-Length", "10")
            .header("Content-Type", "application/json");
        connection.send(&request.bytes(at)).unwrap();
        connection
    };
    let held = [hold(), hold()];
    until("both have their places", || {
        ask(&server, &Request::get(LATEST).bearer(&text)).status == 429
    });
    let refused = ask(&server, &Request::get(LATEST).bearer(&text));
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (429, Some("1"))
    );
    assert_eq!(refused.json()["limit"], "concurrent_requests");
    assert_eq!(ask(&server, &Request::get(LATEST)).status, 200);
    drop(held);
    until("their places are given back", || {
        ask(&server, &Request::get(LATEST).bearer(&text)).status == 200
    });
}

#[test]
fn qu7_a_token_that_proves_itself_proves_itself_at_the_mock_of_its_own_server_only() {
    let jwt = "ENVIRONMENTS__PRODUCTION__ACCESS_TOKEN_FORMAT";
    let (one, other) = (
        setup().with(jwt, "jwt").start(),
        setup().with(jwt, "jwt").start(),
    );
    let text = token(&one, "production", &reader(&one, "production"));
    let asked = Request::get(LATEST).bearer(&text);
    assert_eq!(
        (ask(&one, &asked).status, ask(&other, &asked).status),
        (200, 401)
    );
}
