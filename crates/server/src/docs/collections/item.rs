//! A request of a collection, out of an operation of a description.

use serde_json::{Map, Value, json};

use super::super::mock::documented::plain;
use super::super::mock::invent;
use super::super::mock::media::MediaType;
use super::super::mock::place::Place;
use super::{example, script, url};

/// Members that a person's own values stand for.
const OWN: [(&str, &str); 3] = [
    ("client_id", "{{client_id}}"),
    ("client_secret", "{{client_secret}}"),
    ("token", "{{access_token}}"),
];
const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// A client, with its id and secret.
    AsClient,
    /// A program with a token, which the folder says.
    WithToken,
}

/// A description of which a folder is made.
pub struct Folder<'d> {
    /// The description.
    pub document: &'d Value,
    /// What stands before its paths.
    pub base: String,
    /// Who asks.
    pub asks: Asks,
}

impl Folder<'_> {
    /// Its operations, each with its id, in order of path.
    pub fn operations(&self) -> Vec<(String, Value)> {
        let paths = Place::root(self.document).member("paths");
        let mut found = Vec::new();
        for (path, item) in paths.iter().flat_map(|paths| paths.members()) {
            for method in METHODS {
                if let Some(operation) = item.member(method) {
                    let id = operation.text("operationId").unwrap_or_default().to_owned();
                    found.push((id, self.operation((path, method), &item, &operation)));
                }
            }
        }
        found
    }

    fn operation(
        &self,
        (path, method): (&str, &str),
        item: &Place<'_>,
        operation: &Place<'_>,
    ) -> Value {
        let parameters = parameters(item, operation);
        let id = operation.text("operationId").unwrap_or_default();
        let mut headers: Vec<Value> = Vec::new();
        for parameter in parameters
            .iter()
            .filter(|place| place.text("in") == Some("header"))
        {
            headers.push(json!({
                "key": parameter.text("name"),
                "value": url::example(self.document, parameter),
                "description": url::said(parameter),
                "disabled": !parameter.is("required"),
            }));
        }
        let mut request = json!({
            "method": method.to_uppercase(),
            "url": url::of(self.document, &self.base, path, &parameters),
            "description": operation.text("description").unwrap_or_default(),
        });
        if self.asks == Asks::AsClient {
            request["auth"] = client(operation);
        }
        let is_token = self.asks == Asks::AsClient && id == "token";
        // A grant that may stand in the query stands there, as this dialect's own documentation has it.
        let in_query = is_token && in_query(&mut request["url"]);
        if let Some((kind, value)) = self.body(operation).filter(|_| !in_query) {
            headers.push(json!({ "key": "Content-Type", "value": kind.to_string() }));
            request["body"] = written(&kind, &value);
        }
        if is_token {
            request["url"] = token_url(&request["url"]);
        }
        request["header"] = headers.into();
        let scripts = match self.asks {
            Asks::AsClient => script::of_answer(id, operation),
            Asks::WithToken => script::of_answer("", operation),
        };
        let name = operation.text("summary").filter(|text| !text.is_empty());
        json!({
            "name": name.unwrap_or(if id.is_empty() { path } else { id }),
            "request": request,
            "response": example::all(self.document, operation, &request),
            "event": [script::after(&scripts)],
        })
    }

    /// The body's kind and what stands in it: JSON where it may be, and of a token request what a program sends.
    fn body(&self, operation: &Place<'_>) -> Option<(MediaType, Value)> {
        let content = operation.member("requestBody")?.member("content")?;
        let mut kinds: Vec<(MediaType, Place<'_>)> = content
            .members()
            .filter_map(|(name, media)| Some((MediaType::of(name)?, media)))
            .collect();
        kinds.sort_by_key(|(kind, _)| !kind.is_json());
        let (kind, media) = kinds.into_iter().next()?;
        let examples = media.member("examples");
        let named = examples.as_ref().and_then(|examples| {
            let usual = examples.member("client_credentials");
            let first = || examples.members().next().map(|(_, example)| example);
            usual.or_else(first)?.value.get("value").cloned()
        });
        let schema = media.member("schema");
        let made = || {
            schema.map_or(Value::Null, |schema| {
                invent::value(self.document, schema.value)
            })
        };
        let mut value = media
            .value
            .get("example")
            .cloned()
            .or(named)
            .unwrap_or_else(made);
        if self.asks == Asks::AsClient {
            let basic = client(operation)["type"] == "basic";
            own(&mut value, basic);
        }
        Some((kind, value))
    }
}

/// The parameters of an operation and of its path.
fn parameters<'d>(item: &Place<'d>, operation: &Place<'d>) -> Vec<Place<'d>> {
    let lists = [operation, item].map(|place| place.member("parameters"));
    let mut found: Vec<Place<'d>> = Vec::new();
    for place in lists
        .iter()
        .flatten()
        .flat_map(|list| list.items().collect::<Vec<_>>())
    {
        let is_same = |other: &Place<'d>| {
            other.text("name") == place.text("name") && other.text("in") == place.text("in")
        };
        if !found.iter().any(is_same) {
            found.push(place);
        }
    }
    found
}

/// How the client proves itself: by HTTP Basic where the description has that, else in the body.
fn client(operation: &Place<'_>) -> Value {
    let security = operation.member("security");
    let basic = security
        .iter()
        .flat_map(|security| security.items())
        .any(|one| one.value.get("client").is_some());
    if !basic {
        return json!({ "type": "noauth" });
    }
    json!({ "type": "basic", "basic": [
        { "key": "username", "value": "{{client_id}}", "type": "string" },
        { "key": "password", "value": "{{client_secret}}", "type": "string" },
    ] })
}

/// Puts a person's own values in the place of those that were made up. Without `scope` a token has all that is granted.
fn own(value: &mut Value, is_basic: bool) {
    let Some(members) = value.as_object_mut() else {
        return;
    };
    members.remove("scope");
    for (name, variable) in OWN {
        if is_basic && name.starts_with("client_") {
            members.remove(name);
        } else if members.contains_key(name) {
            members.insert(name.to_owned(), variable.into());
        }
    }
}

/// Switches the grant type in the query on; whether there is one.
fn in_query(url: &mut Value) -> bool {
    let Some(query) = url["query"].as_array_mut() else {
        return false;
    };
    let grant = query
        .iter_mut()
        .find(|parameter| parameter["key"] == "grant_type");
    grant.is_some_and(|parameter| {
        parameter["value"] = "client_credentials".into();
        parameter["disabled"] = false.into();
        true
    })
}

/// The token endpoint has a variable of its own.
fn token_url(url: &Value) -> Value {
    let query = url["query"].clone();
    let sent = query
        .as_array()
        .into_iter()
        .flatten()
        .filter(|one| one["disabled"] == false);
    let sent: Vec<String> = sent
        .map(|one| format!("{}={}", plain(&one["key"]), plain(&one["value"])))
        .collect();
    let raw = if sent.is_empty() {
        "{{token_url}}".to_owned()
    } else {
        format!("{{{{token_url}}}}?{}", sent.join("&"))
    };
    json!({ "raw": raw, "host": ["{{token_url}}"], "query": query })
}

fn written(kind: &MediaType, value: &Value) -> Value {
    if kind.is_form() {
        let none = Map::new();
        let members = value.as_object().unwrap_or(&none);
        let pairs = members
            .iter()
            .map(|(name, value)| json!({ "key": name, "value": plain(value), "type": "text" }));
        return json!({ "mode": "urlencoded", "urlencoded": pairs.collect::<Vec<_>>() });
    }
    if kind.is_json() {
        return json!({ "mode": "raw", "raw": format!("{value:#}"), "options": { "raw": { "language": "json" } } });
    }
    json!({ "mode": "raw", "raw": plain(value) })
}
