//! The address where Envoy asks by gRPC: who takes a place there, for how long, and how a stop ends it.

use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::http::support::frames::{Frames, HEADERS, frame, get};
use crate::http::support::server::free_address;
use crate::http::support::{Connection, Server, Setup, until};

/// As many as there are places.
const PLACES: usize = 256;

/// A server that those peers may ask, and where.
fn start(trusted: &str) -> (Server, String) {
    let config = format!(
        r#"
[environments.production.forward_auth]
kind = "envoy"
trusted_peers = ["{trusted}"]
[[routes]]
path = "/public"
public = true
upstream = "http://127.0.0.1:9000"
"#
    );
    let address = free_address();
    let server = Setup::written(&config, &["production"])
        .with("SERVER__EXT_AUTHZ", &address)
        .start();
    (server, address)
}

/// Sends a request and says whether there was an answer in that time.
fn is_answered(connection: &mut Frames, address: &str, within: Duration) -> bool {
    connection.send(&frame(HEADERS, 5, 1, &get(address, "/")));
    let end = Instant::now() + within;
    let mut answered = false;
    while !answered && Instant::now() < end {
        let ended = connection.read(Duration::from_millis(100), |kind, _, stream, _| {
            answered |= kind == HEADERS && stream == 1;
        });
        if ended {
            break;
        }
    }
    answered
}

/// Whether the server ends a connection, whatever it said on it before.
fn is_ended(stream: &mut TcpStream) -> bool {
    let within = Some(Duration::from_secs(20));
    stream.set_read_timeout(within).unwrap();
    match stream.read_to_end(&mut Vec::new()) {
        Ok(_) => true,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

#[test]
fn s235_a_stranger_takes_no_place_and_is_counted_and_told_of() {
    let (server, address) = start("10.0.0.0/8");
    let mut strangers: Vec<_> = (0..PLACES + 20)
        .map(|_| Connection::open(&address))
        .collect();
    assert!(strangers.iter_mut().all(Connection::is_closed));
    until("all are counted", || {
        server.counter("grantor_refusals_total", "ProxyUnlisted") >= 276.0
    });
    let trail = server.json(&["audit", "list", "--event", "forward_auth.refused"], None);
    assert_eq!(trail.as_array().unwrap().len(), 1, "{trail}");
}

#[test]
fn who_asks_nothing_makes_room_for_who_asks() {
    let (_server, address) = start("127.0.0.1");
    let mut silent: Vec<_> = (0..PLACES - 1)
        .map(|_| TcpStream::connect(&address).unwrap())
        .collect();
    let mut begun = Frames::open(&address, &[]);
    let mut asking = Frames::open(&address, &[]);
    let answered = is_answered(&mut asking, &address, Duration::from_secs(25));
    assert!(answered, "all places are held by those who ask nothing");
    assert!(silent.iter_mut().all(is_ended));
    assert!(begun.is_ended(Duration::from_secs(10)));
    assert!(
        !asking.stay(Duration::from_secs(12)),
        "who asked may be quiet"
    );
}

#[test]
fn a_stop_waits_for_nobody_who_asks_nothing() {
    let (mut server, address) = start("127.0.0.1");
    let _silent: Vec<_> = (0..3)
        .map(|_| TcpStream::connect(&address).unwrap())
        .collect();
    let mut asking = Frames::open(&address, &[]);
    assert!(is_answered(&mut asking, &address, Duration::from_secs(10)));
    let since = Instant::now();
    server.stop();
    assert!(since.elapsed() < Duration::from_secs(9), "{since:?}");
}
