//! The management API over HTTP, as a program of the operator sees it.

mod description;
mod documentation;
mod idempotency;

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use super::support::{Answer, Browser, House, Request, on_each_database};

/// Somebody who calls it with an operator token.
struct Program {
    admin: String,
    token: String,
    /// As the audit trail calls the token.
    name: String,
}

/// A name that no other test has.
fn unique(what: &str) -> String {
    static DRAWN: AtomicU32 = AtomicU32::new(0);
    format!("{what}-{}", DRAWN.fetch_add(1, Ordering::Relaxed))
}

impl Program {
    fn new(house: &House, scopes: &str) -> Self {
        let name = unique("program");
        let line = ["operators", "token", "--name", &name, "--scopes", scopes];
        let made = house.server.json(&line, None);
        Self {
            admin: house.server.admin.clone(),
            token: made["operator_token"].as_str().unwrap().to_owned(),
            name,
        }
    }

    fn get(&self, path: &str) -> Answer {
        self.call(Request::get(&format!("/admin/v1{path}")))
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(asked("POST", path, body))
    }

    fn post_once(&self, path: &str, body: &Value, key: &str) -> Answer {
        self.call(asked("POST", path, body).header("Idempotency-Key", key))
    }

    fn call(&self, request: Request) -> Answer {
        request.bearer(&self.token).send(&self.admin)
    }
}

fn asked(method: &str, path: &str, body: &Value) -> Request {
    Request::new(method, &format!("/admin/v1{path}")).body("application/json", body.to_string())
}

fn credential(account: &str) -> Value {
    json!({
        "environment": "production", "account": account, "name": "Payroll", "description": "Made by a test",
        "version": "v1", "allow": ["orders=read"],
    })
}

/// The path and query of the header `Link`.
fn next(answer: &Answer) -> Option<String> {
    let link = answer.header("link")?;
    let target = link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"")?;
    target.strip_prefix("/admin/v1").map(str::to_owned)
}

on_each_database! {
    /// S292: whatever there is a lot of comes in pages, each row once.
    fn s292_every_list_comes_in_pages_that_the_header_link_connects(house) {
        let program = Program::new(house, "*");
        let account = unique("Paged");
        let person = unique("paged");
        for _ in 0..3 {
            assert_eq!(program.post("/credentials", &credential(&account)).status, 201);
            let body = json!({ "environment": "production", "account": account, "username": unique("paged") });
            assert_eq!(program.post("/people", &body).status, 201);
            assert_eq!(program.post("/operators/tokens", &json!({ "name": unique("spare") })).status, 201);
        }
        house.server.json(&["people", "create", "--environment", "production", "--account", &account, "--username", &person, "--password-stdin"], Some("tomato bicycle"));
        for _ in 0..3 {
            Browser::at(house.server.at("production")).sign_in(&person, "tomato bicycle");
        }
        for (list, id, rows) in [
            (format!("/credentials?account={account}"), "uuid", 3),
            (format!("/people?account={account}"), "id", 4),
            (format!("/people/{person}/sessions?environment=production"), "id", 3),
            (format!("/audit?subject={person}&event=none"), "sequence", 0),
            ("/accounts".to_owned(), "id", 1),
            ("/audit".to_owned(), "sequence", 10),
            ("/keys".to_owned(), "kid", 3),
            ("/operators/tokens".to_owned(), "id", 3),
        ] {
            let glue = if list.contains('?') { '&' } else { '?' };
            let mut seen: Vec<Value> = Vec::new();
            let mut page = Some(format!("{list}{glue}limit=2"));
            // Others work beside this test; a few pages tell enough.
            for _ in 0..6 {
                let Some(path) = page.take() else { break };
                let answer = program.get(&path);
                assert_eq!(answer.status, 200, "{path}: {}", answer.text());
                let found = answer.json().as_array().unwrap().clone();
                assert!(found.len() <= 2, "{path}");
                seen.extend(found.iter().map(|row| row[id].clone()));
                page = next(&answer);
                assert!(page.is_none() || found.len() == 2, "{path}");
            }
            assert!(seen.len() >= rows, "{list}: {seen:?}");
            let mut once: Vec<String> = seen.iter().map(Value::to_string).collect();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), seen.len(), "{list} repeats rows");
            for wrong in ["cursor=x", "cursor=", "limit=0", "limit=201", "limit=x", "offset=1", "limit=1&limit=2"] {
                let answer = program.get(&format!("{list}{glue}{wrong}"));
                assert_eq!(answer.status, 400, "{list} {wrong}: {}", answer.text());
                assert_eq!(answer.header("content-type"), Some("application/problem+json"));
            }
        }
    }

    /// A name in the path is decoded; what is no name is a problem document like every other.
    fn a_path_that_is_no_name_is_a_problem_and_no_failure(house) {
        let program = Program::new(house, "*");
        for name in ["%ff", "%00", "a%00b", "%2e%2e", "%F0%9F%A6%80", "x%20y", &"x".repeat(3000)] {
            for path in ["/credentials/", "/people/", "/people/{}/sessions"] {
                let path = if path.contains("{}") { path.replace("{}", name) } else { format!("{path}{name}") };
                let answer = program.get(&path);
                assert!(matches!(answer.status, 400 | 404), "{path}: {} {}", answer.status, answer.text());
                assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
            }
        }
        for query in ["environment=%00", "account=%00", "account=a%00b", "subject=%00", "event=%00"] {
            let answer = program.get(&format!("/audit?{query}"));
            assert!(matches!(answer.status, 200 | 400), "{query}: {}", answer.text());
        }
        let mut body = credential("with\u{0}nothing");
        assert_eq!(program.post("/credentials", &body).status, 400);
        body["account"] = unique("Nul").into();
        body["environment"] = "\u{0}".into();
        assert_eq!(program.post("/credentials", &body).status, 400);
        for (path, body) in [
            ("/tokens/revoke", json!({ "credential": "\u{0}" })),
            ("/tokens/revoke", json!({ "account": "\u{0}" })),
            ("/people", json!({ "environment": "production", "account": "A", "username": "\u{0}" })),
            ("/operators/tokens", json!({ "name": "\u{0}" })),
        ] {
            let answer = program.post(path, &body);
            assert!(matches!(answer.status, 400 | 404), "{path}: {} {}", answer.status, answer.text());
        }
    }

    /// Whatever a program changes stands in the audit trail under the name of its token.
    fn every_change_is_in_the_audit_trail_under_the_tokens_name(house) {
        let program = Program::new(house, "*");
        let account = unique("Audited");
        let actor = format!("operator:{}", program.name);
        let newest = || program.get("/audit?limit=200").json().as_array().unwrap().iter().filter(|event| event["actor"] == actor.as_str()).map(|event| event["event"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let made = program.post("/credentials", &credential(&account)).json();
        let uuid = made["uuid"].as_str().unwrap().to_owned();
        let person = program.post("/people", &json!({ "environment": "production", "account": account, "username": unique("audited") })).json();
        let id = person["id"].as_str().unwrap().to_owned();
        let token = program.post("/operators/tokens", &json!({ "name": unique("audited") })).json();
        let token = token["id"].as_str().unwrap().to_owned();
        let password = json!({ "password": "tomato bicycle" });
        let hand_over = json!({ "environment": "production", "account": account, "username": person["username"], "role": "member" });
        for (request, event) in [
            (asked("PATCH", &format!("/credentials/{uuid}"), &json!({ "name": "Other" })), "credential.updated"),
            (asked("POST", &format!("/credentials/{uuid}/rotate"), &json!({})), "credential.secret_rotated"),
            (asked("POST", &format!("/credentials/{uuid}/disable"), &json!({})), "credential.disabled"),
            (asked("POST", &format!("/credentials/{uuid}/enable"), &json!({})), "credential.enabled"),
            (asked("POST", "/tokens/revoke", &json!({ "credential": uuid })), "credential.tokens_revoked"),
            (asked("POST", "/tokens/revoke", &json!({ "account": account })), "account.tokens_revoked"),
            (asked("DELETE", &format!("/credentials/{uuid}"), &json!({})), "credential.deleted"),
            (asked("POST", &format!("/accounts/{account}/suspend"), &json!({})), "account.suspended"),
            (asked("POST", &format!("/accounts/{account}/restore"), &json!({})), "account.restored"),
            (asked("POST", &format!("/people/{id}/password"), &password), "person.password_set"),
            (asked("POST", &format!("/people/{id}/role"), &json!({ "role": "account-manager" })), "person.role_changed"),
            (asked("POST", &format!("/people/{id}/second-factor/reset"), &json!({})), "person.second_factor_reset"),
            (asked("POST", &format!("/people/{id}/invitation"), &json!({})), "person.invited"),
            (asked("POST", "/people/hand-over", &hand_over), "person.handed_over"),
            (asked("POST", &format!("/people/{id}/sessions/end"), &json!({})), "person.sessions_ended"),
            (asked("POST", &format!("/people/{id}/disable"), &json!({})), "person.disabled"),
            (asked("POST", &format!("/people/{id}/enable"), &json!({})), "person.enabled"),
            (asked("DELETE", &format!("/people/{id}"), &json!({})), "person.erased"),
            (asked("POST", &format!("/operators/tokens/{token}/revoke"), &json!({})), "operator_token.revoked"),
        ] {
            if event == "person.sessions_ended" {
                // Where nobody is signed in nothing is ended, and nothing told.
                let username = person["username"].as_str().unwrap();
                Browser::at(house.server.at("production")).sign_in(username, "tomato bicycle");
            }
            let answer = program.call(request);
            assert_eq!(answer.status, 200, "{event}: {}", answer.text());
            assert_eq!(newest().first().map(String::as_str), Some(event));
        }
        for event in ["credential.created", "person.created", "operator_token.created"] {
            assert!(newest().iter().any(|known| known == event), "{event}");
        }
    }
}
