//! Whatever a mock answers is what the description says; whatever breaks the description is refused.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

use axum::body::to_bytes;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::checks::{Check, Checks};
use super::documented::of_status;
use super::media::MediaType;
use super::place::Place;
use super::schema::Way;
use super::*;

fn manifest() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &Path) -> Value {
    let text = std::fs::read_to_string(file).unwrap();
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(&text, options).unwrap()
}

/// A platform's API as it is described in `tests/apis`, and any other in the folder that `GRANTOR_TEST_APIS` names.
fn apis() -> Vec<(String, Described)> {
    let mut files: Vec<PathBuf> = Vec::new();
    let more = std::env::var("GRANTOR_TEST_APIS").ok().map(PathBuf::from);
    for folder in [Some(manifest().join("tests/apis")), more]
        .into_iter()
        .flatten()
    {
        files.extend(
            std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path()),
        );
    }
    assert!(!files.is_empty());
    let described = files.into_iter().map(|file| {
        let document = read(&file);
        let base = base_path(&document);
        (file.display().to_string(), Described::new(document, base))
    });
    described.collect()
}

/// The description of each environment of each example.
fn own() -> Vec<(String, Described)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(manifest().join("../../examples")).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let config = crate::config::load(&file, &[]).unwrap();
        for environment in &config.environments {
            let document = super::super::description::description(&config, environment);
            let name = format!("{} {}", file.display(), environment.name.as_str());
            let mut described = Described::new(document, String::new());
            described.usual = &fitting::USUAL;
            all.push((name, described));
        }
    }
    assert!(all.len() >= 7);
    all
}

/// A request that is not sent anywhere.
struct Sent {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

struct Got {
    status: u16,
    headers: axum::http::HeaderMap,
    body: Vec<u8>,
}

fn ask(described: &Described, sent: &Sent) -> Got {
    let mut request = Request::builder()
        .method(sent.method.as_str())
        .uri(&sent.target);
    for (name, value) in &sent.headers {
        request = request.header(name, value);
    }
    let (head, ()) = request.body(()).unwrap().into_parts();
    let mut received = Received::of_head(head);
    received.body = sent.body.clone().into();
    let path = sent.target.split('?').next().unwrap();
    let response = match described.find(&sent.method, path) {
        Err(unknown) => refuse(None, &unknown.into()),
        Ok(found) => answered(described, &found, &received)
            .unwrap_or_else(|refusal| refuse(Some((described, found.0)), &refusal)),
    };
    let (head, body) = response.into_parts();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let body = runtime.block_on(to_bytes(body, usize::MAX)).unwrap();
    Got {
        status: head.status.as_u16(),
        headers: head.headers,
        body: body.to_vec(),
    }
}

/// A request that is right, made of the description's own examples.
fn right(
    described: &Described,
    path: &str,
    method: &str,
    operation: &Place<'_>,
    item: &Place<'_>,
) -> Sent {
    let mut target = format!("{}{path}", described.base);
    let (mut query, mut headers) = (Vec::new(), Vec::new());
    let parameters = [item, operation].map(|place| place.member("parameters"));
    for parameter in parameters
        .iter()
        .flatten()
        .flat_map(|list| list.items().collect::<Vec<_>>())
    {
        let name = parameter.text("name").unwrap();
        let schema = parameter
            .member("schema")
            .map_or(Value::Null, |schema| schema.value.clone());
        let example = parameter.value.get("example").cloned();
        let value = documented::plain(
            &example.unwrap_or_else(|| invent::value(&described.document, &schema)),
        );
        match parameter.text("in") {
            Some("path") => {
                let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
                target = target.replace(&format!("{{{name}}}"), &value);
            }
            Some("query") if parameter.is("required") => query.push((name.to_owned(), value)),
            Some("header") if parameter.is("required") => headers.push((name.to_owned(), value)),
            _ => {}
        }
    }
    if !query.is_empty() {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish();
        target = format!("{target}?{query}");
    }
    let mut body = Vec::new();
    let content = operation
        .member("requestBody")
        .and_then(|body| body.member("content"));
    let kinds: Vec<_> = content
        .iter()
        .flat_map(|content| content.members())
        .collect();
    let json = kinds
        .iter()
        .find(|(name, _)| MediaType::of(name).unwrap().is_json());
    if let Some((name, media)) = json.or(kinds.first()) {
        let first = media.member("examples").and_then(|examples| {
            let (_, example) = examples.members().next()?;
            Some(example.value["value"].clone())
        });
        let example = media.value.get("example").cloned().or(first);
        let schema = media
            .member("schema")
            .map_or(json!(true), |schema| schema.value.clone());
        let value = example.unwrap_or_else(|| invent::value(&described.document, &schema));
        let shown = documented::Shown {
            kind: MediaType::of(name).unwrap(),
            value,
            schema,
        };
        body = shown.written();
        headers.push(("content-type".to_owned(), (*name).to_owned()));
    }
    Sent {
        method: method.to_uppercase(),
        target,
        headers,
        body,
    }
}

/// Whether an answer is one that the operation documents, by status, kind and schema.
fn is_documented(
    described: &Described,
    checks: &Checks,
    operation: &Place<'_>,
    got: &Got,
) -> Result<(), String> {
    let choice = of_status(operation, got.status).ok_or("the status is not documented")?;
    let content = choice.response.member("content");
    let kinds: Vec<_> = content
        .iter()
        .flat_map(|content| content.members())
        .collect();
    let Some(said) = got.headers.get("content-type") else {
        return if got.body.is_empty() {
            Ok(())
        } else {
            Err("a body without a kind".to_owned())
        };
    };
    let said = MediaType::of(said.to_str().unwrap()).unwrap();
    let media = kinds
        .iter()
        .find(|(name, _)| MediaType::of(name).unwrap().covers(&said));
    let (_, media) = media.ok_or("the kind is not documented")?;
    let value: Value = if said.is_json() {
        serde_json::from_slice(&got.body).map_err(|error| error.to_string())?
    } else {
        String::from_utf8(got.body.clone()).unwrap().into()
    };
    if let Some(schema) = media.member("schema").filter(|_| said.is_json()) {
        let faults = checks.faults(&Check::at(schema.pointer), &value);
        if !faults.is_empty() {
            return Err(format!("{faults:?}: {value}"));
        }
    }
    let headers = choice.response.member("headers");
    for (name, _) in headers.iter().flat_map(|headers| headers.members()) {
        if name != "Set-Cookie" && got.headers.get(name).is_none() {
            return Err(format!("the header {name} is not there"));
        }
    }
    let _ = described;
    Ok(())
}

/// Calls `each` for every operation there is; answers how many there were.
fn every_operation(
    all: Vec<(String, Described)>,
    each: impl Fn(&str, &Described, &Checks, (&Sent, &Place<'_>)),
) -> usize {
    let mut count = 0;
    for (file, described) in all {
        let checks = Checks::of(&described.document, Way::Out);
        let paths = Place::root(&described.document).member("paths").unwrap();
        for (path, item) in paths.members() {
            for (method, operation) in item
                .members()
                .filter(|(name, _)| ["get", "put", "post", "delete", "patch"].contains(name))
            {
                let sent = right(&described, path, method, &operation, &item);
                each(
                    &format!("{file} {method} {path}"),
                    &described,
                    &checks,
                    (&sent, &operation),
                );
                count += 1;
            }
        }
    }
    count
}

#[test]
fn qu7_whatever_is_answered_is_documented() {
    let all = own().into_iter().chain(apis()).collect();
    let count = every_operation(all, |name, described, checks, (sent, operation)| {
        let check = |sent: &Sent, wanted: Option<u16>| {
            let got = ask(described, sent);
            let text = String::from_utf8_lossy(&got.body).into_owned();
            if let Some(wanted) = wanted {
                assert_eq!(got.status, wanted, "{name}: {} {text}", sent.target);
            }
            if let Err(why) = is_documented(described, checks, operation, &got) {
                panic!("{name}: {why} {} {text}", got.status);
            }
        };
        check(sent, None);
        let responses = operation.member("responses").unwrap();
        for (status, response) in responses.members() {
            let status = status
                .to_ascii_uppercase()
                .replace("XX", "18")
                .replace("DEFAULT", "503");
            let wish = |more: &str| {
                let prefer = ("prefer".to_owned(), format!("code={status}{more}"));
                let headers = sent.headers.iter().cloned().chain([prefer]).collect();
                Sent {
                    method: sent.method.clone(),
                    target: sent.target.clone(),
                    headers,
                    body: sent.body.clone(),
                }
            };
            check(&wish(""), Some(status.parse().unwrap()));
            let content = response.member("content");
            for (_, media) in content.iter().flat_map(|content| content.members()) {
                let examples = media.member("examples");
                for (example, _) in examples.iter().flat_map(|examples| examples.members()) {
                    check(
                        &wish(&format!(", example={example}")),
                        Some(status.parse().unwrap()),
                    );
                }
            }
        }
    });
    assert!(count >= 50, "{count}");
}

#[test]
fn qu7_whatever_is_demanded_of_a_body_is_missed() {
    let all = own().into_iter().chain(apis()).collect();
    let refused = std::cell::Cell::new(0);
    every_operation(all, |name, described, checks, (sent, operation)| {
        let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(&sent.body) else {
            return;
        };
        for member in body.keys() {
            let mut broken = body.clone();
            let other = match body.get(member) {
                Some(Value::Object(_) | Value::Array(_)) => json!("no such thing"),
                _ => json!({ "no": ["such", "thing"] }),
            };
            broken.insert(member.clone(), other);
            let headers = sent.headers.clone();
            let broken = Sent {
                method: sent.method.clone(),
                target: sent.target.clone(),
                headers,
                body: Value::Object(broken).to_string().into_bytes(),
            };
            let got = ask(described, &broken);
            let text = String::from_utf8_lossy(&got.body).into_owned();
            assert!(
                [400, 422].contains(&got.status),
                "{name} without {member}: {} {text}",
                got.status
            );
            // Where no body is documented, the sentence stands in one of the mock's own.
            let documented = of_status(operation, got.status);
            if documented.is_some_and(|choice| choice.response.member("content").is_some()) {
                is_documented(described, checks, operation, &got).unwrap();
            }
            assert!(got.headers.contains_key("x-grantor-mock-says"));
            refused.set(refused.get() + 1);
        }
    });
    assert!(refused.get() >= 10, "{}", refused.get());
}

#[test]
fn a_refusal_has_the_documented_shape_and_says_what_is_wrong() {
    let (_, described) = apis()
        .into_iter()
        .find(|(file, _)| file.ends_with("shifts.yaml"))
        .unwrap();
    let sent = |line: &str, headers: &[(&str, &str)], body: &str| {
        let (method, target) = line.split_once(' ').unwrap();
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let sent = Sent {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: headers.collect(),
            body: body.into(),
        };
        let got = ask(&described, &sent);
        let kind = got
            .headers
            .get("content-type")
            .map(|kind| kind.to_str().unwrap().to_owned());
        (
            got.status,
            kind.unwrap_or_default(),
            String::from_utf8(got.body).unwrap(),
            got.headers,
        )
    };
    let json = [("content-type", "application/json")];
    let form = [("content-type", "application/x-www-form-urlencoded")];

    let (status, kind, body, _) = sent("GET /v2/shifts", &[], "");
    assert_eq!((status, kind.as_str()), (400, "application/problem+json"));
    assert!(
        body.contains("\"detail\":\"The query parameter 'from' is missing.\"")
            && body.contains("\"status\":400"),
        "{body}"
    );

    // 422 stands for what is not right where there is no 400, and its sentence is inside.
    let (status, _, body, _) = sent(
        "PUT /v2/shifts/1",
        &json,
        r#"{"start":"never","end":"2026-01-01T16:00:00Z","status":"planned"}"#,
    );
    assert_eq!(status, 422);
    assert!(
        body.contains("\"message\":\"The body is not what the description says at /start")
            && !body.contains("never"),
        "{body}"
    );

    // Nothing is documented for it: the mock's own words.
    let (status, kind, body, headers) =
        sent("POST /v2/people", &[("content-type", "text/plain")], "x");
    assert_eq!((status, kind.as_str()), (415, "application/json"));
    assert!(
        body.contains("application/json, application/x-www-form-urlencoded"),
        "{body}"
    );
    assert!(
        headers["x-grantor-mock-says"]
            .to_str()
            .unwrap()
            .starts_with("The description has no body of this")
    );

    for (line, headers, body, wanted) in [
        (
            "POST /v2/people",
            &form[..],
            "name=Ann&skills=a&skills=b&age=20",
            202,
        ),
        (
            "POST /v2/people",
            &form[..],
            "name=Ann&skills=a&age=young",
            400,
        ),
        (
            "POST /v2/people",
            &form[..],
            "name=Ann&name=Ben&skills=a",
            400,
        ),
        ("POST /v2/people", &[][..], "", 202),
        ("POST /v2/people", &json[..], "{", 400),
        ("POST /v2/shifts", &json[..], "", 400),
        ("POST /v2/shifts", &[][..], "", 400),
        ("POST /v2/shifts", &[][..], "{}", 415),
        (
            "POST /v2/shifts",
            &[
                ("content-type", "application/json"),
                ("content-encoding", "gzip"),
            ][..],
            "{}",
            415,
        ),
        ("GET /v2/shifts/seven", &[][..], "", 400),
        ("GET /v2/shifts/latest", &[][..], "", 200),
        ("GET /v2/shifts/7/8", &[][..], "", 404),
        ("PATCH /v2/shifts/7", &[][..], "", 405),
        ("HEAD /v2/shifts/7", &[][..], "", 200),
        (
            "GET /v2/reports/june.txt",
            &[("accept", "text/plain")][..],
            "",
            200,
        ),
        ("GET /v2/reports/june.pdf", &[][..], "", 400),
        (
            "GET /v2/reports/june.txt",
            &[("accept", "image/png")][..],
            "",
            406,
        ),
        (
            "GET /v2/shifts/7",
            &[("accept", "application/xml")][..],
            "",
            406,
        ),
        (
            "GET /v2/shifts/7",
            &[("accept", "application/xml"), ("prefer", "code=404")][..],
            "",
            404,
        ),
        (
            "GET /v2/shifts?__code=418&from=2026-01-01",
            &[][..],
            "",
            404,
        ),
        (
            "GET /v2/shifts?from=2026-01-01",
            &[("prefer", "code=418")][..],
            "",
            200,
        ),
        // A refusal can be had with a wrong request, a success cannot.
        ("GET /v2/shifts", &[("prefer", "code=401")][..], "", 401),
        ("GET /v2/shifts", &[("prefer", "example=one")][..], "", 400),
    ] {
        let (status, kind, body, _) = sent(line, headers, body);
        assert_eq!(status, wanted, "{line} {headers:?}: {kind} {body}");
    }
    let (_, _, _, headers) = sent(
        "GET /v2/shifts?from=2026-01-01",
        &[("prefer", "example=one")],
        "",
    );
    assert_eq!(headers["preference-applied"], "example=\"one\"");
    assert_eq!(
        (headers["x-total"].as_bytes(), headers.get("set-cookie")),
        (&b"41"[..], None)
    );
    let (_, _, _, headers) = sent("PATCH /v2/shifts/7", &[], "");
    assert_eq!(headers["allow"], "DELETE, GET, HEAD, OPTIONS, PUT");
    assert_eq!(StatusCode::OK, 200);
}

#[test]
fn qu7_what_the_token_endpoint_documents_can_be_had() {
    let mut seen = 0;
    for (name, described) in own() {
        let tokens = super::credential::example_tokens(&described.document);
        assert!(!tokens.is_empty(), "{name}");
        seen += tokens.len();
    }
    assert!(seen >= 7);
}
