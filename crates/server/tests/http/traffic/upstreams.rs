//! Upstreams over TLS and HTTP/2.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::super::support::api::{Api, Wire};
use super::super::support::tls_api::TlsApi;
use super::super::support::{Answer, Request, Server, Setup};
use super::{begin, websocket};

/// A server with one public route for each upstream: its scheme and authority, and more keys.
fn server(routes: &[(&str, &str, &str)], certificates: &[(&str, &str)]) -> Server {
    let mut config = "[environments.production]\n".to_owned();
    for (path, upstream, more) in routes {
        config.push_str(&format!(
            "[[routes]]\npath = \"{path}\"\npublic = true\nupstream = \"{upstream}\"\n{more}\n"
        ));
    }
    let setup = Setup::written(&config, &["production"]);
    for (name, pem) in certificates {
        std::fs::write(setup.folder.join(name), pem).unwrap();
    }
    setup.start()
}

fn get(server: &Server, path: &str) -> Answer {
    Request::get(path).send(server.at("production"))
}

fn names(answer: &Answer) -> Vec<String> {
    let names = answer.json()["names"].clone();
    serde_json::from_value(names).unwrap()
}

#[test]
fn an_upstream_over_tls_is_believed_by_its_authority_alone_and_speaks_what_both_want() {
    let (both, old, modern) = (
        TlsApi::start(&["h2", "http/1.1"]),
        TlsApi::start(&["http/1.1"]),
        TlsApi::start(&["h2"]),
    );
    let at = |api: &TlsApi| format!("https://{}", api.authority);
    let by = |name: &str| format!("upstream_ca = \"{name}\"\n");
    let server = server(
        &[
            ("/both", &at(&both), &by("both.pem")),
            ("/old", &at(&old), &by("old.pem")),
            ("/modern", &at(&modern), &by("modern.pem")),
            ("/wrong", &at(&both), &by("old.pem")),
            ("/unknown", &at(&both), ""),
        ],
        &[
            ("both.pem", &both.certificate),
            ("old.pem", &old.certificate),
            ("modern.pem", &modern.certificate),
        ],
    );
    for (path, api, version) in [
        ("/both", &both, "HTTP/2.0"),
        ("/old", &old, "HTTP/1.1"),
        ("/modern", &modern, "HTTP/2.0"),
    ] {
        let answer = Request::post(&format!("{path}/a%C3%B6?q=%zz"))
            .body("text/plain", "0123456789")
            .send(server.at("production"));
        let saw = answer.json();
        assert_eq!(
            (saw["version"].as_str(), saw["length"].as_u64()),
            (Some(version), Some(10)),
            "{path}: {saw}"
        );
        assert_eq!(saw["target"], Value::from(format!("{path}/a%C3%B6?q=%zz")));
        let names = names(&answer);
        assert!(
            names.iter().any(|name| name == "x-forwarded-for"),
            "{names:?}"
        );
        if version == "HTTP/2.0" {
            assert_eq!(saw["authority"], Value::from(api.authority.clone()));
            for of_http1 in [
                "host",
                "connection",
                "transfer-encoding",
                "keep-alive",
                "upgrade",
            ] {
                assert!(
                    !names.iter().any(|name| name == of_http1),
                    "{of_http1}: {names:?}"
                );
            }
        } else {
            assert!(names.iter().any(|name| name == "host"), "{names:?}");
        }
    }
    // A body whose length nobody knows is sent over HTTP/2 as well.
    let authority = server.at("production");
    let mut wire = Wire::open(authority);
    wire.say(format!("POST /modern/x HTTP/1.1\r\nHost: {authority}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
    let head = wire.head().unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(wire.hear("\"length\":5").is_some());
    // Many at once share a connection.
    let before = both.connections();
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| assert_eq!(get(&server, "/both/many").status, 200));
        }
    });
    assert!(both.connections() <= before + 2, "{}", both.connections());
    // A certificate that nobody vouches for is no upstream.
    for path in ["/wrong", "/unknown"] {
        let refused = get(&server, path);
        assert_eq!(refused.refusal(), (502, "bad_gateway".to_owned()), "{path}");
        assert!(server.log_after(&refused).contains("UpstreamUnreachable"));
    }
    // A WebSocket needs HTTP/1.1, and gets a connection that speaks it.
    let (mut socket, head) = begin(&server, "production", &websocket("/both/socket", "none"));
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    assert_eq!(socket.hear("\n").as_deref(), Some("changed\n"));
}

#[test]
fn an_upstream_may_speak_http2_without_tls() {
    let api = TlsApi::plain();
    let at = format!("http://{}", api.authority);
    let server = server(
        &[("/two", &at, "upstream_http2 = true"), ("/one", &at, "")],
        &[],
    );
    let two = get(&server, "/two/x");
    assert_eq!(
        (two.status, two.json()["version"].as_str()),
        (200, Some("HTTP/2.0"))
    );
    assert!(
        !names(&two)
            .iter()
            .any(|name| name == "host" || name == "transfer-encoding")
    );
    assert_eq!(get(&server, "/one/x").json()["version"], "HTTP/1.1");
    let (mut socket, head) = begin(&server, "production", &websocket("/two/socket", "none"));
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    assert_eq!(socket.hear("\n").as_deref(), Some("changed\n"));
}

/// HTTP/2 by hand: each connection's first request is refused in a way that says it was not looked at, until `refusals` are spent.
fn refusing(refusals: usize, goodbye: bool) -> (String, Arc<AtomicUsize>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    let asked = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let counted = Arc::clone(&counted);
            std::thread::spawn(move || {
                let mut wire = Wire::of(stream);
                wire.take(24);
                wire.say([0, 0, 0, 4, 0, 0, 0, 0, 0]);
                loop {
                    let head = wire.take(9);
                    let &[a, b, c, kind, flags, s0, s1, s2, s3] = head.as_slice() else {
                        return;
                    };
                    wire.take(usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c));
                    match kind {
                        4 if flags == 0 => drop(wire.say([0, 0, 0, 4, 1, 0, 0, 0, 0])),
                        1 if counted.fetch_add(1, Ordering::Relaxed) >= refusals => {
                            // `:status: 200`, and the end.
                            wire.say([0, 0, 1, 1, 5, s0, s1, s2, s3, 0x88]);
                        }
                        1 if goodbye => {
                            // GOAWAY: nothing was looked at, NO_ERROR.
                            wire.say([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
                            return;
                        }
                        // RST_STREAM: REFUSED_STREAM.
                        1 => drop(wire.say([0, 0, 4, 3, 0, s0, s1, s2, s3, 0, 0, 0, 7])),
                        _ => {}
                    }
                }
            });
        }
    });
    (authority, asked)
}

#[test]
fn only_what_changes_nothing_is_asked_a_second_time() {
    for goodbye in [false, true] {
        let (once, asked_once) = refusing(1, goodbye);
        let (always, asked_always) = refusing(usize::MAX, goodbye);
        let server = server(
            &[
                ("/once", &format!("http://{once}"), "upstream_http2 = true"),
                (
                    "/always",
                    &format!("http://{always}"),
                    "upstream_http2 = true",
                ),
            ],
            &[],
        );
        assert_eq!(get(&server, "/once").status, 200, "goodbye: {goodbye}");
        assert_eq!(asked_once.load(Ordering::Relaxed), 2);
        assert_eq!(get(&server, "/always").status, 502);
        assert_eq!(asked_always.load(Ordering::Relaxed), 2);
        for request in [
            Request::post("/always"),
            Request::new("DELETE", "/always"),
            Request::post("/always").body("text/plain", "x"),
        ] {
            let before = asked_always.load(Ordering::Relaxed);
            assert_eq!(request.send(server.at("production")).status, 502);
            assert_eq!(asked_always.load(Ordering::Relaxed), before + 1);
        }
    }
}

#[test]
fn f30_an_upstream_that_says_nothing_is_given_up_in_time_and_comes_back() {
    let silent = Api::start(|_, wire| drop(wire.hear("nothing")));
    let hello = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = server(
        &[
            (
                "/silent",
                &format!("http://{}", silent.authority),
                "timeout = \"1s\"",
            ),
            (
                "/hello",
                &format!("https://{}", hello.local_addr().unwrap()),
                "timeout = \"1s\"",
            ),
        ],
        &[],
    );
    for path in ["/silent", "/hello"] {
        let begun = Instant::now();
        assert_eq!(
            get(&server, path).refusal(),
            (504, "gateway_timeout".to_owned()),
            "{path}"
        );
        assert!(
            begun.elapsed() < Duration::from_secs(4),
            "{path}: {:?}",
            begun.elapsed()
        );
    }
    assert!(server.counter("grantor_refusals_total", "UpstreamSilent") >= 2.0);
}
