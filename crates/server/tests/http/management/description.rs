//! The description against the routes: who may ask, what is refused.

use super::*;

/// Every operation: method, path, what is said of it.
fn operations(house: &House) -> Vec<(String, String, Value)> {
    let answer = Request::get("/admin/v1/openapi.json").send(&house.server.admin);
    assert_eq!(answer.status, 200);
    let mut operations = Vec::new();
    for (path, item) in answer.json()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.push((method.to_uppercase(), path.clone(), operation.clone()));
        }
    }
    operations
}

/// A request to an operation that names what is not there.
fn request(method: &str, path: &str, body: Option<&Value>) -> Request {
    let path = ["{id}", "{account}", "{kid}"]
        .iter()
        .fold(path.to_owned(), |path, name| path.replace(name, "nothing"));
    let request = Request::new(method, &path);
    match body {
        Some(body) => request.body("application/json", body.to_string()),
        None => request,
    }
}

on_each_database! {
    fn the_description_is_served_without_a_token_and_printed_by_the_command_line(house) {
        let answer = Request::get("/admin/v1/openapi.json").send(&house.server.admin);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
        let printed = house.server.grantor(&["openapi", "--management"], None);
        assert!(printed.status.success());
        let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
        assert_eq!(printed, answer.json());
        assert_eq!(printed["openapi"], "3.1.0");
        // An environment's own goes on being printed.
        let environment = house.server.grantor(&["openapi", "production"], None);
        assert!(String::from_utf8_lossy(&environment.stdout).contains("/oauth/token"));
    }

    /// Nothing but the description and the proof of the key is there for nobody.
    fn every_operation_needs_the_scope_that_its_description_names(house) {
        let (one, other) = (Program::new(house, "environments:read"), Program::new(house, "audit:read"));
        let mut open = Vec::new();
        for (method, path, operation) in operations(house) {
            let Some(scope) = operation["security"][0]["operator"][0].as_str() else {
                open.push(path);
                continue;
            };
            let nobody = request(&method, &path, None).send(&house.server.admin);
            assert_eq!(nobody.status, 401, "{method} {path}");
            let program = if scope == "environments:read" { &other } else { &one };
            let refused = program.call(request(&method, &path, None));
            assert_eq!(refused.status, 403, "{method} {path}");
            let challenge = refused.header("www-authenticate").unwrap();
            assert!(challenge.contains(&format!("scope=\"{scope}\"")), "{method} {path} needs {challenge}");
        }
        open.sort();
        assert_eq!(open, ["/admin/v1/openapi.json", "/admin/v1/self"]);
    }

    /// S284: a member that is not in the description is refused, and named, by every operation that reads a body.
    fn s284_no_operation_takes_a_member_that_it_does_not_describe(house) {
        let program = Program::new(house, "*");
        let mut bodies = 0;
        for (method, path, operation) in operations(house) {
            if operation.get("requestBody").is_none() {
                continue;
            }
            bodies += 1;
            let surprise = json!({ "surprise": true, "id": "x", "created_at": "x" });
            let answer = program.call(request(&method, &path, Some(&surprise)));
            assert_eq!(answer.status, 400, "{method} {path}: {}", answer.text());
            let named = ["surprise", "id", "created_at"].iter().any(|member| answer.text().contains(member));
            assert!(named, "{method} {path}: {}", answer.text());
            for (kind, body, status) in [
                ("application/json", "[]", 400),
                ("application/json", "{} {}", 400),
                ("application/json", "{", 400),
                ("text/plain", "{}", 415),
            ] {
                let answer = program.call(request(&method, &path, None).body(kind, body));
                assert_eq!(answer.status, status, "{method} {path} {body}: {}", answer.text());
            }
        }
        assert!(bodies >= 9, "{bodies}");
    }
}
