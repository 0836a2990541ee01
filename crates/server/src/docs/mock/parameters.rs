//! What stands in a request's path, query and headers, held against the description.
//!
//! Cookies are not read: on this host they may belong to the portal. Nor are `Accept`, `Authorization` and `Content-Type`
//! parameters (OpenAPI 3.1 §4.8.12.2).

use axum::http::HeaderMap;
use serde_json::Value;

use super::checks::{Check, Fault};
use super::operations::Described;
use super::place::Place;
use super::template::Captured;
use super::typed::Types;

/// One parameter of an operation.
pub struct Parameter {
    name: String,
    stands: Stands,
    required: bool,
    how: How,
    check: Option<Check>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    Path,
    Query,
    Header,
}

/// How a list or an object is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// A parameter per value.
    Repeated,
    /// All values in one, between these signs.
    Joined(char),
    /// `name[property]=value`
    Deep,
    /// As a JSON document.
    Json,
    /// In a way that is not read here.
    Unread,
}

/// What a request brought for parameters.
pub struct Brought<'r> {
    /// What the path holds.
    pub captured: &'r Captured,
    /// The pairs of the query.
    pub query: &'r [(String, String)],
    /// The headers.
    pub headers: &'r HeaderMap,
}

/// The parameters of an operation: its own, and those of its path that it does not have itself.
pub fn of(path: &Place<'_>, operation: &Place<'_>) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for place in [operation, path] {
        let Some(list) = place.member("parameters") else {
            continue;
        };
        for parameter in list.items().filter_map(|place| Parameter::of(&place)) {
            let is_known = |known: &Parameter| {
                known.name == parameter.name && known.stands == parameter.stands
            };
            if !parameters.iter().any(is_known) {
                parameters.push(parameter);
            }
        }
    }
    parameters
}

impl Parameter {
    fn of(place: &Place<'_>) -> Option<Self> {
        let name = place.text("name")?.to_owned();
        let stands = match place.text("in")? {
            "path" => Stands::Path,
            "query" => Stands::Query,
            "header" => Stands::Header,
            _ => return None,
        };
        let ours = ["accept", "authorization", "content-type"];
        if stands == Stands::Header && ours.contains(&name.to_ascii_lowercase().as_str()) {
            return None;
        }
        let content = place.member("content");
        let media = content
            .as_ref()
            .and_then(|content| content.members().next());
        let how = match &media {
            Some((name, _)) if name.contains("json") => How::Json,
            Some(_) => How::Unread,
            None => written(place, stands),
        };
        let schema = match &media {
            Some((_, media)) => media.member("schema"),
            None => place.member("schema"),
        };
        Some(Self {
            name,
            stands,
            required: place.is("required") || stands == Stands::Path,
            how,
            check: schema.map(|schema| Check::at(schema.pointer)),
        })
    }

    /// What it is called in sentences.
    pub fn title(&self) -> String {
        let stands = match self.stands {
            Stands::Path => "path",
            Stands::Query => "query",
            Stands::Header => "header",
        };
        format!("The {stands} parameter '{}'", self.name)
    }

    /// Its name, for those who look for one.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is wrong with it.
    pub fn faults(&self, described: &Described, brought: &Brought<'_>) -> Vec<Fault> {
        let check = self.check.as_ref();
        let place = check.and_then(|check| described.place(check.pointer()));
        let schema = place.map_or(&Value::Null, |place| place.value);
        match self.value(Types(&described.document), schema, brought) {
            Ok(None) if self.required => vec![Fault::new("is missing")],
            Ok(Some(value)) if self.how != How::Unread => {
                check.map_or_else(Vec::new, |check| described.checks.faults(check, &value))
            }
            Ok(_) => Vec::new(),
            Err(fault) => vec![fault],
        }
    }

    fn value<'d>(
        &self,
        types: Types<'d>,
        schema: &'d Value,
        brought: &Brought<'_>,
    ) -> Result<Option<Value>, Fault> {
        let is_object = types.wants(schema, "object");
        let repeated = || Err(Fault::new("is there more than once"));
        if self.stands == Stands::Query && is_object && self.how != How::Json {
            return self.object(types, schema, brought.query);
        }
        let texts: Vec<String> = match self.stands {
            Stands::Path => named(brought.captured, &self.name),
            Stands::Query => named(brought.query, &self.name),
            Stands::Header => header(brought.headers, &self.name),
        };
        let Some(first) = texts.first() else {
            return Ok(None);
        };
        if self.how == How::Json {
            let read = serde_json::from_str(first);
            return read.map(Some).map_err(|_| Fault::new("is no JSON"));
        }
        if types.wants(schema, "array") {
            let items = types.items(schema);
            let values: Vec<Value> = match self.how {
                How::Joined(sign) => split(&texts, sign)
                    .map(|text| types.typed(items, text))
                    .collect(),
                _ => texts.iter().map(|text| types.typed(items, text)).collect(),
            };
            return Ok(Some(Value::Array(values)));
        }
        if texts.len() > 1 {
            return repeated();
        }
        if is_object {
            let parts: Vec<&str> = split(&texts, ',').collect();
            let pairs = parts.chunks_exact(2).filter_map(|pair| match pair {
                [name, text] => Some(((*name).to_owned(), (*text).to_owned())),
                _ => None,
            });
            return types
                .object(schema, pairs)
                .map(Some)
                .or_else(|_| repeated());
        }
        Ok(Some(types.typed(schema, first)))
    }

    /// An object in the query: `name[property]=value`, or a parameter per property.
    fn object<'d>(
        &self,
        types: Types<'d>,
        schema: &'d Value,
        query: &[(String, String)],
    ) -> Result<Option<Value>, Fault> {
        let known = types.properties(schema);
        let property = |name: &str| match self.how {
            How::Deep => {
                let inside = name.strip_prefix(self.name.as_str())?.strip_prefix('[')?;
                Some(inside.strip_suffix(']')?.to_owned())
            }
            _ => known.contains(&name).then(|| name.to_owned()),
        };
        let pairs = query.iter();
        let pairs = pairs.filter_map(|(name, text)| Some((property(name)?, text.clone())));
        let pairs: Vec<(String, String)> = pairs.collect();
        if pairs.is_empty() {
            return Ok(None);
        }
        let read = types.object(schema, pairs);
        let repeated = |name| Fault::new(format!("has the property '{name}' more than once"));
        read.map(Some).map_err(repeated)
    }
}

/// How the values of a parameter are written (OpenAPI 3.1 §4.8.12.3).
fn written(place: &Place<'_>, stands: Stands) -> How {
    let style = place.text("style").unwrap_or(match stands {
        Stands::Query => "form",
        Stands::Path | Stands::Header => "simple",
    });
    let explode = place.value.get("explode").and_then(Value::as_bool);
    match style {
        "form" if explode.unwrap_or(true) => How::Repeated,
        "form" | "simple" => How::Joined(','),
        "spaceDelimited" => How::Joined(' '),
        "pipeDelimited" => How::Joined('|'),
        "deepObject" => How::Deep,
        _ => How::Unread,
    }
}

fn named(pairs: &[(String, String)], name: &str) -> Vec<String> {
    let found = pairs.iter().filter(|(known, _)| known == name);
    found.map(|(_, text)| text.clone()).collect()
}

/// A header on more than one line means the same as one with all of them (RFC 9110 §5.3).
fn header(headers: &HeaderMap, name: &str) -> Vec<String> {
    let lines = headers.get_all(name).iter();
    let lines: Vec<String> = lines
        .map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned())
        .collect();
    if lines.is_empty() {
        return lines;
    }
    vec![lines.join(",")]
}

fn split(texts: &[String], sign: char) -> impl Iterator<Item = &str> {
    texts
        .iter()
        .flat_map(move |text| text.split(sign))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn faults(query: &str) -> Vec<(String, String)> {
        let integer = json!({ "type": "integer", "minimum": 1 });
        let list = json!({ "type": "array", "items": { "enum": ["a", "b"] }, "maxItems": 2 });
        let filter = json!({ "type": "object", "properties": { "size": { "type": "integer" } }, "additionalProperties": false });
        let document = json!({ "openapi": "3.1.0", "paths": { "/orders/{id}": {
            "parameters": [{ "name": "id", "in": "path", "schema": { "type": "integer" } }],
            "get": { "parameters": [
                { "name": "page", "in": "query", "schema": integer },
                { "name": "tag", "in": "query", "schema": list },
                { "name": "kind", "in": "query", "explode": false, "schema": list },
                { "name": "filter", "in": "query", "style": "deepObject", "schema": filter },
                { "name": "where", "in": "query", "content": { "application/json": { "schema": filter } } },
                { "name": "X-Tenant", "in": "header", "required": true, "schema": { "type": "string", "minLength": 2 } },
                { "name": "Authorization", "in": "header", "required": true },
                { "name": "session", "in": "cookie", "required": true },
            ] },
        } } });
        let described = Described::new(document, String::new());
        let (target, query) = query.split_once('?').unwrap();
        let (operation, captured) = described.find("GET", target).unwrap();
        let (query, tenant) = query.split_once('#').unwrap_or((query, "acme"));
        let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let mut headers = HeaderMap::new();
        if !tenant.is_empty() {
            headers.insert("x-tenant", tenant.parse().unwrap());
        }
        let brought = Brought {
            captured: &captured,
            query: &query,
            headers: &headers,
        };
        let found = operation.parameters.iter().flat_map(|parameter| {
            let faults = parameter.faults(&described, &brought);
            faults
                .into_iter()
                .map(|fault| (parameter.name.clone(), fault.what))
        });
        found.collect()
    }

    #[test]
    fn parameters_are_read_in_every_usual_way() {
        for fits in [
            "/orders/7?",
            "/orders/7?page=3&tag=a&tag=b&kind=a,b&filter[size]=3&where={\"size\":4}&other=1",
        ] {
            assert_eq!(faults(fits), [], "{fits}");
        }
        for (breaks, name) in [
            ("/orders/seven?", "id"),
            ("/orders/7?page=0", "page"),
            ("/orders/7?page=three", "page"),
            ("/orders/7?page=1&page=2", "page"),
            ("/orders/7?tag=c", "tag"),
            ("/orders/7?tag=a&tag=b&tag=a", "tag"),
            ("/orders/7?kind=a,c", "kind"),
            ("/orders/7?filter[size]=big", "filter"),
            ("/orders/7?filter[colour]=red", "filter"),
            ("/orders/7?where={", "where"),
            ("/orders/7?where=[]", "where"),
            ("/orders/7?#", "X-Tenant"),
            ("/orders/7?#a", "X-Tenant"),
        ] {
            let found = faults(breaks);
            assert_eq!(found.len(), 1, "{breaks}: {found:?}");
            assert_eq!(
                found.first().map(|(name, _)| name.as_str()),
                Some(name),
                "{breaks}"
            );
        }
    }
}
