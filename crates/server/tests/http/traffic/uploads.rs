//! Requests whose body goes on and on: they end with their token too, whether there is an answer or not.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::super::support::{Request, Server, until};
use super::{Wire, client, house, token};

/// What is promised of a token that ends.
const BOUND: Duration = Duration::from_secs(5);

/// The uploads that an upstream which answers early has seen the end of, by the path.
static ENDED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Answers completely and keeps reading what comes.
pub fn serve(head: &str, wire: &mut Wire) {
    let long = "x".repeat(if head.contains("early/long") {
        64 << 20
    } else {
        2
    });
    wire.say(format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n",
        long.len()
    ));
    let mut writer = wire.stream.try_clone().unwrap();
    std::thread::spawn(move || std::io::Write::write_all(&mut writer, long.as_bytes()));
    wire.hear("nothing more comes");
    let path = head.split(' ').nth(1).unwrap_or_default();
    ENDED.lock().unwrap().push(path.to_owned());
}

fn has_ended(path: &str) -> bool {
    ENDED.lock().unwrap().iter().any(|ended| ended == path)
}

/// An upload that has begun and says a byte ten times a second for as long as somebody takes it.
fn uploading(server: &Server, environment: &str, path: &str, token: &str) -> Wire {
    let authority = server.at(environment);
    let mut wire = Wire::open(authority);
    let post = Request::post(path)
        .bearer(token)
        .header("Transfer-Encoding", "chunked");
    assert!(wire.say(post.bytes(authority)));
    let mut writer = Wire::of(wire.stream.try_clone().unwrap());
    std::thread::spawn(move || {
        while writer.say("1\r\nx\r\n") {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    wire
}

fn revoke(server: &Server, environment: &str, client: &super::Credential, token: &str) -> Instant {
    let told = Request::post("/oauth/revoke")
        .basic(client)
        .form(format!("token={token}"))
        .send(server.at(environment));
    assert_eq!(told.status, 200);
    Instant::now()
}

#[test]
fn s250_an_upload_without_an_answer_ends_with_its_token() {
    let server = &house().server;
    let (client, _) = client(server, "production");
    let live = token(server, "production", &client);
    let mut upload = uploading(server, "production", "/api/silent?uploads", &live);
    // Longer than an answer's head may take when nothing moves.
    std::thread::sleep(Duration::from_secs(3));
    let since = revoke(server, "production", &client, &live);
    let head = upload.head().expect("an answer");
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    assert!(head.contains("invalid_token"), "{head}");
    assert!(since.elapsed() < BOUND, "{:?}", since.elapsed());
}

#[test]
fn s250_s270_an_upload_that_outlives_its_answer_keeps_its_place_and_ends_with_its_token() {
    let server = &house().server;
    let (client, _) = client(server, "one");
    let other = token(server, "one", &client);
    let is_free = || {
        let answer = Request::get("/api/plain").bearer(&other);
        let status = answer.send(server.at("one")).status;
        assert!([200, 429].contains(&status), "{status}");
        status == 200
    };
    // Both the answer that is over and the one that nobody reads.
    for path in ["/api/early", "/api/early/long"] {
        let path = format!("{path}?revoked");
        let live = token(server, "one", &client);
        let mut upload = uploading(server, "one", &path, &live);
        let head = upload.head().expect("an answer");
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        if !path.contains("long") {
            assert_eq!(upload.take(2), b"xx");
        }
        for _ in 0..5 {
            std::thread::sleep(Duration::from_millis(200));
            assert!(!is_free(), "{path}: its upload goes on");
        }
        assert!(!has_ended(&path), "{path}");
        let since = revoke(server, "one", &client, &live);
        until("the upload ends", || has_ended(&path));
        assert!(since.elapsed() < BOUND, "{path}: {:?}", since.elapsed());
        until("its place comes back", is_free);
    }
}
