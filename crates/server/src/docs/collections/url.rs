//! An operation's URL as Postman has it: in pieces, with places for what the path and the query hold.

use serde_json::{Value, json};

use super::super::mock::place::Place;
use super::super::mock::{documented::plain, invent};

/// The URL of an operation, behind what stands before every path.
pub fn of(document: &Value, base: &str, path: &str, parameters: &[Place<'_>]) -> Value {
    // Postman writes `:id` where OpenAPI writes `{id}`; a place that is not a whole segment keeps its example.
    let written = |segment: &str| {
        let name = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match name.filter(|name| !name.contains(['{', '}'])) {
            Some(name) => format!(":{name}"),
            None => filled(document, segment, parameters),
        }
    };
    let segments: Vec<String> = path.split('/').skip(1).map(written).collect();
    let is_whole = |name: &str| {
        segments
            .iter()
            .any(|segment| segment.strip_prefix(':') == Some(name))
    };
    let named = |place: &&Place<'_>, stands: &str| place.text("in") == Some(stands);
    let variables: Vec<Value> = parameters
        .iter()
        .filter(|place| named(place, "path"))
        .filter_map(|place| {
            let name = place.text("name").filter(|name| is_whole(name))?;
            Some(json!({ "key": name, "value": example(document, place), "description": said(place) }))
        })
        .collect();
    let query: Vec<Value> = parameters
        .iter()
        .filter(|place| named(place, "query"))
        .filter_map(|place| {
            Some(json!({
                "key": place.text("name")?,
                "value": example(document, place),
                "description": said(place),
                "disabled": !place.is("required"),
            }))
        })
        .collect();
    let mut raw = format!("{base}/{}", segments.join("/"));
    let sent = query.iter().filter(|one| one["disabled"] == false);
    let sent: Vec<String> = sent
        .map(|one| format!("{}={}", plain(&one["key"]), plain(&one["value"])))
        .collect();
    if !sent.is_empty() {
        raw = format!("{raw}?{}", sent.join("&"));
    }
    // The variable is the host; what follows it on the way to the path belongs to the path.
    let (host, before) = base
        .split_once("}}")
        .map_or((base.to_owned(), ""), |(host, before)| {
            (format!("{host}}}}}"), before)
        });
    let before = before
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(str::to_owned);
    json!({
        "raw": raw,
        "host": [host],
        "path": before.chain(segments).collect::<Vec<_>>(),
        "query": query,
        "variable": variables,
    })
}

/// The example of a parameter, as text.
pub fn example(document: &Value, parameter: &Place<'_>) -> String {
    let stated = parameter.value.get("example").cloned();
    let named = parameter.member("examples").and_then(|examples| {
        let mut values = examples.members();
        values.find_map(|(_, example)| example.value.get("value").cloned())
    });
    let schema = parameter.member("schema");
    let made = || schema.map_or_else(|| "".into(), |schema| invent::value(document, schema.value));
    plain(&stated.or(named).unwrap_or_else(made))
}

fn filled(document: &Value, segment: &str, parameters: &[Place<'_>]) -> String {
    parameters
        .iter()
        .fold(segment.to_owned(), |text, place| match place.text("name") {
            Some(name) => text.replace(&format!("{{{name}}}"), &example(document, place)),
            None => text,
        })
}

/// What is said of a parameter.
pub fn said<'d>(place: &Place<'d>) -> &'d str {
    place.text("description").unwrap_or_default()
}
