//! Redis is away, in every way in which it can be: tokens go on being issued, nobody waits for it twice, each node enforces its share.

use std::time::{Duration, Instant};

use super::super::support::redis::REDIS;
use super::super::support::server::free_address;
use super::super::support::{Credential, Redis, Request, Server};
use super::{
    Nodes, address, ask, ask_until_refused, count_alone, count_over_nodes, is_shared, setup,
    undisturbed,
};

const LIMIT: u32 = 30;
/// Of three nodes, as the configuration says.
const SHARE: usize = 10;

/// One node of three on a Redis of its own.
fn node(redis: &Redis) -> (Server, Credential) {
    let server = setup(redis, LIMIT, 0).with("COUNTERS__NODES", "3").start();
    let client = server.credential("production", &[]);
    (server, client)
}

/// Tokens go on, none of them waits for long, the share holds, and balancers are not told to go away.
fn goes_on(server: &Server, client: &Credential) {
    let begun = Instant::now();
    // Each from an address of its own, so that none is refused. Had each waited for an answer, it were five seconds more.
    for _ in 0..100 {
        assert_eq!(ask(server, client, &address()).status, 200);
    }
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
    count_alone(server);
    let (given, refused) = ask_until_refused(server, client, &address(), 2 * SHARE);
    assert_eq!(given, SHARE);
    let refused = refused.unwrap();
    assert!(refused.header("retry-after").is_some());
    assert_eq!(
        refused.header("ratelimit-policy"),
        Some("\"address\";q=30;w=60")
    );
    assert_eq!(Request::get("/readyz").send(&server.admin).status, 200);
}

/// And after it came back the whole limit holds.
fn comes_back(server: &Server, client: &Credential, whole: bool) {
    let given = undisturbed(&[server], || {
        ask_until_refused(server, client, &address(), 2 * LIMIT as usize).0
    });
    assert_eq!(given, if whole { LIMIT as usize } else { SHARE });
    let log = server.log();
    let lines = |text: &str| log.lines().filter(|line| line.contains(text)).count();
    assert!(lines("the shared counters are away") >= 1);
    assert!(
        lines("the shared counters are away") < 10,
        "once, not for each request"
    );
    assert!(lines("the shared counters are back") >= 1);
    assert!(server.counter("grantor_counters_failures_total", "") >= 1.0);
}

#[test]
fn f17_redis_is_absent_at_start() {
    let mut redis = Redis::not_started(REDIS);
    let (server, client) = node(&redis);
    goes_on(&server, &client);
    redis.begin(&[]);
    comes_back(&server, &client, true);
}

#[test]
fn f17_redis_is_killed() {
    let mut redis = Redis::start();
    let (server, client) = node(&redis);
    count_over_nodes(&server);
    redis.kill();
    goes_on(&server, &client);
    redis.begin(&[]);
    // What had been counted is lost: for a window nobody relies on it.
    comes_back(&server, &client, false);
}

#[test]
fn f17_redis_hangs() {
    let redis = Redis::start();
    let (server, client) = node(&redis);
    count_over_nodes(&server);
    redis.signal("STOP");
    goes_on(&server, &client);
    redis.signal("CONT");
    comes_back(&server, &client, true);
}

#[test]
fn f17_redis_has_no_memory_left() {
    let redis = Redis::start();
    let (server, client) = node(&redis);
    count_over_nodes(&server);
    redis.say(&["CONFIG", "SET", "maxmemory", "1"]);
    goes_on(&server, &client);
    redis.say(&["CONFIG", "SET", "maxmemory", "0"]);
    comes_back(&server, &client, true);
}

#[test]
fn f17_redis_is_read_only() {
    let redis = Redis::start();
    let (server, client) = node(&redis);
    count_over_nodes(&server);
    redis.say(&["REPLICAOF", "127.0.0.1", "1"]);
    goes_on(&server, &client);
    redis.say(&["REPLICAOF", "NO", "ONE"]);
    comes_back(&server, &client, true);
}

#[test]
fn f17_redis_is_still_loading() {
    let mut redis = Redis::start();
    let (server, client) = node(&redis);
    count_over_nodes(&server);
    redis.say(&["DEBUG", "POPULATE", "100000"]);
    redis.say(&["SAVE"]);
    redis.kill();
    // Half a minute, unless it is told to hurry.
    redis.begin(&[
        "--key-load-delay",
        "300",
        "--loading-process-events-interval-bytes",
        "1024",
    ]);
    goes_on(&server, &client);
    redis.say(&["CONFIG", "SET", "key-load-delay", "0"]);
    comes_back(&server, &client, true);
}

#[test]
fn f17_redis_forgot_the_scripts() {
    let redis = Redis::start();
    let (server, client) = node(&redis);
    count_over_nodes(&server);
    let given = undisturbed(&[&server], || {
        redis.say(&["SCRIPT", "FLUSH"]);
        ask_until_refused(&server, &client, &address(), 2 * LIMIT as usize).0
    });
    assert_eq!(given, LIMIT as usize);
}

#[test]
fn f17_s298_redis_wants_another_password_and_nobody_reads_ours() {
    let mut redis = Redis::not_started(REDIS);
    redis.begin(&["--requirepass", "right"]);
    let server = setup(&redis, LIMIT, 0)
        .with("COUNTERS__NODES", "3")
        .with(
            "COUNTERS__URL",
            &format!("redis://default:canary-hunter2@{}/0", redis.authority),
        )
        .with("LOG__LEVEL", "debug")
        .start();
    let client = server.credential("production", &[]);
    goes_on(&server, &client);
    assert!(server.log().contains("the shared counters are away"));
    for told in [
        server.log(),
        String::from_utf8_lossy(&server.grantor(&["check"], None).stdout).into_owned(),
    ] {
        assert!(!told.contains("canary-hunter2"), "{told}");
    }
    let admin = redis::Client::open(format!("redis://:right@{}/0", redis.authority)).unwrap();
    let mut connection = admin.get_connection().unwrap();
    redis::cmd("CONFIG")
        .arg(&["SET", "requirepass", "canary-hunter2"])
        .exec(&mut connection)
        .unwrap();
    comes_back(&server, &client, true);
}

#[test]
fn f17_tls_is_spoken_to_a_certificate_that_is_trusted_and_to_no_other() {
    let mut redis = Redis::not_started(REDIS);
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let [certificate, key] = ["redis.pem", "redis.key"].map(|name| redis.folder.join(name));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let tls = free_address();
    let files = [&certificate, &key].map(|file| file.display().to_string());
    redis.begin(&[
        "--tls-port",
        tls.rsplit(':').next().unwrap(),
        "--tls-cert-file",
        &files[0],
        "--tls-key-file",
        &files[1],
        "--tls-ca-cert-file",
        &files[0],
        "--tls-auth-clients",
        "no",
    ]);
    let setup = || setup(&redis, LIMIT, 0).with("COUNTERS__URL", &format!("rediss://{tls}/0"));
    let trusting = setup().environment("SSL_CERT_FILE", &files[0]).start();
    count_over_nodes(&trusting);
    let doubting = setup().start();
    assert!(!is_shared(&doubting));
    let client = doubting.credential("production", &[]);
    assert_eq!(ask(&doubting, &client, &address()).status, 200);
    assert!(
        doubting.log().contains("invalid peer certificate"),
        "{}",
        doubting.log()
    );
}

/// The access rules that docs/limits.md names, and no more.
#[test]
fn b4_a_user_of_redis_that_may_do_little_is_enough() {
    let redis = Redis::start();
    redis.say(&[
        "ACL",
        "SETUSER",
        "grantor",
        "on",
        ">secret",
        "~{grantor}:*",
        "+eval",
        "+evalsha",
        "+script|load",
        "+select",
        "+time",
        "+set",
        "+get",
        "+pexpire",
        "+del",
        "+zadd",
        "+zrem",
        "+zcard",
        "+zrange",
        "+zremrangebyscore",
    ]);
    let url = format!("redis://grantor:secret@{}/1", redis.authority);
    let server = setup(&redis, LIMIT, 0).with("COUNTERS__URL", &url).start();
    let client = server.credential("production", &[]);
    let given = undisturbed(&[&server], || {
        ask_until_refused(&server, &client, &address(), 2 * LIMIT as usize).0
    });
    assert_eq!(given, LIMIT as usize);
}

#[test]
fn f18_counts_that_are_lost_under_load_begin_anew_below_twice_the_limit() {
    let redis = Redis::start();
    let (server, client) = node(&redis);
    let given = undisturbed(&[&server], || {
        let address = address();
        let (before, _) = ask_until_refused(&server, &client, &address, 9);
        redis.say(&["FLUSHALL"]);
        before + ask_until_refused(&server, &client, &address, 2 * LIMIT as usize).0
    });
    // The node knows what it let through itself, and keeps to its share as soon as it knows of the loss.
    assert!((SHARE..=LIMIT as usize).contains(&given), "{given}");
}

#[test]
fn f19_no_window_sees_more_than_twice_the_limit_when_redis_comes_back_empty() {
    let Some(mut nodes) = Nodes::start(Redis::start(), LIMIT, 0) else {
        return;
    };
    let use_up = |nodes: &Nodes, address: &str| -> usize {
        nodes
            .both()
            .map(|node| ask_until_refused(node, &nodes.client, address, 100).0)
            .iter()
            .sum()
    };
    let (address, begun, shared) = undisturbed(&nodes.both(), || {
        let (address, begun) = (address(), Instant::now());
        let given = use_up(&nodes, &address);
        (address, begun, given)
    });
    assert_eq!(shared, LIMIT as usize);
    nodes.redis.kill();
    nodes.both().into_iter().for_each(count_alone);
    let alone = use_up(&nodes, &address);
    nodes.redis.begin(&[]);
    nodes.count_together();
    let again = use_up(&nodes, &address);
    assert!(
        begun.elapsed() < Duration::from_secs(55),
        "all of it in one window"
    );
    assert!(
        shared + alone + again <= 2 * LIMIT as usize,
        "{shared} + {alone} + {again}"
    );
    assert!(
        alone <= LIMIT as usize / 2 + 1,
        "the first node had used all of its share: {alone}"
    );
}
