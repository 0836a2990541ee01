//! An account's place is given back on every way a request can end.

use std::net::Shutdown;

use super::super::support::{Request, until};
use super::{begin, client, house, token, websocket};

/// Whether the account has its one place free.
fn is_free(token: &str) -> bool {
    let answer = Request::get("/api/plain")
        .bearer(token)
        .send(house().server.at("one"));
    assert!(matches!(answer.status, 200 | 429), "{answer:?}");
    answer.status == 200
}

#[test]
fn s269_s270_a_place_comes_back_however_a_request_ends() {
    let server = &house().server;
    let (client, _) = client(server, "one");
    let token = token(server, "one", &client);
    let request = |path: &str| Request::get(path).bearer(&token);
    let begun = |path: &str| begin(server, "one", &request(path)).0;
    let back = |how: &str| {
        until(how, || is_free(&token));
        // The question itself had the place, until a moment after the last byte that we saw of its answer.
        std::thread::sleep(std::time::Duration::from_millis(200));
    };

    // Held while the answer's body runs, although its head went out long ago.
    let mut slow = begun("/api/still");
    assert!(!is_free(&token));
    slow.hear("half");
    assert!(!is_free(&token));
    slow.stream.shutdown(Shutdown::Both).unwrap();
    drop(slow);
    back("the client leaves in the middle of the body");

    begun("/api/events").vanish();
    back("the client is gone without a goodbye");

    let authority = server.at("one");
    let mut early = super::Wire::open(authority);
    early.say(request("/api/silent").bytes(authority));
    until("it is on its way", || {
        !house().api.seen("/api/silent").is_empty()
    });
    assert!(!is_free(&token));
    drop(early);
    back("the client leaves before the head");

    let mut upload = super::Wire::open(authority);
    let post = Request::post("/api/silent")
        .bearer(&token)
        .header("Content-Length", "1000");
    upload.say(post.bytes(authority));
    until("it is on its way", || {
        !house().api.seen("post /api/silent").is_empty()
    });
    assert!(!is_free(&token));
    drop(upload);
    back("the client leaves in the middle of its own body");

    for (path, status) in [
        ("/api/silent", 504),
        ("/api/gone", 502),
        ("/api/other", 502),
    ] {
        assert_eq!(request(path).send(authority).status, status, "{path}");
        back(path);
    }
    begun("/api/broken").ends();
    back("the upstream dies in the middle of the body");
    begun("/short/still").ends();
    back("an answer stands still");

    let (mut socket, head) = begin(server, "one", &websocket("/api/socket", &token));
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    assert!(
        !is_free(&token),
        "a connection that changed its protocol keeps its place"
    );
    socket.say("hello\n");
    assert_eq!(socket.hear("\n").as_deref(), Some("echo hello\n"));
    assert!(!is_free(&token));
    socket.say("close\n");
    socket.ends();
    back("the upstream ends a WebSocket");
    let (socket, _) = begin(server, "one", &websocket("/api/socket", &token));
    drop(socket);
    back("the client ends a WebSocket");
}

#[test]
fn s276_refused_requests_and_public_ones_take_no_place() {
    let server = &house().server;
    let (client, _) = client(server, "one");
    let token = token(server, "one", &client);
    let (held, _) = begin(server, "one", &Request::get("/api/still").bearer(&token));
    for _ in 0..3 {
        let refused = Request::get("/api/plain")
            .bearer(&token)
            .send(server.at("one"));
        assert_eq!(
            (refused.status, refused.header("retry-after")),
            (429, Some("1"))
        );
    }
    assert_eq!(
        Request::get("/public/plain")
            .bearer(&token)
            .send(server.at("one"))
            .status,
        200
    );
    drop(held);
    until("it is free again", || is_free(&token));
}
