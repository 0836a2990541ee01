//! The frame of a request: parameters, encodings, media types, lengths, and HTTP itself.

use crate::http::support::house::{GRANT, INTROSPECT, REVOKE, TOKEN, access_token};
use crate::http::support::request::{FORM, basic, form};
use crate::http::support::{
    Answer, Connection, Credential, House, Request, exchange, house, on_each_database,
};

const INVALID_REQUEST: (u16, &str) = (400, "invalid_request");

fn refusal(answer: &Answer) -> (u16, String) {
    answer.refusal()
}

fn ask(encoded: impl AsRef<[u8]>) -> Answer {
    let client = house().credential("production");
    Request::post(TOKEN)
        .basic(&client)
        .form(encoded)
        .send(house().server.at("production"))
}

fn assert_refused(answer: &Answer, expected: (u16, &str)) {
    assert_eq!(
        refusal(answer),
        (expected.0, expected.1.to_owned()),
        "{}",
        answer.head
    );
}

#[test]
fn s001_s002_grant_type_twice_is_refused() {
    for encoded in [
        "grant_type=client_credentials&grant_type=client_credentials",
        "grant_type=client_credentials&grant_type=password",
    ] {
        assert_refused(&ask(encoded), INVALID_REQUEST);
    }
}

on_each_database! {
    fn s001_s002_a_refused_request_leaves_no_token(house) {
        let client = house.credential("production");
        let live = || house.server.json(&["credentials", "show", &client.uuid], None)["live_tokens"].as_u64().unwrap();
        for encoded in ["grant_type=client_credentials&grant_type=client_credentials", "grant_type=client_credentials&grant_type=password"] {
            assert_refused(&house.ask("production", &client, encoded), INVALID_REQUEST);
        }
        assert_eq!(live(), 0);
        house.token("production", &client);
        assert_eq!(live(), 1);
    }
}

#[test]
fn s004_an_unknown_parameter_is_ignored_once_and_refused_twice() {
    access_token(&ask(format!("{GRANT}&foo=1")));
    assert_refused(&ask(format!("{GRANT}&foo=1&foo=2")), INVALID_REQUEST);
}

on_each_database! {
    fn s005_s006_without_a_grant_type(house) {
        let client = house.credential("production");
        for encoded in ["", "grant_type=", "scope=orders.read", "grant_type=&scope=orders.read"] {
            assert_refused(&house.ask("production", &client, encoded), INVALID_REQUEST);
        }
    }
}

#[test]
fn s007_a_grant_type_has_one_spelling() {
    for name in [
        "implicit",
        "CLIENT_CREDENTIALS",
        "client_credentials%20",
        "client_credentials%00",
        "urn%3Aietf%3Aparams",
    ] {
        let answer = ask(format!("grant_type={name}"));
        let expected = if name.ends_with("%00") {
            "invalid_request"
        } else {
            "unsupported_grant_type"
        };
        assert_refused(&answer, (400, expected));
    }
}

#[test]
fn s009_nothing_is_read_from_the_query_and_nothing_of_it_is_logged() {
    let house = house();
    let client = house.credential("production");
    let all = form(&[
        ("grant_type", "client_credentials"),
        ("client_id", &client.client_id),
        ("client_secret", &client.client_secret),
    ]);
    let answer = Request::post(&format!("{TOKEN}?{all}"))
        .form("")
        .send(house.server.at("production"));
    assert_refused(&answer, INVALID_REQUEST);
    let log = house.server.log_after(&answer);
    assert!(!log.contains(&client.client_secret));
}

#[test]
fn s010_a_secret_in_the_query_proves_nothing() {
    let house = house();
    let client = house.credential("production");
    let target = format!("{TOKEN}?client_secret={}", client.client_secret);
    let answer = Request::post(&target)
        .form(format!("{GRANT}&client_id={}", client.client_id))
        .send(house.server.at("production"));
    assert_refused(&answer, (401, "invalid_client"));
    assert!(
        !house
            .server
            .log_after(&answer)
            .contains(&client.client_secret)
    );
}

#[test]
fn s011_get_is_refused() {
    let house = house();
    let client = house.credential("production");
    let answer = Request::get(&format!("{TOKEN}?{GRANT}"))
        .basic(&client)
        .send(house.server.at("production"));
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
    assert!(
        !answer
            .body
            .windows(12)
            .any(|window| window == b"access_token")
    );
}

#[test]
fn s014_s015_another_media_type_is_refused_in_json() {
    let house = house();
    let client = house.credential("production");
    let json = br#"{"grant_type":"client_credentials"}"#.as_slice();
    for (media_type, body) in [
        ("application/json", json),
        ("text/plain", GRANT.as_bytes()),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n--x--"),
        ("application/x-www-form-urlencoded, application/json", GRANT.as_bytes()),
        ("", GRANT.as_bytes()),
    ] {
        let answer = Request::post(TOKEN).basic(&client).body(media_type, body).send(house.server.at("production"));
        assert_refused(&answer, (415, "invalid_request"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
    let none = format!(
        "POST {TOKEN} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{GRANT}",
        house.server.at("production"),
        basic(&client.client_id, &client.client_secret),
        GRANT.len()
    );
    assert_refused(
        &exchange(house.server.at("production"), none.as_bytes()),
        (415, "invalid_request"),
    );
}

#[test]
fn s016_utf8_and_upper_case_are_read() {
    let house = house();
    let client = house.credential("production");
    for media_type in [
        "application/x-www-form-urlencoded; charset=UTF-8",
        "APPLICATION/X-WWW-FORM-URLENCODED",
        "application/x-www-form-urlencoded;charset=\"utf-8\"",
    ] {
        let answer = Request::post(TOKEN)
            .basic(&client)
            .body(media_type, GRANT)
            .send(house.server.at("production"));
        access_token(&answer);
    }
}

#[test]
fn s017_another_charset_is_refused() {
    let house = house();
    let client = house.credential("production");
    let utf16: Vec<u8> = GRANT.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (charset, body) in [
        ("utf-16", utf16.as_slice()),
        ("utf-7", GRANT.as_bytes()),
        ("iso-8859-1", GRANT.as_bytes()),
    ] {
        let answer = Request::post(TOKEN)
            .basic(&client)
            .body(&format!("{FORM}; charset={charset}"), body)
            .send(house.server.at("production"));
        assert_refused(&answer, (415, "invalid_request"));
    }
}

#[test]
fn s019_invalid_utf8_is_refused_and_two_kinds_of_it_are_not_alike() {
    for value in ["%ff%fe", "%c0%af", "%ed%a0%80", "%80"] {
        let answer = ask(format!("{GRANT}&client_id={value}"));
        assert_refused(&answer, INVALID_REQUEST);
    }
    // As raw bytes, and in HTTP Basic, where nothing is told about the client.
    assert_refused(
        &ask([GRANT.as_bytes(), b"&scope=\xff\xfe"].concat()),
        INVALID_REQUEST,
    );
}

#[test]
fn s020_broken_percent_encoding_is_refused() {
    for value in ["%", "%z1", "%1", "%%", "abc%2"] {
        assert_refused(&ask(format!("{GRANT}&scope={value}")), INVALID_REQUEST);
    }
}

#[test]
fn s021_brackets_make_no_structure() {
    let house = house();
    // Unknown names beside a request that is in order are ignored …
    for extra in [
        "scope[a]=orders.read",
        "scope[]=orders.read",
        "client_id[$ne]=1",
        "grant_type[]=x",
    ] {
        access_token(&ask(format!("{GRANT}&{extra}")));
    }
    // … and stand for nothing that is missing.
    let answer = Request::post(TOKEN)
        .form(format!("{GRANT}&client_id[$ne]=1&client_secret[$ne]=1"))
        .send(house.server.at("production"));
    assert_refused(&answer, (401, "invalid_client"));
    assert_refused(&ask("grant_type[]=client_credentials"), INVALID_REQUEST);
}

#[test]
fn s022_a_body_that_is_too_long_is_refused_before_it_is_read() {
    let house = house();
    let authority = house.server.at("production");
    let head = |framing: &str| {
        format!(
            "POST {TOKEN} HTTP/1.1\r\nHost: {authority}\r\nContent-Type: {FORM}\r\n{framing}\r\n\r\n"
        )
    };
    // Not one byte of the ten million is sent, and the answer is there.
    let mut announced = Connection::open(authority);
    announced
        .send(head("Content-Length: 10000000").as_bytes())
        .unwrap();
    let answer = announced.answer(false).unwrap();
    assert_refused(&answer, (413, "invalid_request"));
    assert!(announced.is_closed());
    // Chunked, it is over as soon as it is over the limit.
    let mut chunked = Connection::open(authority);
    chunked
        .send(head("Transfer-Encoding: chunked").as_bytes())
        .unwrap();
    let chunk = format!("4000\r\n{}\r\n", "a".repeat(0x4000));
    for _ in 0..5 {
        let _ = chunked.send(chunk.as_bytes());
    }
    assert_refused(&chunked.answer(false).unwrap(), (413, "invalid_request"));
    assert!(chunked.is_closed());
}

#[test]
fn s024_a_body_in_chunks_of_one_byte_is_read() {
    let house = house();
    let client = house.credential("production");
    let authority = house.server.at("production");
    let head = format!(
        "POST {TOKEN} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: {}\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n",
        basic(&client.client_id, &client.client_secret)
    );
    let mut connection = Connection::open(authority);
    connection.send(head.as_bytes()).unwrap();
    for byte in GRANT.bytes() {
        connection
            .send(format!("1\r\n{}\r\n", char::from(byte)).as_bytes())
            .unwrap();
    }
    connection.send(b"0\r\n\r\n").unwrap();
    access_token(&connection.answer(false).unwrap());
}

/// Sends a request whose framing can be read in two ways, with another request behind it. The connection must end after
/// one answer, so that nobody's next request is read out of what was left over.
fn sent_in_two_ways(framing: &str, body: &str) -> Answer {
    let house = house();
    let client = house.credential("production");
    let authority = house.server.at("production");
    let start = format!(
        "POST {TOKEN} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: {}\r\nContent-Type: {FORM}",
        basic(&client.client_id, &client.client_secret)
    );
    let second = format!("{start}\r\nContent-Length: {}\r\n\r\n{GRANT}", GRANT.len());
    let mut connection = Connection::open(authority);
    let _ = connection.send(format!("{start}\r\n{framing}\r\n\r\n{body}{second}").as_bytes());
    let answer = connection
        .answer(false)
        .unwrap_or_else(|| panic!("{framing}: no answer"));
    assert!(connection.is_closed(), "{framing:?}: something follows");
    answer
}

#[test]
fn s025_a_request_that_can_be_read_in_two_ways_ends_the_connection() {
    let length = GRANT.len();
    let chunked = format!("{length:x}\r\n{GRANT}\r\n0\r\n\r\n");
    for (framing, body) in [
        (
            format!("Content-Length: {length}\r\nContent-Length: 5"),
            GRANT,
        ),
        ("Transfer-Encoding: xchunked".to_owned(), chunked.as_str()),
        ("Transfer-Encoding: chunked, identity".to_owned(), &chunked),
        (
            format!("X-Folded: a\r\n b\r\nContent-Length: {length}"),
            GRANT,
        ),
        (format!("Content-Length: +{length}"), GRANT),
        ("Content-Length : 5".to_owned(), GRANT),
        ("Transfer-Encoding: chunked".to_owned(), "1g\r\n"),
    ] {
        let answer = sent_in_two_ways(&framing, body);
        assert_eq!(answer.status, 400, "{framing:?}: {answer:?}");
    }
    // RFC 9112 §6.1 lets a server take the chunks and end the connection: what no proxy agrees about is then the end.
    for framing in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
    ] {
        let answer = sent_in_two_ways(framing, &chunked);
        assert!(
            matches!(answer.status, 200 | 400),
            "{framing:?}: {answer:?}"
        );
        assert_eq!(answer.header("connection"), Some("close"));
    }
}

#[test]
fn s026_a_body_that_never_comes_ends_in_a_timeout() {
    let house = house();
    let client = house.credential("production");
    let authority = house.server.at("production");
    let head = format!(
        "POST {TOKEN} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: {}\r\nContent-Type: {FORM}\r\nContent-Length: 100\r\n\r\n{GRANT}",
        basic(&client.client_id, &client.client_secret)
    );
    let mut connection = Connection::open(authority);
    connection.send(head.as_bytes()).unwrap();
    let answer = connection.answer(false).unwrap();
    assert_refused(&answer, (408, "invalid_request"));
    assert!(connection.is_closed());
}

#[test]
fn s027_a_compressed_body_is_never_inflated() {
    let house = house();
    let client = house.credential("production");
    // gzip of a megabyte of zeros begins like this; what follows does not matter, since nothing may read it.
    let bomb = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0xed, 0xc1, 1, 1];
    for coding in ["gzip", "deflate", "br", "identity, gzip"] {
        let answer = Request::post(TOKEN)
            .basic(&client)
            .header("Content-Encoding", coding)
            .form(bomb)
            .send(house.server.at("production"));
        assert_refused(&answer, (415, "invalid_request"));
    }
}

#[test]
fn s029_a_parameter_over_its_limit_is_refused() {
    let house = house();
    let long = |length: usize| "a".repeat(length);
    for (name, limit) in [
        ("scope", 2048),
        ("code", 256),
        ("refresh_token", 512),
        ("redirect_uri", 2048),
        ("state", 2048),
        ("assertion", 8192),
    ] {
        assert_refused(
            &ask(format!("{GRANT}&{name}={}", long(limit + 1))),
            INVALID_REQUEST,
        );
    }
    for (id, secret) in [(257, 10), (10, 257)] {
        let body = format!(
            "{GRANT}&client_id={}&client_secret={}",
            long(id),
            long(secret)
        );
        assert_refused(
            &Request::post(TOKEN)
                .form(body)
                .send(house.server.at("production")),
            (401, "invalid_client"),
        );
        let header = Request::post(TOKEN)
            .basic_text(&long(id), &long(secret))
            .form(GRANT);
        assert_refused(
            &header.send(house.server.at("production")),
            (401, "invalid_client"),
        );
    }
    // A head that is too long is no request at all.
    let answer = Request::post(TOKEN)
        .header("X-Long", long(17 * 1024))
        .form(GRANT)
        .send(house.server.at("production"));
    assert_eq!(answer.status, 431);
}

/// Every kind of refusal that the three endpoints can be brought to, and the success.
fn answers(house: &House) -> Vec<Answer> {
    let authority = house.server.at("production");
    let client = house.credential("production");
    let wrong = Credential {
        client_secret: "wrong".to_owned(),
        ..client.clone()
    };
    let token = house.token("production", &client);
    let form_of = |path: &str, encoded: &str| {
        Request::post(path)
            .basic(&client)
            .form(encoded)
            .send(authority)
    };
    vec![
        form_of(TOKEN, GRANT),
        form_of(TOKEN, "grant_type=x"),
        form_of(TOKEN, "grant_type=authorization_code&code=x"),
        form_of(TOKEN, "grant_type=refresh_token&refresh_token=x"),
        form_of(TOKEN, "grant_type=password&username=a&password=b"),
        form_of(TOKEN, &format!("{GRANT}&scope=nothing")),
        form_of(TOKEN, &format!("{GRANT}&{GRANT}")),
        form_of(TOKEN, &format!("{GRANT}&client_id=other")),
        form_of(TOKEN, &format!("{GRANT}&scope=%ff")),
        house.ask("production", &wrong, GRANT),
        Request::post(TOKEN).form(GRANT).send(authority),
        Request::post(TOKEN)
            .basic(&client)
            .body("application/json", "{}")
            .send(authority),
        Request::post(TOKEN)
            .basic(&client)
            .header("Content-Length", "99999999")
            .send(authority),
        form_of(INTROSPECT, ""),
        form_of(INTROSPECT, "token=x"),
        form_of(INTROSPECT, &form(&[("token", &token)])),
        form_of(INTROSPECT, "token=x&token=y"),
        house.introspect("production", &wrong, "x"),
        form_of(REVOKE, ""),
        form_of(REVOKE, "token=x&token=y"),
        house.revoke("production", &wrong, "x"),
    ]
}

on_each_database! {
    fn s030_every_answer_is_json_that_nobody_stores(house) {
        for answer in answers(house) {
            assert_eq!(answer.header("content-type"), Some("application/json"), "{answer:?}");
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
            assert_eq!(answer.header("set-cookie"), None);
            assert_eq!(answer.request_id().len(), 32);
        }
    }
}

#[test]
fn s031_a_refusal_repeats_nothing_of_the_request_and_keeps_to_its_characters() {
    let allowed = |c: char| matches!(c, '\x20'..='\x21' | '\x23'..='\x5B' | '\x5D'..='\x7E');
    let mut refusals: Vec<Answer> = answers(house())
        .into_iter()
        .filter(|answer| answer.status != 200)
        .collect();
    for name in ["grant_type", "scope", "client_id", "nonsense"] {
        refusals.push(ask(form(&[(name, "<echo>\"\\\u{e9}\r\n")])));
    }
    assert!(refusals.len() > 15);
    for answer in refusals {
        let body = answer.json();
        for member in ["error", "error_description"] {
            assert!(
                body[member]
                    .as_str()
                    .unwrap_or_default()
                    .chars()
                    .all(allowed),
                "{body}"
            );
        }
        assert!(
            !answer.text().contains("echo") && !answer.head.contains("echo"),
            "{body}"
        );
    }
}

#[test]
fn s032_no_other_origin_may_read() {
    let house = house();
    let client = house.credential("production");
    for path in [
        TOKEN,
        INTROSPECT,
        REVOKE,
        "/oauth/authorize",
        "/portal",
        "/v1/orders",
    ] {
        let flight = Request::new("OPTIONS", path)
            .header("Origin", "https://evil.example")
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "authorization")
            .send(house.server.at("production"));
        assert!(
            flight.header("access-control-allow-origin").is_none(),
            "{path}: {flight:?}"
        );
        assert!(flight.header("access-control-allow-credentials").is_none());
    }
    let real = Request::post(TOKEN)
        .basic(&client)
        .header("Origin", "https://evil.example")
        .form(GRANT)
        .send(house.server.at("production"));
    assert!(real.header("access-control-allow-origin").is_none());
}

#[test]
fn s306_an_error_tells_nothing_about_the_inside() {
    let mut answers = answers(house());
    for target in [
        "/nothing",
        "/portal/nothing",
        "/.well-known/nothing",
        "/%00",
        "/oauth/token/",
    ] {
        answers.push(Request::get(target).send(house().server.at("production")));
    }
    for answer in answers {
        let told =
            format!("{}{}", answer.head, String::from_utf8_lossy(&answer.body)).to_lowercase();
        for word in [
            "sqlite", "postgres", "select ", "panicked", ".rs:", "/src/", "hyper", "axum", "rust",
            "stack", "server:",
        ] {
            assert!(!told.contains(word), "{word}: {told}");
        }
    }
}
