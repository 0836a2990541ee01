//! One node by itself: a limit per credential, limits that are only watched, and a proxy of one's own that nobody listed.

use super::super::support::house::{GRANT, TOKEN, setup};
use super::super::support::{Answer, Credential, Request, Server, until};

const MODE: &str = "ENVIRONMENTS__PRODUCTION__TOKEN_REQUESTS_MODE";
const PER_MINUTE: &str = "ENVIRONMENTS__PRODUCTION__TOKEN_REQUESTS_PER_MINUTE";
const OF_CREDENTIAL: &str = "ENVIRONMENTS__PRODUCTION__TOKEN_REQUESTS_PER_MINUTE_PER_CREDENTIAL";

fn client(server: &Server) -> Credential {
    server.credential("production", &["--version", "v1", "--allow", "orders=read"])
}

fn ask(server: &Server, client: &Credential, forwarded: &str) -> Answer {
    Request::post(TOKEN)
        .basic(client)
        .header("X-Forwarded-For", forwarded)
        .form(GRANT)
        .send(server.at("production"))
}

#[test]
fn s260_a_credential_has_a_limit_of_its_own_wherever_it_asks_from() {
    let server = setup()
        .with("SERVER__TRUSTED_PROXIES", "127.0.0.1")
        .with(OF_CREDENTIAL, "3")
        .start();
    let (one, other) = (client(&server), client(&server));
    let from =
        |client: &Credential, number: usize| ask(&server, client, &format!("198.51.100.{number}"));
    let statuses: Vec<_> = (1..=5).map(|number| from(&one, number).status).collect();
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    let refused = from(&one, 6);
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(
        refused.text().contains("with one credential"),
        "{}",
        refused.text()
    );
    assert_eq!(
        from(&other, 6).status,
        200,
        "another credential is not touched"
    );
    // Whoever has not proven to be the client uses nothing of it up.
    let wrong = Request::post(TOKEN)
        .basic_text(&other.client_id, "wrong")
        .header("X-Forwarded-For", "198.51.100.9")
        .form(GRANT);
    for _ in 0..3 {
        assert_eq!(wrong.send(server.at("production")).status, 401);
    }
    assert_eq!(from(&other, 7).status, 200);
    let name = "TooManyTokenRequestsOfCredential";
    assert_eq!(server.counter("grantor_refusals_total", name), 3.0);
    until("it is told whose it was", || {
        let trail = server.json(&["audit", "list", "--subject", &one.uuid], None);
        let rows = trail.as_array().unwrap();
        rows.iter().any(|row| row["event"] == "limit.reached")
    });
}

#[test]
fn nx4_a_limit_that_is_only_monitored_refuses_nobody_and_says_whom_it_would() {
    let server = setup()
        .with(PER_MINUTE, "2")
        .with(OF_CREDENTIAL, "1")
        .with(MODE, "monitor")
        .start();
    let client = client(&server);
    for _ in 0..4 {
        assert_eq!(ask(&server, &client, "").status, 200);
    }
    let beyond =
        |limit: &str| server.counter("grantor_beyond_limits_total", &format!("limit=\"{limit}\""));
    assert_eq!(beyond("token_requests_per_minute"), 2.0);
    assert_eq!(beyond("token_requests_per_minute_per_credential"), 3.0);
}

#[test]
fn nx4_a_proxy_of_ones_own_that_is_not_listed_is_named_before_anyone_is_refused() {
    let server = setup().with(PER_MINUTE, "60").start();
    let client = client(&server);
    let suspected = || server.counter("grantor_requests_of_unlisted_proxies_total", "production");
    assert_eq!(ask(&server, &client, "").status, 200);
    assert_eq!(suspected(), 0.0);
    assert_eq!(ask(&server, &client, "203.0.113.7").status, 200);
    assert_eq!(ask(&server, &client, "203.0.113.8").status, 200);
    assert_eq!(suspected(), 2.0);
    let said = || {
        server
            .log()
            .matches("you are limiting your own proxy")
            .count()
    };
    until("the log says so", || said() > 0);
    assert_eq!(said(), 1, "once");
    // Listed, it is none.
    let server = setup()
        .with(PER_MINUTE, "60")
        .with("SERVER__TRUSTED_PROXIES", "127.0.0.1")
        .start();
    let client = self::client(&server);
    assert_eq!(ask(&server, &client, "203.0.113.7").status, 200);
    assert_eq!(
        server.counter("grantor_requests_of_unlisted_proxies_total", "production"),
        0.0
    );
}
