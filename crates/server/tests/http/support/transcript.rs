//! Golden transcripts: what a client sends, literally, and what comes back, byte for byte.
//!
//! A file in `tests/transcripts/<platform>/`. Lines before the first exchange are `# prose` or directives:
//!
//! ```text
//! @credential production --version v2 --allow shifts=read     makes a credential: {client_id}, {client_secret}, {basic}
//! @secret correct horse battery staple                        … with a chosen secret
//! @person must-change                                         makes a person of the same account: {username}, {userid}
//! @code /Authorization                                        lets that person allow the client in a browser: {code}
//! >>> production
//! POST /oauth/token HTTP/1.1                                  the request: line ends of the head become CRLF
//! Content-Length: {length}                                    the body's length
//!
//! {"client_id": "{client_id}"}                                without the line end before the next mark
//! <<<
//! HTTP/1.1 200 OK                                             the answer
//!
//! {"access_token":"{access_token:hex64}"}                     a placeholder with a shape; its text can be used further on
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::browser::{Browser, parameter};
use super::house::PASSWORD;
use super::request::{basic, form};
use super::server::Server;
use super::wire::Connection;

/// Values by the name of their placeholder.
pub type Values = BTreeMap<String, String>;

/// Replays a transcript against a server.
pub fn replay(server: &Server, file: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/transcripts")
        .join(file);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut parts = text.split("\n>>> ");
    let mut values = prepare(server, parts.next().unwrap());
    let mut count = 0;
    for part in parts {
        let (environment, exchange) = part.split_once('\n').unwrap();
        let (request, expected) = exchange
            .split_once("\n<<<\n")
            .unwrap_or_else(|| panic!("{file}: an exchange without <<<"));
        values.insert(
            "authority".to_owned(),
            server.at(environment.trim()).to_owned(),
        );
        let sent = message(&fill(request.trim_end_matches('\n'), &values));
        let mut connection = Connection::open(server.at(environment.trim()));
        connection.send(sent.as_bytes()).unwrap();
        let answer = connection
            .answer(sent.starts_with("HEAD "))
            .unwrap_or_else(|| panic!("{file}: no answer"));
        let body = String::from_utf8(answer.body.clone()).unwrap();
        values.insert("length".to_owned(), body.len().to_string());
        let received = format!("{}{body}", answer.head);
        if let Err(complaint) = compare(
            &message(expected.trim_end_matches('\n')),
            &received,
            &mut values,
        ) {
            panic!(
                "{file}, after >>> {environment}: {complaint}\n--- expected\n{expected}\n--- received\n{received}"
            );
        }
        values.remove("length");
        count += 1;
    }
    assert!(count > 0, "{file} has no exchange");
}

fn prepare(server: &Server, preamble: &str) -> Values {
    let directive = |name: &str| {
        preamble
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim)
    };
    let mut values = Values::new();
    let Some(credential) = directive("@credential") else {
        return values;
    };
    let words: Vec<&str> = credential.split(' ').collect();
    let (environment, arguments) = words.split_first().unwrap();
    let made = match directive("@secret") {
        Some(secret) => server.chosen_credential(environment, secret, arguments),
        None => server.credential(environment, arguments),
    };
    values.insert(
        "basic".to_owned(),
        basic(&made.client_id, &made.client_secret),
    );
    values.insert(
        "client_secret_encoded".to_owned(),
        form_urlencoded::byte_serialize(made.client_secret.as_bytes()).collect(),
    );
    values.insert("client_id".to_owned(), made.client_id);
    values.insert("client_secret".to_owned(), made.client_secret);
    values.insert("uuid".to_owned(), made.uuid);
    if let Some(kind) = directive("@person") {
        let (username, id) = person(server, environment, kind == "must-change");
        if let Some(path) = directive("@code") {
            let uri = words.last().unwrap();
            let asked = form(&[("client_id", &values["client_id"]), ("redirect_uri", uri)]);
            let mut browser = Browser::at(server.at(environment));
            let back = browser.walk(&format!("{path}?{asked}"), &username);
            assert!(back.starts_with(&format!("{uri}?code=")), "{back}");
            values.insert("code".to_owned(), parameter(&back, "code").unwrap());
        }
        values.insert("username".to_owned(), username);
        values.insert("userid".to_owned(), id);
    }
    values
}

/// A new person of the account `Acme`: the name to sign in with, and the id.
fn person(server: &Server, environment: &str, must_change: bool) -> (String, String) {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let username = format!("transcript{}", MADE.fetch_add(1, Ordering::Relaxed));
    let mut how = vec![
        "people",
        "create",
        "--environment",
        environment,
        "--account",
        "Acme",
        "--username",
        &username,
        "--password-stdin",
    ];
    if must_change {
        how.push("--must-change-password");
    }
    let made = server.json(&how, Some(PASSWORD));
    let id = made["id"].as_str().unwrap().to_owned();
    (username, id)
}

/// Line ends of the head become CRLF, and `{length}` the body's length.
fn message(text: &str) -> String {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let head = head.replace('\n', "\r\n");
    let head = if head.starts_with("HTTP/") {
        head
    } else {
        head.replace("{length}", &body.len().to_string())
    };
    format!("{head}\r\n\r\n{body}")
}

fn fill(text: &str, values: &Values) -> String {
    let mut filled = text.to_owned();
    for (name, value) in values {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
    filled
}

/// Walks through both texts at once: what is no placeholder must be the same. The error says where they part.
pub fn compare(expected: &str, received: &str, values: &mut Values) -> Result<(), String> {
    let (mut expected, mut received) = (expected, received);
    loop {
        let Some((literal, placeholder, rest)) = next_placeholder(expected) else {
            return if expected == received {
                Ok(())
            } else {
                Err(differs(expected, received))
            };
        };
        received = received
            .strip_prefix(literal)
            .ok_or_else(|| differs(literal, received))?;
        let (name, shape) = placeholder.split_once(':').unwrap_or((placeholder, ""));
        let found = match (values.get(name), shape) {
            (Some(known), "") => received.starts_with(known.as_str()).then_some(known.len()),
            (None, "") => measure(name, received),
            (_, shape) => measure(shape, received),
        };
        let found = found.ok_or_else(|| format!("no {{{placeholder}}}: {}", start(received)))?;
        if !shape.is_empty() {
            values.insert(name.to_owned(), received[..found].to_owned());
        }
        (expected, received) = (rest, &received[found..]);
    }
}

/// `{name}` or `{name:shape}`: what stands before it, itself, what follows. JSON's braces hold a quote or a blank first.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = text[from..].find('{').map(|at| from + at) {
        let inside = &text[open + 1..];
        let end = inside.find(|c: char| {
            !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == ':')
        })?;
        if end > 0 && inside[end..].starts_with('}') {
            return Some((&text[..open], &inside[..end], &inside[end + 1..]));
        }
        from = open + 1;
    }
    None
}

/// How long the text of that shape is with which `text` begins.
fn measure(shape: &str, text: &str) -> Option<usize> {
    let run = |allowed: fn(char) -> bool| text.find(|c| !allowed(c)).unwrap_or(text.len());
    let hex = || run(|c| matches!(c, '0'..='9' | 'a'..='f'));
    let base64url = || run(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let exactly = |found: usize, length: usize| (found == length).then_some(length);
    match shape {
        "hex64" => exactly(hex(), 64),
        "hex32" | "request_id" => exactly(hex(), 32),
        "base64url" => exactly(base64url(), 128),
        "opaque" => exactly(base64url(), 74).filter(|_| text.starts_with("gra_")),
        "refresh" => exactly(base64url(), 80).filter(|_| text.starts_with("grr_")),
        "jwt" => {
            let found = run(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
            (text[..found]
                .split('.')
                .filter(|segment| !segment.is_empty())
                .count()
                == 3)
                .then_some(found)
        }
        "now" => {
            let found = run(|c| c.is_ascii_digit());
            let seconds: u64 = text[..found].parse().ok()?;
            let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
            (now.abs_diff(seconds) <= 60).then_some(found)
        }
        // IMF-fixdate (RFC 9110 §5.6.7) always has this length.
        "date" => text
            .get(..29)
            .filter(|date| date.ends_with(" GMT"))
            .map(str::len),
        "seconds" => Some(run(|c| c.is_ascii_digit())).filter(|&found| found > 0),
        "uuid" => {
            Some(run(|c| matches!(c, '0'..='9' | 'a'..='f' | '-'))).filter(|&found| found == 36)
        }
        _ => panic!("no such placeholder: {shape}"),
    }
}

fn differs(expected: &str, received: &str) -> String {
    let same = expected
        .bytes()
        .zip(received.bytes())
        .take_while(|(one, other)| one == other)
        .count();
    let rest = |text: &str| {
        String::from_utf8_lossy(&text.as_bytes()[same..])
            .chars()
            .take(60)
            .collect::<String>()
    };
    format!(
        "expected {:?}, received {:?}",
        rest(expected),
        rest(received)
    )
}

fn start(text: &str) -> String {
    text.chars().take(60).collect()
}
