//! From an OpenAPI description to what stands on a page: our own and the platform's are read by the same code.
//!
//! A description of the platform's is somebody's text. Whatever is not there, or is not what it should be, is left out; nothing
//! that refers to itself is followed for ever, and nothing of it is taken for markup.

mod command;
mod example;
mod prose;
mod schema;

use serde_json::{Map, Value};

use self::schema::Schemas;
use crate::pages::{Answer, Body, Content, Field, Operation, OperationGroup};

const METHODS: [&str; 8] = [
    "get", "post", "put", "patch", "delete", "head", "options", "trace",
];

/// The operations of a description by their tags, in the order of its `tags`. `url` is where the environment is, `base` what
/// stands between it and the paths, `first` the name of the example that stands before others.
pub fn groups(description: &Value, url: &str, base: &str, first: &str) -> Vec<OperationGroup> {
    let reader = Reader {
        schemas: Schemas(description),
        url,
        base,
        first,
    };
    let mut groups: Vec<OperationGroup> = list(&description["tags"])
        .filter_map(|tag| {
            let name = tag["name"].as_str()?;
            let said = tag["description"].as_str().unwrap_or_default();
            Some(group(name, said))
        })
        .collect();
    for (path, item) in members(&description["paths"]) {
        for method in METHODS {
            let Some(operation) = item.get(method).filter(|operation| operation.is_object()) else {
                continue;
            };
            let untagged = description["info"]["title"].as_str().unwrap_or("API");
            let tag = operation["tags"][0].as_str().unwrap_or(untagged);
            let shown = reader.operation(method, path, item, operation);
            match groups.iter_mut().find(|group| group.name == tag) {
                Some(group) => group.operations.push(shown),
                None => {
                    let mut group = group(tag, "");
                    group.operations.push(shown);
                    groups.push(group);
                }
            }
        }
    }
    groups.retain(|group| !group.operations.is_empty());
    groups
}

/// The path of a description's first server: what stands before its paths.
pub fn base_of(description: &Value) -> String {
    let server = description["servers"][0]["url"]
        .as_str()
        .unwrap_or_default();
    let path = match url::Url::parse(server) {
        Ok(url) => url.path().to_owned(),
        Err(_) if server.starts_with('/') => server.to_owned(),
        Err(_) => String::new(),
    };
    path.trim_end_matches('/').to_owned()
}

fn group(name: &str, said: &str) -> OperationGroup {
    OperationGroup {
        name: name.to_owned(),
        anchor: format!("tag-{}", anchor(name)),
        description: prose::paragraphs(said),
        operations: Vec::new(),
    }
}

/// A text as part of an address.
fn anchor(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    text.chars().map(plain).collect::<String>().to_lowercase()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What reads one description.
struct Reader<'d> {
    schemas: Schemas<'d>,
    url: &'d str,
    base: &'d str,
    first: &'d str,
}

impl Reader<'_> {
    fn operation(&self, method: &str, path: &str, item: &Value, operation: &Value) -> Operation {
        let named = format!("{method}-{path}");
        let id = operation["operationId"].as_str().unwrap_or(&named);
        let (proves, scopes) = self.proof(operation);
        let parameters = self.parameters(item, operation);
        let body = self.body(&operation["requestBody"]);
        let summary = match operation["summary"].as_str() {
            Some(summary) => summary.to_owned(),
            None => format!("{} {path}", method.to_uppercase()),
        };
        let answers = self.answers(&operation["responses"]);
        let for_browsers = answers
            .iter()
            .flat_map(|answer| &answer.contents)
            .any(|content| content.media_type == "text/html");
        Operation {
            anchor: format!("op-{}", anchor(id)),
            method: method.to_uppercase(),
            path: format!("{}{path}", self.base),
            summary,
            description: prose::paragraphs(operation["description"].as_str().unwrap_or_default()),
            deprecated: operation["deprecated"] == true,
            command: command::curl(
                method,
                &format!("{}{}{path}", self.url, self.base),
                proves,
                &parameters,
                body.as_ref(),
            ),
            proves,
            scopes,
            parameters,
            body,
            answers,
            tries: !for_browsers && !matches!(method, "head" | "options" | "trace"),
        }
    }

    /// How the caller proves itself, and for what: by the first scheme that is known here.
    fn proof(&self, operation: &Value) -> (&'static str, Vec<String>) {
        let whole = self.schemas.0;
        let wanted = operation.get("security").unwrap_or(&whole["security"]);
        for (name, scopes) in list(wanted).flat_map(members) {
            let scheme = self
                .schemas
                .resolved(&whole["components"]["securitySchemes"][name]);
            let kind = (scheme["type"].as_str(), scheme["scheme"].as_str());
            let proves = match kind {
                (Some("http"), Some(scheme)) if scheme.eq_ignore_ascii_case("basic") => "basic",
                (Some("http"), Some(scheme)) if scheme.eq_ignore_ascii_case("bearer") => "bearer",
                (Some("oauth2" | "openIdConnect"), _) => "bearer",
                _ => continue,
            };
            return (proves, list(scopes).map(text).collect());
        }
        ("", Vec::new())
    }

    fn parameters(&self, item: &Value, operation: &Value) -> Vec<Field> {
        let mut found: Vec<Field> = Vec::new();
        // The operation's own come first, so that they win.
        for parameter in list(&operation["parameters"]).chain(list(&item["parameters"])) {
            let parameter = self.schemas.resolved(parameter);
            let (name, place) = (text(&parameter["name"]), text(&parameter["in"]));
            if found
                .iter()
                .any(|known| known.name == name && known.place == place)
            {
                continue;
            }
            found.push(self.described(name, place, parameter));
        }
        found
    }

    /// A parameter or a header.
    fn described(&self, name: String, place: String, parameter: &Value) -> Field {
        let content = members(&parameter["content"]).next();
        let schema = content.map_or(&parameter["schema"], |(_, content)| &content["schema"]);
        let mut field = self.schemas.field(&name, schema, 0);
        field.required = parameter["required"] == true;
        field.place = place;
        if let Some(said) = parameter["description"].as_str() {
            field.description = prose::paragraphs(said);
        }
        let named = members(&parameter["examples"]).next();
        let example = named.map(|(_, example)| &self.schemas.resolved(example)["value"]);
        if let Some(example) = example.or_else(|| parameter.get("example")) {
            field.example = example::plain(example);
        }
        field
    }

    fn body(&self, body: &Value) -> Option<Body> {
        let body = self.schemas.resolved(body);
        let contents = self.contents(body);
        (!contents.is_empty()).then(|| Body {
            required: body["required"] == true,
            contents,
        })
    }

    fn contents(&self, of: &Value) -> Vec<Content> {
        members(&of["content"])
            .map(|(media_type, content)| {
                let mut examples = example::of(&self.schemas, media_type, content);
                examples.sort_by_key(|(name, _, _)| name != self.first);
                Content {
                    media_type: media_type.clone(),
                    shapes: self.schemas.shapes(&content["schema"]),
                    examples,
                }
            })
            .collect()
    }

    fn answers(&self, answers: &Value) -> Vec<Answer> {
        members(answers)
            .map(|(status, answer)| {
                let answer = self.schemas.resolved(answer);
                let empty = Map::new();
                let headers = answer["headers"].as_object().unwrap_or(&empty);
                Answer {
                    status: status.clone(),
                    description: prose::paragraphs(&text(&answer["description"])),
                    headers: headers
                        .iter()
                        .map(|(name, header)| {
                            let header = self.schemas.resolved(header);
                            self.described(name.clone(), String::new(), header)
                        })
                        .collect(),
                    contents: self.contents(answer),
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
