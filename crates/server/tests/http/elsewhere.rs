//! What belongs to another environment is refused like a stranger's, and the log says where it belongs.

use super::support::house::{GRANT, TOKEN, setup};
use super::support::request::form;
use super::support::{Answer, Credential, Request, Server, until};

fn ask(server: &Server, at: &str, credential: &Credential) -> Answer {
    let asked = Request::post(TOKEN).basic(credential).form(GRANT);
    asked.send(server.at(at))
}

/// The answer without the name of its request, which is another each time.
fn said(answer: &Answer) -> (u16, String) {
    let text = answer.text().replace(answer.request_id(), "");
    (answer.status, text)
}

/// The line about a request, once it is there.
fn says(server: &Server, answer: &Answer, environment: &str, what: &str) {
    let id = answer.request_id();
    let mut line = String::new();
    until("the log says where it belongs", || {
        let log = server.log();
        let found = log
            .lines()
            .find(|line| line.contains(id) && line.contains("of_environment"));
        line = found.unwrap_or_default().to_owned();
        !line.is_empty()
    });
    for told in [environment, what, "belongs to another environment"] {
        assert!(line.contains(told), "{line}");
    }
}

#[test]
fn s080_s226_s145_qx3_what_belongs_elsewhere_hears_what_a_stranger_hears_and_the_log_says_where() {
    let upstream = super::support::upstream::Upstream::start();
    let server = setup().upstream(&upstream.authority).start();
    let how = ["--version", "v1", "--allow", "orders=all"];
    let theirs = server.credential("sandbox", &how);
    let stranger = Credential {
        client_id: "nobody".to_owned(),
        ..theirs.clone()
    };
    let (foreign, unknown) = (
        ask(&server, "production", &theirs),
        ask(&server, "production", &stranger),
    );
    assert_eq!(foreign.status, 401);
    assert_eq!(
        (foreign.status, &foreign.body),
        (unknown.status, &unknown.body)
    );
    says(&server, &foreign, "sandbox", "client");

    let token = ask(&server, "sandbox", &theirs).json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let jwts = server.credential("eddsa", &how);
    let jwt = ask(&server, "eddsa", &jwts).json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let through = |token: &str| {
        let asked = Request::get("/v1/orders").bearer(token);
        asked.send(server.at("production"))
    };
    let nonsense = through("nonsense");
    for (token, of) in [(&token, "sandbox"), (&jwt, "eddsa")] {
        let refused = through(token);
        assert_eq!(said(&refused), said(&nonsense));
        says(&server, &refused, of, "token");
        assert!(
            !server.log().contains(token.as_str()),
            "no token in the log"
        );
    }

    let asker = server.credential("production", &[&["--resource-server"], &how[..]].concat());
    let introspected = |token: &str| {
        Request::post("/oauth/introspect")
            .basic(&asker)
            .form(form(&[("token", token)]))
            .send(server.at("production"))
    };
    let refused = introspected(&token);
    assert_eq!(refused.text(), introspected("nonsense").text());
    says(&server, &refused, "sandbox", "token");
}
