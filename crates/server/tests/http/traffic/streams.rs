//! Answers that go on: for as long as their token lives, and something moves.

use std::time::{Duration, Instant};

use super::super::support::api::Api;
use super::super::support::{Request, until};
use super::{begin, client, house, serve, setup, token, websocket};

/// What is promised of a token that ends.
const BOUND: Duration = Duration::from_secs(5);

#[test]
fn s250_a_websocket_is_carried_both_ways() {
    let house = house();
    let server = &house.server;
    let (client, _) = client(server, "production");
    let live = token(server, "production", &client);
    let request = websocket("/api/socket?both", &live).header("Sec-WebSocket-Protocol", "chat");
    let (mut wire, head) = begin(server, "production", &request);
    let head = head.to_lowercase();
    for line in [
        "http/1.1 101 ",
        "\r\nupgrade: websocket\r\n",
        "\r\nconnection: upgrade\r\n",
        "\r\nsec-websocket-accept: yes\r\n",
        "\r\nx-request-id: ",
    ] {
        assert!(head.contains(line), "{line}: {head}");
    }
    let seen = house.api.seen("/api/socket?both");
    for line in [
        "\r\nupgrade: websocket\r\n",
        "\r\nconnection: upgrade\r\n",
        "\r\nsec-websocket-key: ",
        "\r\nsec-websocket-protocol: chat\r\n",
        "\r\nx-grantor-account: ",
    ] {
        assert!(seen[0].contains(line), "{line}: {}", seen[0]);
    }
    assert!(!seen[0].contains("authorization"));
    for round in 0..100 {
        assert!(wire.say(format!("{round}\n")));
        assert_eq!(wire.hear("\n").unwrap(), format!("echo {round}\n"));
    }
    let long = "x".repeat(1_000_000);
    let mut writer = wire.stream.try_clone().unwrap();
    let sent = long.clone();
    let writing = std::thread::spawn(move || {
        std::io::Write::write_all(&mut writer, format!("{sent}\n").as_bytes())
    });
    assert_eq!(wire.hear("\n").unwrap().len(), long.len() + "echo \n".len());
    writing.join().unwrap().unwrap();
    until("it is counted", || {
        server.counter("grantor_tunnels", "") >= 1.0
    });
    wire.say("close\n");
    wire.ends();

    // An upstream that does not want it answers as it likes; h2c is never asked for; nobody is let in without a token.
    let asked = |upgrade: &str| {
        Request::get("/api/plain?upgrade")
            .bearer(&live)
            .header("Connection", "Upgrade, HTTP2-Settings")
            .header("Upgrade", upgrade)
            .header("HTTP2-Settings", "AAMAAABkAAQAAP__")
    };
    let (_, head) = begin(server, "production", &asked("websocket"));
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let before = house.api.seen("?upgrade").len();
    let (_, head) = begin(server, "production", &asked("h2c"));
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let seen = house.api.seen("?upgrade");
    assert!(
        !seen[before].contains("upgrade:") && !seen[before].contains("http2-settings"),
        "{}",
        seen[before]
    );
    let (_, head) = begin(server, "production", &websocket("/api/socket", "nonsense"));
    assert!(head.starts_with("HTTP/1.1 401"), "{head}");
}

/// Events and a WebSocket of a new account, both running.
fn running(environment: &str) -> (super::Credential, String, String, [super::Wire; 2]) {
    let server = &house().server;
    let (client, account) = client(server, environment);
    let live = token(server, environment, &client);
    let (mut events, _) = begin(
        server,
        environment,
        &Request::get("/api/events").bearer(&live),
    );
    events.hear("data: 2").unwrap();
    let (mut socket, _) = begin(server, environment, &websocket("/api/socket", &live));
    socket.say("on\n");
    socket.hear("echo on\n").unwrap();
    (client, account, live, [events, socket])
}

fn end_within_the_bound(wires: [super::Wire; 2], since: Instant, why: &str) {
    for mut wire in wires {
        wire.ends();
        assert!(since.elapsed() < BOUND, "{why}: {:?}", since.elapsed());
    }
}

#[test]
fn s250_what_runs_ends_with_its_token() {
    let server = &house().server;
    // Ends by itself.
    let begun = Instant::now();
    let (.., wires) = running("brief");
    end_within_the_bound(wires, begun, "a token of three seconds");

    // Ended: the token, all of a credential's, the credential, the account. Another's goes on.
    let (.., [mut other, mut other_socket]) = running("production");
    for what in ["revoke one", "revoke all", "disable", "delete", "suspend"] {
        let (client, account, live, wires) = running("production");
        let since = Instant::now();
        match what {
            "revoke one" => {
                let form = format!("token={live}");
                let told = Request::post("/oauth/revoke")
                    .basic(&client)
                    .form(form)
                    .send(server.at("production"));
                assert_eq!(told.status, 200);
            }
            "revoke all" => {
                drop(server.json(&["tokens", "revoke", "--credential", &client.uuid], None))
            }
            "suspend" => drop(server.json(&["accounts", "suspend", &account], None)),
            ended => drop(server.json(&["credentials", ended, &client.uuid], None)),
        }
        end_within_the_bound(wires, since, what);
    }
    other.hear("data: ").expect("another's events go on");
    other_socket.say("still\n");
    assert_eq!(other_socket.hear("\n").as_deref(), Some("echo still\n"));
    assert!(server.counter("grantor_refusals_total", "CutShortTokenEnded") >= 10.0);
    assert!(server.counter("grantor_refusals_total", "CutShortTokenExpired") >= 2.0);
}

#[test]
fn s269_an_answer_that_stands_still_ends_and_one_that_moves_does_not() {
    let server = &house().server;
    let (client, _) = client(server, "production");
    let live = token(server, "production", &client);
    let (mut still, _) = begin(
        server,
        "production",
        &Request::get("/short/still").bearer(&live),
    );
    still.hear("half").unwrap();
    assert!(still.ends() < BOUND);
    let (mut socket, _) = begin(server, "production", &websocket("/short/socket", &live));
    assert!(socket.ends() < BOUND);
    let (mut events, _) = begin(
        server,
        "production",
        &Request::get("/short/events").bearer(&live),
    );
    events
        .hear("data: 25\n")
        .expect("events go on for longer than the time-out");
}

#[test]
fn f29_a_stop_waits_for_what_runs_and_no_longer_than_the_grace_period() {
    let api = Api::start(serve);
    let mut server = setup(&api).with("SERVER__SHUTDOWN_GRACE", "2s").start();
    let (client, _) = client(&server, "production");
    let live = token(&server, "production", &client);
    let (mut socket, _) = begin(&server, "production", &websocket("/api/socket", &live));
    let (mut events, _) = begin(
        &server,
        "production",
        &Request::get("/api/events").bearer(&live),
    );
    let stopping = std::thread::spawn(move || {
        let begun = Instant::now();
        server.stop();
        begun.elapsed()
    });
    std::thread::sleep(Duration::from_secs(1));
    socket.say("still\n");
    assert_eq!(
        socket.hear("\n").as_deref(),
        Some("echo still\n"),
        "it goes on within the grace period"
    );
    events.hear("data: 12\n").expect("so do events");
    socket.ends();
    events.ends();
    let took = stopping.join().unwrap();
    assert!(
        (Duration::from_millis(1900)..Duration::from_secs(6)).contains(&took),
        "{took:?}"
    );
}

#[test]
fn s251_what_the_upstream_says_of_callers_and_in_our_name_does_not_come_back() {
    let server = &house().server;
    let (client, _) = client(server, "production");
    let live = token(server, "production", &client);
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let request = Request::get("/api/headers")
        .bearer(&live)
        .header("traceparent", trace)
        .header("tracestate", "a=1")
        .header("baggage", "b=2");
    let answer = request.send(server.at("production"));
    assert_eq!(answer.status, 302, "redirects are the client's to follow");
    assert_eq!(
        answer.header("location"),
        Some("http://127.0.0.1:1/elsewhere")
    );
    assert_eq!(answer.header("set-cookie"), Some("own=1; Path=/"));
    assert_eq!(answer.header("www-authenticate"), Some("Own realm=\"own\""));
    assert_ne!(answer.request_id(), "forged");
    for gone in ["x-grantor-account", "x-hop", "trailer"] {
        assert_eq!(answer.header(gone), None, "{gone}");
    }
    assert_eq!(answer.text(), "{}");
    let seen = house().api.seen("/api/headers");
    for line in [
        format!("\r\ntraceparent: {trace}\r\n"),
        "\r\ntracestate: a=1\r\n".to_owned(),
        "\r\nbaggage: b=2".to_owned(),
    ] {
        assert!(seen[0].contains(&line), "{line}: {}", seen[0]);
    }
    let plain = Request::get("/api/plain?untraced")
        .bearer(&live)
        .send(server.at("production"));
    assert_eq!(plain.status, 200);
    assert!(
        !house().api.seen("?untraced")[0].contains("traceparent"),
        "none is made while nothing is exported"
    );
}
