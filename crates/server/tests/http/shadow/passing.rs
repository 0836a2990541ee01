//! The way through: nothing is changed, and what cannot be passed on is said plainly.

use super::*;
use std::net::TcpListener;

#[test]
fn b2_every_answer_passes_through_byte_for_byte() {
    let server = setup().start();
    let old = OldServer::start();
    let shadow = Shadow::start(&server, &old, &[]);
    let said = "HTTP/1.1 418 I am a teapot\r\nContent-Type: text/x-odd; a=b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Request-Id: theirs\r\nETag: \"x\"\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nConnection: X-Hop\r\nX-Hop: 1\r\nContent-Length: 5\r\n\r\n\0\x01\u{fe}a";
    old.says(said);
    let answer = Request::new("PUT", "/any/%2e%2E/path?x=%zz&y")
        .header("X-Mine", "kept")
        .header("Host", "auth.example.com")
        .header("Connection", "close, X-Secret-Hop")
        .header("X-Secret-Hop", "1")
        .header("X-Forwarded-For", "192.0.2.7")
        .body("application/octet-stream", "the body")
        .send(&shadow.at);
    assert_eq!(answer.status, 418);
    assert_eq!(answer.body, "\0\x01\u{fe}a".as_bytes());
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .map(|(name, value)| format!("{}: {value}", name.to_lowercase()))
        .collect();
    headers.sort();
    assert_eq!(
        headers,
        [
            "connection: close",
            "content-length: 5",
            "content-type: text/x-odd; a=b",
            "date: Mon, 01 Jan 2024 00:00:00 GMT",
            "etag: \"x\"",
            "set-cookie: a=1",
            "set-cookie: b=2",
            "x-request-id: theirs",
        ]
    );
    let heard = old.heard().pop().unwrap().to_lowercase();
    assert!(heard.starts_with("put /any/%2e%2e/path?x=%zz&y http/1.1\r\n"));
    for line in [
        "x-mine: kept",
        "host: auth.example.com",
        "x-forwarded-for: 192.0.2.7, 127.0.0.1",
        "x-forwarded-host: auth.example.com",
        "x-forwarded-proto: http",
        "via: 1.1 grantor-shadow",
    ] {
        assert!(heard.contains(&format!("{line}\r\n")), "{line}: {heard}");
    }
    assert!(!heard.contains("x-secret-hop") && heard.ends_with("the body"));

    // Not followed, and no body for HEAD.
    old.says(
        "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n",
    );
    let answer = Request::get("/oauth/authorize?client_id=x").send(&shadow.at);
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, Some("https://elsewhere.example/"))
    );
    old.says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
    let answer = Request::new("HEAD", "/").send(&shadow.at);
    assert_eq!(answer.header("content-length"), Some("9"));
    // In pieces, and longer than what is compared.
    let piece = "x".repeat(40_000);
    old.says(format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9c40\r\n{piece}\r\n9c40\r\n{piece}\r\n0\r\n\r\n"
    ));
    let answer = shadow.ask(&Credential::default(), GRANT);
    assert_eq!(answer.body, (piece.clone() + &piece).as_bytes());
    let report = shadow.report_after(1);
    assert_eq!(report["not_compared"][0]["reason"], "too_large");
    // A request that is longer than any of OAuth.
    old.answers(200, AS_OURS, &token_answer());
    let long = format!("{GRANT}&x={piece}{piece}");
    let answer = shadow.ask(&Credential::default(), &long);
    assert_eq!(answer.json(), token_answer());
    assert!(old.heard().pop().unwrap().ends_with(&piece));
    assert_eq!(shadow.report_after(2)["not_compared"][0]["count"], 2);
}

#[test]
fn b2_an_old_server_that_is_away_is_a_502_with_a_plain_reason() {
    let server = setup().start();
    let gone = free_address();
    let shadow = Shadow::before(&server, &gone, &[("SHADOW__TIMEOUT", "1s")], &[]);
    let answer = shadow.ask(&Credential::default(), GRANT);
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains("cannot be reached"), "{answer:?}");
    assert!(!answer.text().contains(&gone), "{answer:?}");
    let report = shadow.report_after(1);
    assert_eq!(report["unanswered"], 1);
    assert_eq!(report["not_compared"][0]["reason"], "old_server_failed");
    drop(shadow);

    // One that takes the request and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let authority = silent.local_addr().unwrap().to_string();
    let shadow = Shadow::before(&server, &authority, &[("SHADOW__TIMEOUT", "1s")], &[]);
    assert_eq!(Request::get("/").send(&shadow.at).status, 504);
}

#[test]
fn b2_an_old_server_whose_address_leads_back_is_no_endless_loop() {
    let server = setup().start();
    let at = free_address();
    let shadow = Shadow::before(&server, &at, &[("SHADOW__LISTEN", &at)], &[]);
    let answer = Request::get("/").send(&shadow.at);
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains("leads back"), "{answer:?}");
}

#[test]
fn b2_without_grantors_database_the_old_answers_flow() {
    let server = setup().start();
    let old = OldServer::start();
    old.answers(200, AS_OURS, &token_answer());
    let nowhere = [("STORAGE__URL", "postgres://nobody@127.0.0.1:1/none")];
    let shadow = Shadow::before(&server, &old.authority, &nowhere, &[]);
    let answer = shadow.ask(&Credential::default(), GRANT);
    assert_eq!((answer.status, answer.json()), (200, token_answer()));
    let report = shadow.report_after(1);
    assert_eq!(report["rehearsing"], false);
    assert_eq!(report["not_compared"][0]["reason"], "grantor_away");
}

#[test]
fn b2_what_is_wrong_with_the_configuration_is_said() {
    let server = setup().start();
    let said = |arguments: &[&str]| {
        let output = server.grantor(arguments, None);
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (status, complaint) = said(&["shadow"]);
    assert_eq!(status, Some(2));
    assert!(complaint.contains("--upstream"), "{complaint}");
    for (arguments, key) in [
        (["--upstream", "http://127.0.0.1:1/path"], "--upstream"),
        (["--environment", "none"], "--environment"),
        (["--listen", &server.admin], "--listen"),
    ] {
        let mut line = vec!["shadow"];
        if key != "--upstream" {
            line.extend(["--upstream", "http://127.0.0.1:1"]);
        }
        line.extend(arguments);
        let (status, complaint) = said(&line);
        assert_eq!(status, Some(2), "{complaint}");
        assert!(complaint.starts_with(&format!("{key}: ")), "{complaint}");
    }
    let (status, complaint) = said(&["shadow", "report"]);
    assert_eq!(status, Some(1), "{complaint}");
}
