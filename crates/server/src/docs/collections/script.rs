//! The scripts of a collection, which Postman runs before a request and on its answer.

use serde_json::{Value, json};

use super::super::mock::place::Place;

/// What the gateway may say of any call, whatever the API documents.
const OF_THE_GATEWAY: [u16; 3] = [401, 403, 429];

/// A script that runs before a request.
pub fn before(lines: &str) -> Value {
    event("prerequest", lines)
}

/// A script that runs on an answer.
pub fn after(lines: &str) -> Value {
    event("test", lines)
}

fn event(listen: &str, lines: &str) -> Value {
    let lines: Vec<&str> = lines.lines().collect();
    json!({ "listen": listen, "script": { "type": "text/javascript", "exec": lines } })
}

/// Asks for a token where there is none.
pub fn token_first(request: &Value) -> String {
    let mut asked = json!({ "url": "{{token_url}}", "method": "POST", "header": request["header"], "body": request["body"] });
    if let Some(query) = request["url"]["raw"]
        .as_str()
        .and_then(|raw| raw.split_once('?'))
    {
        asked["url"] = format!("{{{{token_url}}}}?{}", query.1).into();
    }
    let is_basic = request["auth"]["type"] == "basic";
    let lines = include_str!("token_first.js");
    lines
        .replace("REQUEST", &asked.to_string())
        .replace("IS_BASIC", &is_basic.to_string())
}

/// On the answer of an operation.
pub fn of_answer(id: &str, operation: &Place<'_>) -> String {
    match id {
        "token" => include_str!("token.js").to_owned(),
        "introspect" => include_str!("introspect.js").to_owned(),
        "revoke" => include_str!("revoke.js").to_owned(),
        _ => {
            let responses = operation.member("responses");
            let names = responses.iter().flat_map(|responses| responses.members());
            let mut names: Vec<String> = names.map(|(name, _)| name.to_ascii_uppercase()).collect();
            names.extend(OF_THE_GATEWAY.iter().map(ToString::to_string));
            names.sort_unstable();
            names.dedup();
            include_str!("answer.js").replace("DOCUMENTED", &json!(names).to_string())
        }
    }
}
