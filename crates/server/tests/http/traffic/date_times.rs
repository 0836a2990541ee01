//! `request_iso8601: true`.

use super::super::support::api::Wire;
use super::super::support::house::{GRANT, TOKEN};
use super::super::support::request::basic;
use super::super::support::{Answer, Request};
use super::{client, house, token};

const OWN: &str = r#"{ "from" : "25-11-2026 21:50:01","07-07-2026 07:07:07":1.0, "at":["2026-01-01T10:00:00.123+01:00","2026-01-01"], "n":1e0, "s":"caf\u00e9 25-11-2026"}"#;
const REWRITTEN: &str = r#"{ "from" : "2026-11-25T20:50:01Z","07-07-2026 07:07:07":1.0, "at":["2026-01-01T09:00:00Z","2026-01-01"], "n":1e0, "s":"caf\u00e9 25-11-2026"}"#;

/// `/api/dates/…`: the same document in different clothes.
pub fn serve(head: &str, wire: &mut Wire) {
    let how = head.split(' ').nth(1).unwrap().rsplit('/').next().unwrap();
    let (status, more) = match how {
        "gzip" => (
            "200 OK",
            "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
        ),
        "range" => (
            "206 Partial Content",
            "Content-Type: application/json\r\nContent-Range: bytes 0-1/2\r\n",
        ),
        "text" => ("200 OK", "Content-Type: text/plain\r\n"),
        "error" => (
            "422 Unprocessable Content",
            "Content-Type: application/problem+json; charset=utf-8\r\n",
        ),
        _ => (
            "200 OK",
            "Content-Type: application/json\r\nETag: \"5\"\r\nAccept-Ranges: bytes\r\nContent-MD5: x\r\n",
        ),
    };
    let head_only = head.starts_with("head ");
    if how == "dribble" {
        wire.say(format!(
            "HTTP/1.1 {status}\r\n{more}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        ));
        for byte in OWN.bytes() {
            wire.say(format!("1\r\n{}\r\n", byte as char));
        }
        wire.say("0\r\n\r\n");
        return;
    }
    wire.say(format!(
        "HTTP/1.1 {status}\r\n{more}Content-Length: {}\r\nConnection: close\r\n\r\n",
        OWN.len()
    ));
    if !head_only {
        wire.say(OWN);
    }
}

fn ask(request: Request) -> Answer {
    let house = house();
    let (client, _) = client(&house.server, "production");
    request
        .bearer(&token(&house.server, "production", &client))
        .send(house.server.at("production"))
}

#[test]
fn nx5_with_the_header_every_date_with_a_time_has_the_one_format() {
    for path in ["/api/dates/plain", "/api/dates/dribble", "/api/dates/error"] {
        let answer = ask(Request::get(path)
            .header("request_iso8601", "true")
            .header("Accept-Encoding", "gzip, br"));
        assert_eq!(answer.text(), REWRITTEN, "{path}");
        assert_eq!(answer.header("content-length"), None, "{}", answer.head);
        assert!(answer.header("vary").unwrap().contains("request_iso8601"));
    }
    let seen = house().api.seen("/api/dates/dribble");
    assert!(
        seen[0].contains("\r\nrequest_iso8601: true\r\n"),
        "{}",
        seen[0]
    );
    assert!(
        seen[0].contains("\r\naccept-encoding: identity\r\n"),
        "{}",
        seen[0]
    );
    let plain = ask(Request::get("/api/dates/plain").header("request_iso8601", "true"));
    assert_eq!(
        plain.header("etag"),
        Some("\"5\""),
        "it names the state that If-Match asks for"
    );
    assert_eq!(
        (plain.header("accept-ranges"), plain.header("content-md5")),
        (None, None)
    );
}

#[test]
fn nx5_without_it_the_platforms_own_formats_stay() {
    let length = OWN.len().to_string();
    let asked = |value: &str, path: &str| ask(Request::get(path).header("request_iso8601", value));
    for value in ["1", "TRUE", "false", "", "true, true"] {
        let answer = asked(value, "/api/dates/plain");
        assert_eq!(answer.text(), OWN, "{value}");
        assert_eq!(answer.header("content-length"), Some(&*length));
    }
    let twice = Request::get("/api/dates/plain")
        .header("request_iso8601", "true")
        .header("request_iso8601", "true");
    assert_eq!(ask(twice).text(), OWN);
    assert_eq!(
        ask(Request::get("/api/dates/plain")).header("content-md5"),
        Some("x")
    );
    // And what is not to be read, or only in part, passes with it too.
    for how in ["gzip", "range", "text"] {
        let answer = asked("true", &format!("/api/dates/{how}"));
        assert_eq!(
            (answer.text(), answer.header("content-length")),
            (OWN, Some(&*length)),
            "{how}"
        );
    }
    let head = ask(Request::new("HEAD", "/api/dates/plain").header("request_iso8601", "true"));
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn nx5_our_own_answers_hold_no_date_in_words() {
    let server = &house().server;
    let authority = server.at("production");
    let (client, _) = client(server, "production");
    let live = token(server, "production", &client);
    let own = basic(&client.client_id, &client.client_secret);
    let introspected = format!("token={live}");
    for request in [
        Request::post(TOKEN)
            .header("Authorization", &own)
            .form(GRANT),
        Request::post(TOKEN).form(GRANT),
        Request::post("/oauth/introspect")
            .header("Authorization", &own)
            .form(&introspected),
        Request::get("/.well-known/oauth-authorization-server"),
        Request::get("/.well-known/jwks.json"),
        Request::get("/api/dates/plain"),
        Request::get("/nowhere"),
    ] {
        let answer = request.header("request_iso8601", "true").send(authority);
        let mut waiting = vec![answer.json()];
        while let Some(value) = waiting.pop() {
            match value {
                serde_json::Value::String(text) => {
                    let digits = text.bytes().filter(u8::is_ascii_digit).count();
                    assert!(
                        text.starts_with("http")
                            || !(digits >= 10 && text.contains(':') && text.contains('-')),
                        "{text}"
                    );
                }
                serde_json::Value::Array(list) => waiting.extend(list),
                serde_json::Value::Object(members) => waiting.extend(members.into_values()),
                _ => {}
            }
        }
    }
}
