//! A description, laid out so that a request finds its operation.

use std::borrow::Cow;

use serde_json::Value;
use url::Url;

use super::body::Body;
use super::checks::Checks;
use super::parameters::{self, Parameter};
use super::place::Place;
use super::schema::Way;
use super::template::{Captured, Template};

/// The methods that a description knows (OpenAPI 3.1 §4.8.9). `trace` is left out: it would answer what it was sent.
const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// A description that is mocked.
pub struct Described {
    /// As it was written.
    pub document: Value,
    /// The path of its first server, which stands before every path: empty, or `/v2`.
    pub base: String,
    /// Its schemas, for requests.
    pub checks: Checks,
    /// The examples that are meant where none of several is named.
    pub usual: &'static [&'static str],
    paths: Vec<DescribedPath>,
}

struct DescribedPath {
    template: Template,
    operations: Vec<Operation>,
}

/// What answers a method at a path.
pub struct Operation {
    /// In upper case.
    pub method: String,
    /// Where it stands in the description.
    pub pointer: String,
    /// What may stand in the path, the query and the headers.
    pub parameters: Vec<Parameter>,
    /// What may stand in the body.
    pub body: Option<Body>,
}

/// Nothing answers.
#[derive(Debug, PartialEq, Eq)]
pub enum Unknown {
    /// There is no such path.
    Path,
    /// There is none of that method; the value of `Allow`.
    Method(String),
}

impl Described {
    /// Lays a description out; `base` stands before its paths.
    pub fn new(document: Value, base: String) -> Self {
        let checks = Checks::of(&document, Way::In);
        let mut paths = Vec::new();
        if let Some(described) = Place::root(&document).member("paths") {
            for (path, place) in described
                .members()
                .filter(|(path, _)| path.starts_with('/'))
            {
                paths.push(DescribedPath {
                    template: Template::of(path),
                    operations: operations(&place),
                });
            }
        }
        paths.sort_by(|one, other| one.template.cmp(&other.template));
        Self {
            document,
            base,
            checks,
            usual: &[],
            paths,
        }
    }

    /// A place in it.
    pub fn place(&self, pointer: &str) -> Option<Place<'_>> {
        Place::at(&self.document, pointer)
    }

    /// The path that the API itself would see: whoever left the first server's out has it put before theirs.
    pub fn full<'p>(&self, path: &'p str) -> Cow<'p, str> {
        let rest = path.strip_prefix(self.base.as_str());
        match rest {
            Some(rest) if rest.starts_with('/') => path.into(),
            _ => format!("{}{path}", self.base).into(),
        }
    }

    /// The operation of a request, and what its path holds. GET answers HEAD too, where nothing else does.
    ///
    /// # Errors
    /// [`Unknown`]
    pub fn find(&self, method: &str, path: &str) -> Result<(&Operation, Captured), Unknown> {
        let path = path.strip_prefix(self.base.as_str());
        let path = path
            .filter(|path| path.starts_with('/'))
            .ok_or(Unknown::Path)?;
        let mut allowed: Vec<&str> = Vec::new();
        let mut fits = false;
        for described in &self.paths {
            let Some(captured) = described.template.fit(path) else {
                continue;
            };
            fits = true;
            let named = |name: &str| described.operations.iter().find(|one| one.method == name);
            let found = named(method).or_else(|| named("GET").filter(|_| method == "HEAD"));
            if let Some(operation) = found {
                return Ok((operation, captured));
            }
            allowed.extend(described.operations.iter().map(|one| one.method.as_str()));
            if named("GET").is_some() {
                allowed.push("HEAD");
            }
        }
        if !fits {
            return Err(Unknown::Path);
        }
        allowed.push("OPTIONS");
        allowed.sort_unstable();
        allowed.dedup();
        Err(Unknown::Method(allowed.join(", ")))
    }
}

fn operations(path: &Place<'_>) -> Vec<Operation> {
    let described = METHODS.iter().filter_map(|method| {
        let operation = path.member(method)?;
        Some(Operation {
            method: method.to_uppercase(),
            pointer: operation.pointer.clone(),
            parameters: parameters::of(path, &operation),
            body: operation.member("requestBody").map(|body| Body::of(&body)),
        })
    });
    described.collect()
}

/// The path of a description's first server, with the defaults of its variables; empty where there is none.
pub fn base_path(document: &Value) -> String {
    let root = Place::root(document);
    let server = root
        .member("servers")
        .and_then(|servers| servers.items().next());
    let Some(url) = server.as_ref().and_then(|server| server.text("url")) else {
        return String::new();
    };
    let mut url = url.to_owned();
    let variables = server.and_then(|server| server.member("variables"));
    for (name, variable) in variables.iter().flat_map(|variables| variables.members()) {
        let default = variable.text("default").unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), default);
    }
    // A server may be written as a path alone; then it is read as if it stood somewhere.
    let somewhere = Url::parse("http://localhost/").ok();
    let parsed = somewhere.and_then(|somewhere| somewhere.join(&url).ok());
    let path = parsed.map(|url| url.path().to_owned()).unwrap_or_default();
    path.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn an_operation_is_found_behind_its_servers_path() {
        let document = json!({
            "openapi": "3.0.3",
            "servers": [{ "url": "https://{host}/v2/", "variables": { "host": { "default": "api.example.com" } } }],
            "paths": {
                "/orders/{id}": { "get": { "responses": {} }, "delete": { "responses": {} } },
                "/orders/latest": { "put": { "responses": {} } },
                "x-note": { "get": {} },
            },
        });
        let base = base_path(&document);
        assert_eq!(base, "/v2");
        let described = Described::new(document, base);
        let found = |method: &str, path: &str| {
            described.find(method, path).map(|(operation, captured)| {
                let captured: Vec<String> = captured.into_iter().map(|(_, value)| value).collect();
                (operation.pointer.clone(), captured)
            })
        };
        let get = "/paths/~1orders~1{id}/get".to_owned();
        assert_eq!(
            found("GET", "/v2/orders/7"),
            Ok((get.clone(), vec!["7".to_owned()]))
        );
        assert_eq!(found("HEAD", "/v2/orders/7").unwrap().0, get);
        assert_eq!(
            found("PUT", "/v2/orders/latest").unwrap().0,
            "/paths/~1orders~1latest/put"
        );
        assert_eq!(found("GET", "/v2/orders/latest").unwrap().1, ["latest"]);
        assert_eq!(
            found("POST", "/v2/orders/7"),
            Err(Unknown::Method("DELETE, GET, HEAD, OPTIONS".to_owned()))
        );
        for path in [
            "/orders/7",
            "/v2",
            "/v2/",
            "/v2/orders",
            "/v2/x-note",
            "/v2x/orders/7",
        ] {
            assert_eq!(found("GET", path), Err(Unknown::Path), "{path}");
        }
        for path in ["/v2/orders/7", "/orders/7"] {
            assert_eq!(described.full(path), "/v2/orders/7");
        }
        assert_eq!(described.full("/v2x/orders"), "/v2/v2x/orders");
        assert_eq!(
            base_path(&json!({ "servers": [{ "url": "/api/v1" }] })),
            "/api/v1"
        );
        assert_eq!(
            base_path(&json!({ "servers": [{ "url": "https://a.example" }] })),
            ""
        );
        assert_eq!(base_path(&json!({})), "");
    }
}
