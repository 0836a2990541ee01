//! HTTP/2 that costs its sender nothing and is to cost us everything: each ends the connection, and nobody else notices

use std::time::{Duration, Instant};

use super::super::support::frames::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, Frames, GOAWAY, HEADERS, PING, RST_STREAM,
    SETTINGS, WINDOW_UPDATE, fields, frame, get,
};
use super::super::support::house::setup;
use super::super::support::{Request, Server, house, until};

/// A flood may make the server grow by this much: it holds what one connection may hold, and what the allocator keeps.
const GROWTH: u64 = 48 * 1024 * 1024;
/// A flood is given up within this time.
const SOON: Duration = Duration::from_secs(30);

/// Sends pieces until the server ends the connection, at most so many; how many were sent.
fn flood(server: &Server, most: usize, mut piece: impl FnMut(usize) -> Vec<u8>) -> usize {
    let before = server.memory();
    let mut frames = Frames::open(server.at("production"), &[]);
    let mut sent = 0;
    while sent < most && frames.send(&piece(sent)) {
        sent += 1;
        if sent % 64 == 0 && frames.read(Duration::from_millis(1), |_, _, _, _| {}) {
            break;
        }
    }
    assert!(
        frames.is_ended(SOON),
        "the server goes on after {sent} pieces"
    );
    let grown = server.memory().saturating_sub(before);
    assert!(grown < GROWTH, "it has grown by {grown} bytes");
    let begun = Instant::now();
    let other = Request::get("/.well-known/jwks.json").send(server.at("production"));
    assert_eq!(other.status, 200);
    assert!(begun.elapsed() < Duration::from_secs(2));
    sent
}

#[test]
fn requests_that_are_taken_back_at_once_end_the_connection() {
    let server = setup().start();
    let authority = server.at("production").to_owned();
    let head = get(&authority, "/v1/orders");
    let sent = flood(&server, 200_000, |round| {
        let stream = u32::try_from(round * 2 + 1).unwrap();
        let mut bytes = frame(HEADERS, END_HEADERS | END_STREAM, stream, &head);
        bytes.extend(frame(RST_STREAM, 0, stream, &8u32.to_be_bytes()));
        bytes
    });
    assert!(sent < 20_000, "{sent}");
}

#[test]
fn a_head_without_end_ends_the_connection() {
    let server = setup().start();
    let authority = server.at("production").to_owned();
    // CONTINUATION frames, full ones and empty ones.
    for filling in [fields(&[("x-filling", "a")]), Vec::new()] {
        let filling = filling.repeat(1_000);
        flood(&server, 100_000, |round| match round {
            0 => frame(HEADERS, END_STREAM, 1, &get(&authority, "/v1/orders")),
            _ => frame(CONTINUATION, 0, 1, &filling),
        });
    }
}

#[test]
fn frames_that_ask_for_nothing_end_the_connection() {
    let server = setup().start();
    let authority = server.at("production").to_owned();
    flood(&server, 500_000, |_| {
        frame(PING, 0, 0, b"pingping").repeat(50)
    });
    flood(&server, 500_000, |_| frame(SETTINGS, 0, 0, &[]).repeat(50));
    flood(&server, 500_000, |_| {
        frame(WINDOW_UPDATE, 0, 0, &0u32.to_be_bytes()).repeat(50)
    });
    // A body that never has a byte in it.
    let token = super::super::support::house::TOKEN;
    let head = fields(&[
        (":method", "POST"),
        (":scheme", "http"),
        (":authority", &authority),
        (":path", token),
        ("content-type", "application/x-www-form-urlencoded"),
    ]);
    flood(&server, 500_000, |round| match round {
        0 => frame(HEADERS, END_HEADERS, 1, &head),
        _ => frame(DATA, 0, 1, &[]).repeat(100),
    });
    // Frames of a kind that nobody knows are ignored (RFC 9113 §5.5), as long as they are few.
    flood(&server, 500_000, |_| frame(0xfa, 0, 0, &[0; 64]).repeat(50));
    let counted = server.counter("grantor_connections_ended_total", "FramesWithoutRequests");
    assert!(counted >= 2.0, "{counted}");
}

#[test]
fn s315_a_head_that_is_too_large_is_431_and_the_connection_lives() {
    let house = house();
    let authority = house.server.at("production");
    let mut frames = Frames::open(authority, &[]);
    let mut head = get(authority, "/v1/orders");
    for _ in 0..200 {
        head.extend(fields(&[("x-filling", &"a".repeat(100))]));
    }
    let (first, rest) = head.split_at(16_000);
    frames.send(&frame(HEADERS, END_STREAM, 1, first));
    frames.send(&frame(CONTINUATION, END_HEADERS, 1, rest));
    frames.send(&frame(
        HEADERS,
        END_HEADERS | END_STREAM,
        3,
        &get(authority, "/.well-known/jwks.json"),
    ));
    let (mut refused, mut answered) = (false, false);
    frames.read(Duration::from_secs(3), |kind, _, stream, payload| {
        assert_ne!(kind, GOAWAY);
        // 431 as a literal among the header fields, or the stream reset; 200 is the static table's number 8.
        refused |= stream == 1
            && (kind == RST_STREAM
                || payload.windows(3).any(|text| text == b"431")
                || kind == HEADERS);
        answered |= stream == 3 && kind == HEADERS && payload.first() == Some(&0x88);
    });
    assert!(refused && answered, "{refused} {answered}");
}

#[test]
fn s025_a_request_that_http2_forbids_is_no_request() {
    let house = house();
    let authority = house.server.at("production");
    let head = |more: &[(&str, &str)]| [get(authority, "/v1/orders"), fields(more)].concat();
    let twice = [
        get(authority, "/v1/orders"),
        fields(&[(":path", "/public")]),
    ]
    .concat();
    for (what, head) in [
        ("a connection's header", head(&[("connection", "close")])),
        (
            "a transfer coding",
            head(&[("transfer-encoding", "chunked")]),
        ),
        ("a name in capitals", head(&[("X-Capitals", "a")])),
        ("a pseudo header twice", twice),
        ("a body of another length", head(&[("content-length", "5")])),
        ("a line end in a value", head(&[("x-line", "a\r\nb: c")])),
    ] {
        let mut frames = Frames::open(authority, &[]);
        frames.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &head));
        let mut answered = None;
        let ended = frames.read(Duration::from_secs(1), |kind, _, stream, payload| {
            if kind == HEADERS && stream == 1 {
                answered = payload.first().copied();
            }
        });
        // Reset, or ended, or 400; never an answer of the gateway.
        assert!(
            answered.is_none() || answered == Some(0x8c),
            "{what}: {answered:?}, ended: {ended}"
        );
    }
    until("the server lives", || {
        Request::get("/.well-known/jwks.json")
            .send(authority)
            .status
            == 200
    });
}
