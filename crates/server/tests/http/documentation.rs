//! The documentation page and the descriptions: what is shown is what is answered.

use serde_json::{Value, json};

use super::support::database::Database;
use super::support::{Answer, Request, Server, Setup};

/// Each example platform, one of its environments, its page, and how a client sends its credential.
const PLATFORMS: [(&str, &[&str], &str); 4] = [
    ("quinyx", &["production", "rc"], "/v2/docs"),
    ("quiqup", &["production", "staging"], "/docs"),
    ("nexus", &["production", "test"], "/docs"),
    ("profix", &["production", "production+"], "/docs"),
];

const SHIFTS: &str = "\
openapi: 3.0.3
info: { title: Shifts, version: '2' }
servers: [{ url: 'https://api.example/v2' }]
paths:
  /shifts/{id}:
    get:
      summary: <script>alert(1)</script>
      parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
      responses: { 200: { description: One. }, 404: { description: None. } }
";

fn start(platform: &str, environments: &[&str]) -> Server {
    let setup = Setup::example(platform, environments).on(Database::usual());
    let file = setup.folder().join("shifts.yaml");
    std::fs::write(&file, SHIFTS).unwrap();
    setup
        .with("APIS__0__NAME", "Time Cards")
        .with("APIS__0__DESCRIPTION", file.to_str().unwrap())
        .with("APIS__0__ENVIRONMENT", "production")
        .start()
}

fn get(server: &Server, path: &str) -> Answer {
    Request::get(path).send(server.at("production"))
}

fn yaml(answer: &Answer) -> Value {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(answer.text(), options).unwrap()
}

/// A page's markup, its slashes as people read them.
fn readable(page: &Answer) -> String {
    page.text().replace("&#x2f;", "/")
}

/// Every answer of every operation that has a body.
fn contents(description: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let answer = match answer["$ref"].as_str() {
                    Some(reference) => description.pointer(&reference[1..]).unwrap(),
                    None => answer,
                };
                for content in answer["content"].as_object().into_iter().flatten() {
                    found.push((format!("{method} {path} {status}"), content.1));
                }
            }
        }
    }
    found
}

/// The body of a documented answer.
fn documented<'d>(description: &'d Value, path: &str, status: u16, name: &str) -> &'d Value {
    let content = &description["paths"][path]["post"]["responses"][status.to_string()]["content"];
    &content["application/json"]["examples"][name]["value"]
}

#[test]
fn qu6_qx4_descriptions_and_page_are_served_and_kept() {
    for (platform, environments, page) in PLATFORMS {
        let server = start(platform, environments);
        let described = get(&server, "/openapi.json");
        assert_eq!(
            (described.status, described.header("content-type")),
            (200, Some("application/json"))
        );
        assert_eq!(
            described.header("cache-control"),
            Some("public, max-age=300")
        );
        let mark = described.header("etag").unwrap().to_owned();
        let again = Request::get("/openapi.json")
            .header("If-None-Match", &mark)
            .send(server.at("production"));
        assert_eq!((again.status, again.body.len()), (304, 0));

        let in_yaml = get(&server, "/openapi.yaml");
        assert_eq!(
            (in_yaml.status, in_yaml.header("content-type")),
            (200, Some("application/yaml"))
        );
        let description = described.json();
        assert_eq!(yaml(&in_yaml), description, "{platform}");
        assert_eq!(description["openapi"], "3.1.0");

        // This environment, its mock, the others.
        let urls: Vec<&str> = description["servers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|server| server["url"].as_str().unwrap())
            .collect();
        let here = format!("http://{}", server.at("production"));
        assert_eq!(urls[..2], [here.clone(), format!("{here}/_mock/auth")]);
        if !environments[1].ends_with('+') {
            assert_eq!(urls[2], format!("http://{}", server.at(environments[1])));
        }
        for (answer, content) in contents(&description) {
            let examples = content["examples"].as_object();
            assert!(
                examples.is_some_and(|examples| !examples.is_empty()),
                "{platform}: {answer}"
            );
        }

        for path in [page, "/docs"] {
            let shown = get(&server, path);
            assert_eq!(
                (shown.status, shown.header("content-type")),
                (200, Some("text/html; charset=utf-8"))
            );
            assert_eq!(
                (shown.header("cache-control"), shown.header("vary")),
                (Some("no-cache"), Some("accept-language"))
            );
            assert!(shown.header("set-cookie").is_none());
            let policy = shown.header("content-security-policy").unwrap();
            assert!(
                policy.starts_with("default-src 'none';") && policy.contains("connect-src 'self'"),
                "{policy}"
            );
            assert!(
                !policy.contains("unsafe") && !policy.contains("http"),
                "{policy}"
            );
            let text = readable(&shown);
            assert!(
                shown.body.len() < 200_000,
                "{platform}: {}",
                shown.body.len()
            );
            let token_url = format!(
                "{here}{}",
                described.json()["paths"]
                    .as_object()
                    .unwrap()
                    .keys()
                    .find(|path| path.to_lowercase().ends_with("/token"))
                    .unwrap()
            );
            for part in [
                token_url.as_str(),
                "/portal\"",
                "/status\"",
                "data-language=\"python\"",
                "data-sample=\"call\"",
                "/openapi.yaml",
            ] {
                assert!(text.contains(part), "{platform} lacks {part}");
            }
            let mark = shown.header("etag").unwrap();
            let again = Request::get(path)
                .header("If-None-Match", mark)
                .send(server.at("production"));
            assert_eq!((again.status, again.body.len()), (304, 0));
            let dutch = Request::get(path)
                .header("Accept-Language", "nl")
                .send(server.at("production"));
            assert_eq!(dutch.header("content-language"), Some("nl"));
            assert!(dutch.text().contains("Beginnen"));
        }
    }
}

/// What the description shows is what is answered, member by member, in each dialect.
#[test]
fn qu6_documented_errors_are_the_ones_that_are_answered() {
    for (platform, environments, _) in PLATFORMS {
        let server = start(platform, environments);
        let description = get(&server, "/openapi.json").json();
        let paths = description["paths"].as_object().unwrap();
        let token = paths
            .keys()
            .find(|path| path.to_lowercase().ends_with("/token"))
            .unwrap();
        let in_body = platform == "profix";
        let ask = |path: &str, body: &str| {
            let request = Request::post(path);
            let answer = if in_body {
                request.form(format!("{body}&client_id=nobody&client_secret=wrong"))
            } else {
                request.basic_text("nobody", "wrong").form(body)
            };
            answer.send(server.at("production"))
        };
        let wrong = ask(token, "grant_type=client_credentials");
        assert_eq!(
            &wrong.json(),
            documented(&description, token, wrong.status, "invalid_client"),
            "{platform}"
        );
        let unknown = ask(token, "grant_type=telepathy");
        assert_eq!(
            &unknown.json(),
            documented(
                &description,
                token,
                unknown.status,
                "unsupported_grant_type"
            ),
            "{platform}"
        );
        let twice = ask(
            token,
            "grant_type=client_credentials&grant_type=client_credentials",
        );
        assert_eq!(
            &twice.json(),
            documented(&description, token, twice.status, "invalid_request"),
            "{platform}"
        );
        let kind = Request::post(token)
            .body("text/plain", "x")
            .send(server.at("production"));
        assert_eq!(
            &kind.json(),
            documented(&description, token, kind.status, "unsupported_media_type"),
            "{platform}"
        );
        let large = Request::post(token)
            .body("application/x-www-form-urlencoded", vec![b'a'; 70_000])
            .send(server.at("production"));
        assert_eq!(
            &large.json(),
            documented(&description, token, large.status, "body_too_large"),
            "{platform}"
        );
        for (path, item) in paths {
            if let Some(id @ ("introspect" | "revoke" | "checkToken" | "changePassword")) =
                item["post"]["operationId"].as_str()
            {
                let wrong = ask(path, "token=x&userid=x&password=x&newpassword=x");
                assert_eq!(
                    &wrong.json(),
                    documented(&description, path, wrong.status, "invalid_client"),
                    "{platform} {id}"
                );
            }
        }

        // Calls: what is said before the API is asked.
        let call = paths
            .iter()
            .find(|(_, item)| item["get"]["operationId"] == "callApi")
            .unwrap()
            .0;
        let mut missing = get(&server, call).json();
        let examples = &description["components"]["responses"]["TokenRefused"]["content"]["application/json"]
            ["examples"];
        let mut shown = examples["token_required"]["value"].clone();
        for body in [&mut missing, &mut shown] {
            assert_eq!(body["request_id"].as_str().unwrap().len(), 32);
            body["request_id"] = json!("");
        }
        assert_eq!(missing, shown, "{platform}");
        let (keys, item) = paths
            .iter()
            .find(|(_, item)| item["get"]["operationId"] == "keys")
            .unwrap();
        let elsewhere = Request::get(keys)
            .header("Host", "elsewhere.example")
            .send(server.at("production"));
        let document = &item["get"]["responses"]["421"]["content"];
        assert_eq!(elsewhere.status, 421);
        assert_eq!(
            elsewhere.json(),
            document["application/json"]["examples"]["misdirected_request"]["value"]
        );
        let metadata = &description["paths"]["/.well-known/oauth-authorization-server"]["get"]["responses"]
            ["200"]["content"];
        assert_eq!(
            get(&server, "/.well-known/oauth-authorization-server").json(),
            metadata["application/json"]["examples"]["metadata"]["value"]
        );
    }
}

#[test]
fn the_platforms_own_apis_stand_beside_it() {
    let server = start("quinyx", &["production", "rc"]);
    let first = readable(&get(&server, "/v2/docs"));
    assert!(first.contains("href=\"/v2/docs/apis/time-cards\"") && first.contains("Time Cards"));
    let page = get(&server, "/v2/docs/apis/time-cards");
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    let text = readable(&page);
    assert!(
        text.contains("/v2/shifts/{id}") && text.contains("data-mock=\"/_mock/apis/time-cards\"")
    );
    // Somebody's text is text.
    assert!(
        !text.contains("<script>alert") && text.contains("&lt;script&gt;alert(1)"),
        "escaped"
    );
    for (form, kind) in [("json", "application/json"), ("yaml", "application/yaml")] {
        let answer = get(&server, &format!("/v2/docs/apis/time-cards.{form}"));
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some(kind))
        );
        assert_eq!(yaml(&answer)["info"]["title"], "Shifts");
    }
    for (environment, path) in [
        ("production", "/v2/docs/apis/none"),
        ("production", "/v2/docs/apis/time-cards.xml"),
        ("production", "/v2/docs/apis/..%2f..%2fgrantor.toml"),
        ("rc", "/v2/docs/apis/time-cards"),
        ("rc", "/v2/docs/apis/time-cards.json"),
    ] {
        let answer = Request::get(path).send(server.at(environment));
        assert_eq!(answer.status, 404, "{environment} {path}");
    }
    assert!(
        !Request::get("/v2/docs")
            .send(server.at("rc"))
            .text()
            .contains("Time Cards")
    );
}
