//! Limits over several nodes: two of them on one Redis and, for what is remembered, one PostgreSQL.

mod alone;
mod away;
mod rate;
mod running;

use std::sync::atomic::{AtomicU32, Ordering};

use super::support::database::Database;
use super::support::gate::Gate;
use super::support::house::{GRANT, TOKEN, access_token};
use super::support::{Answer, Credential, Redis, Request, Server, Setup, until};

const CONFIG: &str = r#"
[environments.production]
[[routes]]
path = "/any"
upstream = "http://127.0.0.1:9000"
"#;

/// Two nodes, and what they share.
struct Nodes {
    first: Server,
    second: Server,
    redis: Redis,
    gate: Gate,
    client: Credential,
}

/// A node on its own, with a limit per minute and one of running requests, which believes what is said to be the sender.
fn setup(redis: &Redis, per_minute: u32, running: u32) -> Setup {
    Setup::written(CONFIG, &["production"])
        .with("COUNTERS__URL", &redis.url())
        .with("SERVER__TRUSTED_PROXIES", "127.0.0.1")
        .with(
            "ENVIRONMENTS__PRODUCTION__TOKEN_REQUESTS_PER_MINUTE",
            &per_minute.to_string(),
        )
        .with(
            "ENVIRONMENTS__PRODUCTION__CONCURRENT_REQUESTS",
            &running.to_string(),
        )
}

impl Nodes {
    /// None where there is no PostgreSQL: two nodes cannot share a file.
    fn start(redis: Redis, per_minute: u32, running: u32) -> Option<Self> {
        let Some(database) = Database::postgres() else {
            println!("not run: GRANTOR_TEST_POSTGRES is not set");
            return None;
        };
        let gate = Gate::start();
        let first = setup(&redis, per_minute, running)
            .upstream(&gate.authority)
            .on(database)
            .start();
        let mut second = first.another_node();
        second.start();
        let client = first.credential("production", &[]);
        let nodes = Self {
            first,
            second,
            redis,
            gate,
            client,
        };
        nodes.count_together();
        Some(nodes)
    }

    fn both(&self) -> [&Server; 2] {
        [&self.first, &self.second]
    }

    fn count_together(&self) {
        self.both().into_iter().for_each(count_over_nodes);
    }

    fn token(&self) -> String {
        access_token(&ask(&self.first, &self.client, "192.0.2.200"))
    }
}

fn is_shared(node: &Server) -> bool {
    node.counter("grantor_counters_shared", "") == 1.0
}

fn count_over_nodes(node: &Server) {
    until("limits are counted over all nodes", || is_shared(node));
}

fn count_alone(node: &Server) {
    until("the node counts for itself", || !is_shared(node));
}

/// A machine that stands still for longer than Redis is waited for makes a node count for itself, which is another test's
/// matter: what is said of the whole limit is tried until nothing of the kind came between.
fn undisturbed<T>(nodes: &[&Server], tried: impl Fn() -> T) -> T {
    let failures = || -> f64 {
        let of = |node: &&Server| node.counter("grantor_counters_failures_total", "");
        nodes.iter().map(of).sum()
    };
    for _ in 0..20 {
        nodes.iter().copied().for_each(count_over_nodes);
        let before = failures();
        let outcome = tried();
        if failures() == before {
            return outcome;
        }
    }
    panic!("Redis is away too often to say anything");
}

/// An address that nobody has asked from.
fn address() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("198.18.{}.{}", number / 250, number % 250)
}

/// Asks for a token, from an address.
fn ask(node: &Server, client: &Credential, address: &str) -> Answer {
    Request::post(TOKEN)
        .basic(client)
        .header("X-Forwarded-For", address)
        .form(GRANT)
        .send(node.at("production"))
}

/// Asks until it is refused, so many times at most; how many tokens there were, and the refusal.
fn ask_until_refused(
    node: &Server,
    client: &Credential,
    address: &str,
    at_most: usize,
) -> (usize, Option<Answer>) {
    for given in 0..at_most {
        let answer = ask(node, client, address);
        match answer.status {
            200 => {}
            429 => return (given, Some(answer)),
            _ => panic!("{answer:?}"),
        }
    }
    (at_most, None)
}
