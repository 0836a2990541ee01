//! What passes through the gateway, and for how long: streams, WebSockets, dates and times, upstreams of every kind.

mod date_times;
mod observability;
pub mod outage;
mod places;
mod streams;
mod telemetry;
mod uploads;
mod upstreams;

use std::sync::OnceLock;

use super::support::api::{Api, Wire};
use super::support::house::{GRANT, TOKEN, access_token};
use super::support::{Credential, Request, Server, Setup};

const CONFIG: &str = r#"
[environments.production]
[environments.one]
concurrent_requests = 1
[environments.brief]
access_token_lifetime = "3s"

[[routes]]
path = "/api"
upstream = "http://127.0.0.1:9000"
timeout = "2s"
date_time_formats = ["dd-MM-yyyy HH:mm:ss"]
date_time_zone = "Europe/Amsterdam"
[[routes]]
path = "/short"
upstream = "http://127.0.0.1:9000"
idle_timeout = "1s"
[[routes]]
path = "/public"
public = true
upstream = "http://127.0.0.1:9000"
"#;

struct House {
    server: Server,
    api: Api,
}

/// The server that these tests share; each has an account of its own.
fn house() -> &'static House {
    static HOUSE: OnceLock<House> = OnceLock::new();
    HOUSE.get_or_init(|| {
        let api = Api::start(serve);
        let server = setup(&api).start();
        House { server, api }
    })
}

fn setup(api: &Api) -> Setup {
    Setup::written(CONFIG, &["production", "one", "brief"]).upstream(&api.authority)
}

/// What the API does, by the path.
fn serve(head: &str, wire: &mut Wire) {
    let path = head.split(' ').nth(1).unwrap_or_default();
    let (_, what) = path[1..].split_once('/').unwrap_or_default();
    const JSON: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
    match what.split(['?', '/']).next().unwrap_or_default() {
        "socket" if head.contains("\r\nupgrade: websocket") => {
            wire.say("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: yes\r\n\r\n");
            while let Some(line) = wire.hear("\n") {
                if line == "close\n" || !wire.say(format!("echo {line}")) {
                    return;
                }
            }
        }
        "socket" => {
            wire.say(format!("{JSON}Content-Length: 8\r\n\r\n\"a page\""));
        }
        "other" => {
            wire.say("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: another\r\n\r\n");
        }
        "events" => {
            wire.say(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n",
            );
            let mut number = 0;
            while wire.say(format!("data: {number}\n\n")) {
                number += 1;
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
        }
        "still" => {
            wire.say(format!("{JSON}Content-Length: 100\r\n\r\n{{\"half\":"));
            wire.hear("nothing more comes");
        }
        "silent" => {
            wire.hear("nothing more comes");
        }
        "broken" => {
            wire.say(format!("{JSON}Content-Length: 100\r\n\r\n{{\"half\":"));
        }
        "gone" => {}
        "headers" => {
            wire.say("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/elsewhere\r\nSet-Cookie: own=1; Path=/\r\nSet-Cookie: grantor-production-session=stolen\r\nX-Grantor-Account: forged\r\nX-Request-Id: forged\r\nWWW-Authenticate: Own realm=\"own\"\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nTrailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-T: 1\r\n\r\n");
        }
        "early" => uploads::serve(head, wire),
        "dates" => date_times::serve(head, wire),
        _ => {
            wire.say(format!("{JSON}Content-Length: 2\r\n\r\n{{}}"));
        }
    }
}

/// A credential of an account of its own, and the account's name.
fn client(server: &Server, environment: &str) -> (Credential, String) {
    static MADE: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let account = format!(
        "Traffic {}",
        MADE.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
    );
    let credential = server.credential_of(&account, environment, &[], None);
    (credential, account)
}

fn token(server: &Server, environment: &str, client: &Credential) -> String {
    let request = Request::post(TOKEN).basic(client).form(GRANT);
    access_token(&request.send(server.at(environment)))
}

/// Sends a request and reads the head of the answer; the rest is on the wire.
fn begin(server: &Server, environment: &str, request: &Request) -> (Wire, String) {
    let authority = server.at(environment);
    let mut wire = Wire::open(authority);
    assert!(wire.say(request.bytes(authority)));
    let head = wire.head().expect("closed without an answer");
    (wire, head)
}

fn websocket(path: &str, token: &str) -> Request {
    Request::get(path)
        .bearer(token)
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("Sec-WebSocket-Version", "13")
}
