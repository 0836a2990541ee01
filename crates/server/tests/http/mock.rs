//! The mock server: the documented examples and errors, without anything behind them; and what it makes of a credential.

mod collections;
mod credential;

use std::sync::OnceLock;

use serde_json::Value;

use super::support::database::Database;
use super::support::house::access_token;
use super::support::request::form;
use super::support::{Answer, Connection, Credential, Request, Server, Setup, until};

const CONFIG: &str = r#"
[[versions]]
name = "v2"
scopes = ["Shifts"]
permissions = true

[environments.production]
concurrent_requests = 2

[environments.sandbox]
budgets = { requests_per_day = 3 }

[[routes]]
path = "/v2/shifts"
version = "v2"
scope = "shifts"
upstream = "http://127.0.0.1:9"
[[routes]]
path = "/v2/people"
public = true
upstream = "http://127.0.0.1:9"

[[apis]]
name = "Shifts"
description = "FILE"
[[apis]]
name = "Sandbox Only"
description = "FILE"
environment = "sandbox"
"#;

/// A platform with an API that is described, on the usual database. Its upstream is not there: nothing here goes to it.
fn setup() -> Setup {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/apis/shifts.yaml");
    Setup::written(&CONFIG.replace("FILE", file), &["production", "sandbox"]).on(Database::usual())
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| setup().start())
}

/// Each platform's own file, as it is.
fn platform(name: &str, environments: &[&str]) -> Server {
    Setup::example(name, environments)
        .on(Database::usual())
        .start()
}

/// What every answer of a mock has, whatever it says.
fn is_a_mocks(answer: &Answer) {
    for (name, value) in [
        ("x-grantor-mock", "true"),
        ("cache-control", "no-store"),
        ("access-control-allow-origin", "*"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}: {answer:?}");
    }
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert_eq!(answer.header("set-cookie"), None);
    assert!(
        answer
            .header("content-security-policy")
            .unwrap()
            .contains("sandbox")
    );
    assert!(answer.header("x-request-id").is_some());
}

/// Sends it to a server's first environment.
fn ask(server: &Server, request: &Request) -> Answer {
    let answer = request.send(server.at("production"));
    is_a_mocks(&answer);
    answer
}

/// Every answer that an operation documents, by status and example.
fn documented(server: &Server, environment: &str, path: &str) -> Vec<(u16, String, Value)> {
    let description = Request::get("/openapi.json")
        .send(server.at(environment))
        .json();
    let responses = description["paths"][path]["post"]["responses"]
        .as_object()
        .unwrap()
        .clone();
    let mut found = Vec::new();
    for (status, response) in responses {
        let Some(examples) = response["content"]["application/json"]["examples"].as_object() else {
            continue;
        };
        for (name, example) in examples {
            found.push((
                status.parse().unwrap(),
                name.clone(),
                example["value"].clone(),
            ));
        }
    }
    found
}

/// A request that each platform documents: path, headers, body.
fn literal(name: &str) -> Request {
    match name {
        "quinyx" => Request::post("/_mock/auth/v2/oauth/token?grant_type=client_credentials").basic_text("a", "b"),
        "quiqup" => Request::post("/_mock/auth/oauth/token").body(
            "application/json",
            r#"{"client_id":"your_client_id","client_secret":"your_client_secret","grant_type":"client_credentials"}"#,
        ),
        "nexus" => Request::post("/_mock/auth/connect/token").form(form(&[
            ("grant_type", "client_credentials"),
            ("client_id", "a"),
            ("client_secret", "b"),
            ("scope", "api1"),
        ])),
        _ => Request::post("/_mock/auth/token").form(form(&[
            ("grant_type", "client_credentials"),
            ("client_id", "a"),
            ("client_secret", "b"),
        ])),
    }
}

fn token_path(server: &Server) -> String {
    let metadata =
        Request::get("/.well-known/oauth-authorization-server").send(server.at("production"));
    let url = metadata.json()["token_endpoint"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = url.splitn(4, '/').nth(3).unwrap();
    format!("/{path}")
}

#[test]
fn qu7_every_platform_s_documented_success_and_each_documented_error_is_answered() {
    for (name, environments) in [
        ("quinyx", ["production", "rc"]),
        ("quiqup", ["production", "staging"]),
        ("nexus", ["production", "test"]),
        ("profix", ["production", "production+"]),
    ] {
        let server = platform(name, &environments);
        let path = token_path(&server);
        let request = literal(name);
        let answer = ask(&server, &request);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some("application/json")),
            "{name}: {}",
            answer.text()
        );
        let all = documented(&server, "production", &path);
        assert!(
            all.iter()
                .any(|(status, _, value)| *status == 200 && *value == answer.json()),
            "{name}: {}",
            answer.text()
        );
        for (status, example, value) in &all {
            let demanded = ask(
                &server,
                &request
                    .clone()
                    .header("Prefer", format!("code={status}, example=\"{example}\"")),
            );
            assert_eq!(
                (demanded.status, &demanded.json()),
                (*status, value),
                "{name} {example}"
            );
            let applied = format!("code={status}, example=\"{example}\"");
            assert_eq!(
                demanded.header("preference-applied"),
                Some(applied.as_str()),
                "{name} {example}"
            );
            let target = format!("/_mock/auth{path}?__code={status}&__example={example}");
            let asked = ask(&server, &Request::post(&target));
            if *status >= 400 {
                assert_eq!(
                    (asked.status, &asked.json()),
                    (*status, value),
                    "{name} {example}"
                );
            }
        }
        let mut statuses: Vec<u16> = all.iter().map(|(status, _, _)| *status).collect();
        statuses.dedup();
        assert!([400, 429].iter().all(|status| statuses.contains(status)));
        for status in statuses {
            let demanded = ask(
                &server,
                &request.clone().header("Prefer", format!("code={status}")),
            );
            assert_eq!(demanded.status, status, "{name}");
        }
        let errors: Vec<&str> = all
            .iter()
            .filter_map(|(_, _, value)| value["error"].as_str())
            .collect();
        for error in ["invalid_client", "unsupported_grant_type", "invalid_scope"] {
            assert!(errors.contains(&error), "{name}: {errors:?}");
        }
    }
}

#[test]
fn qu7_quiqup_s_mock_answers_what_its_documentation_shows() {
    let server = platform("quiqup", &["production", "staging"]);
    for (environment, digits, lifetime) in [("production", 64, 604_800), ("staging", 32, 3600)] {
        let answer = literal("quiqup").send(server.at(environment));
        is_a_mocks(&answer);
        let body = answer.json();
        let mut members: Vec<&String> = body.as_object().unwrap().keys().collect();
        members.sort();
        assert_eq!(
            members,
            ["access_token", "created_at", "expires_in", "token_type"]
        );
        let token = body["access_token"].as_str().unwrap();
        assert!(
            token.len() == digits && token.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{token}"
        );
        assert_eq!(
            (&body["expires_in"], &body["token_type"]),
            (&Value::from(lifetime), &Value::from("bearer"))
        );
        // It opens nothing: not the API, and not the endpoint that knows every token.
        let call = Request::get("/orders")
            .bearer(token)
            .send(server.at(environment));
        assert_eq!(call.status, 401);
    }
    // A grant type that is not offered is what the real endpoint calls it.
    let body = r#"{"client_id":"a","client_secret":"b","grant_type":"implicit"}"#;
    let refused = ask(
        &server,
        &Request::post("/_mock/auth/oauth/token").body("application/json", body),
    );
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (400, "unsupported_grant_type")
    );
    for (body, part) in [
        (
            r#"{"client_id":1,"client_secret":"s3cr3t-","grant_type":"client_credentials"}"#,
            "/client_id",
        ),
        (r#"{"client_id":"a","#, "no JSON"),
        (
            r#"{"client_id":"a","client_secret":"s3cr3t-","grant_type":"refresh_token"}"#,
            "refresh_token",
        ),
        (r#"["s3cr3t-"]"#, "not of type"),
    ] {
        let refused = ask(
            &server,
            &Request::post("/_mock/auth/oauth/token").body("application/json", body),
        );
        assert_eq!(
            (refused.status, refused.error().as_str()),
            (400, "invalid_request"),
            "{body}: {}",
            refused.text()
        );
        let told = refused.json()["error_description"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(
            told.contains(part) && !told.contains("s3cr3t-"),
            "{body}: {told}"
        );
        assert_eq!(refused.header("x-grantor-mock-says"), Some(told.as_str()));
    }
    let log = server.log();
    assert!(
        !log.contains("s3cr3t-") && !log.contains("your_client_secret"),
        "{log}"
    );
}

#[test]
fn qu7_unknown_paths_methods_and_media_types_have_their_own_answers() {
    let server = server();
    for (request, status) in [
        (Request::get("/_mock/auth/nothing"), 404),
        (Request::get("/_mock/auth"), 404),
        (Request::get("/_mock/authoauth/token"), 404),
        (Request::get("/_mock"), 404),
        (Request::get("/_mock/"), 404),
        (Request::get("/_mock/apis/nothing/v2/shifts"), 404),
        (Request::get("/_mock/apis/shifts"), 404),
        (Request::get("/_mock/apis/shifts/v2x/shifts/7"), 404),
        (
            Request::get("/_mock/apis/sandbox-only/v2/shifts/latest"),
            404,
        ),
        (Request::get("/_mock/auth/oauth/token"), 405),
        (Request::new("BREW", "/_mock/apis/shifts/v2/shifts/7"), 405),
        (Request::new("TRACE", "/_mock/apis/shifts/v2/shifts/7"), 405),
        (
            Request::post("/_mock/auth/oauth/token").body("text/xml", "<a/>"),
            415,
        ),
        (
            Request::post("/_mock/auth/oauth/token").form("a".repeat(70_000)),
            413,
        ),
        (
            Request::get("/_mock/apis/shifts/v2/shifts/latest").header("Accept", "image/png"),
            406,
        ),
    ] {
        let answer = ask(server, &request);
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.header("x-grantor-mock-says").is_some(), "{answer:?}");
    }
    let told = ask(
        server,
        &Request::new("OPTIONS", "/_mock/apis/shifts/v2/shifts/7"),
    );
    assert_eq!(
        (told.status, told.header("allow")),
        (204, Some("DELETE, GET, HEAD, OPTIONS, PUT"))
    );
    let wrong = ask(server, &Request::get("/_mock/auth/oauth/token"));
    assert_eq!(wrong.header("allow"), Some("OPTIONS, POST"));
    let own = Request::get("/_mock/apis/sandbox-only/v2/shifts/latest").send(server.at("sandbox"));
    assert_eq!(
        (own.status, own.json()["id"].clone()),
        (200, Value::from(9))
    );
    let head =
        Request::new("HEAD", "/_mock/apis/shifts/v2/shifts/latest").send(server.at("production"));
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn qu7_any_page_may_ask_a_mock_and_nothing_else_here() {
    let server = server();
    let preflight = |path: &str| {
        Request::new("OPTIONS", path)
            .header("Origin", "https://elsewhere.example")
            .header("Access-Control-Request-Method", "POST")
            .header(
                "Access-Control-Request-Headers",
                "authorization,content-type",
            )
            .send(server.at("production"))
    };
    for path in [
        "/_mock/auth/oauth/token",
        "/_mock/apis/shifts/v2/shifts",
        "/_mock/nothing",
    ] {
        let allowed = preflight(path);
        is_a_mocks(&allowed);
        assert_eq!(allowed.status, 204);
        assert_eq!(
            allowed.header("access-control-allow-headers"),
            Some("authorization,content-type")
        );
        assert!(
            allowed
                .header("access-control-allow-methods")
                .unwrap()
                .contains("POST")
        );
    }
    for path in [
        "/oauth/token",
        "/v2/shifts",
        "/portal",
        "/mock/auth/oauth/token",
    ] {
        let answer = preflight(path);
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
        assert_eq!(answer.header("x-grantor-mock"), None, "{path}");
    }
}

#[test]
fn qu7_a_mock_keeps_nothing() {
    let server = setup().start();
    let trail = || {
        server
            .json(&["audit", "list"], None)
            .as_array()
            .unwrap()
            .len()
    };
    let before = trail();
    let token = |server: &Server| {
        ask(
            server,
            &Request::post("/_mock/auth/oauth/token")
                .basic_text("id", "s3cr3t-")
                .form("grant_type=client_credentials"),
        )
    };
    let first = token(&server);
    assert_eq!(first.status, 200, "{}", first.text());
    let added = Request::post("/_mock/apis/shifts/v2/shifts").body(
        "application/json",
        r#"{"start":"2026-01-01T08:00:00Z","end":"2026-01-01T16:00:00Z","status":"planned","pin":"4711"}"#,
    );
    let seen = || {
        ask(
            &server,
            &Request::get("/_mock/apis/shifts/v2/shifts?from=2026-01-01"),
        )
        .body
    };
    let listed = seen();
    assert_eq!(ask(&server, &added).status, 201);
    assert_eq!(
        ask(
            &server,
            &Request::new("DELETE", "/_mock/apis/shifts/v2/shifts/1")
        )
        .status,
        204
    );
    assert_eq!(seen(), listed);
    assert_eq!(token(&server).body, first.body);
    assert_eq!(trail(), before);
    assert_eq!(server.counter("grantor_tokens_issued_total", ""), 0.0);
    let log = server.log();
    assert!(!log.contains("s3cr3t-") && !log.contains("4711"), "{log}");
}
