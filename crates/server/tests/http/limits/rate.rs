//! At most n token requests of one address in any minute, over all nodes.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::support::Redis;
use super::super::support::redis::{REDIS, VALKEY, is_installed};
use super::{Nodes, address, ask, ask_until_refused, undisturbed};

/// So many at one instant, half of them on each node; how many were let through.
fn at_once(nodes: &Nodes, count: usize, address: &str) -> usize {
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..count)
            .map(|number| {
                let (node, client) = (nodes.both()[number % 2], &nodes.client);
                scope.spawn(move || ask(node, client, address).status)
            })
            .collect();
        let answers: Vec<u16> = clients.into_iter().map(|one| one.join().unwrap()).collect();
        // Who has a place may still find that the database is slow on a busy machine.
        assert!(
            answers
                .iter()
                .all(|status| [200, 429, 503].contains(status)),
            "{answers:?}"
        );
        answers.iter().filter(|status| **status != 429).count()
    })
}

fn one_limit_for_two_nodes(program: &'static str) {
    const LIMIT: usize = 30;
    let mut redis = Redis::not_started(program);
    redis.begin(&[]);
    let Some(nodes) = Nodes::start(redis, LIMIT as u32, 0) else {
        return;
    };
    let [first, second] = nodes.both();
    let (address, given) = undisturbed(&nodes.both(), || {
        let address = address();
        let given = at_once(&nodes, 2 * LIMIT, &address);
        (address, given)
    });
    assert_eq!(given, LIMIT);
    for node in [first, second] {
        let refused = ask(node, &nodes.client, &address);
        assert_eq!(refused.status, 429);
        let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=61).contains(&wait), "{wait}");
        assert_eq!(
            refused.header("ratelimit-policy"),
            Some("\"address\";q=30;w=60")
        );
        assert_eq!(
            refused.header("ratelimit"),
            Some(format!("\"address\";r=0;t={wait}").as_str())
        );
    }
    // Others are not touched, and who has a /64 counts as one.
    assert_eq!(ask(first, &nodes.client, "192.0.2.2").status, 200);
    let networks = AtomicUsize::new(1);
    let given = undisturbed(&nodes.both(), || {
        let network = networks.fetch_add(1, Ordering::Relaxed);
        let [one, other] = ["1", "ffff:1"].map(|host| format!("2001:db8:0:{network}::{host}"));
        let (some, _) = ask_until_refused(first, &nodes.client, &one, 20);
        some + ask_until_refused(second, &nodes.client, &other, 20).0
    });
    assert_eq!(given, LIMIT);
    // A flood that is refused leaves nothing behind, and what is there ends by itself.
    for _ in 0..50 {
        assert_eq!(ask(second, &nodes.client, &address).status, 429);
    }
    let keys = nodes.redis.keys("");
    assert!(keys.len() >= 3, "{keys:?}");
    for key in &keys {
        let left: i64 = nodes.redis.ask(redis::cmd("PTTL").arg(key));
        assert!(left > 0, "{key} never ends");
        assert!(key.starts_with("{grantor}:"), "{key} lies in another slot");
    }
    let key = format!("{{grantor}}:rate:production:address:{address}");
    let moments: usize = nodes.redis.ask(redis::cmd("ZCARD").arg(key));
    assert_eq!(moments, LIMIT);
}

#[test]
fn s261_s255_s259_s265_nx4_b4_one_limit_for_two_nodes() {
    one_limit_for_two_nodes(REDIS);
}

#[test]
fn s261_s265_the_same_in_valkey() {
    if is_installed(VALKEY) {
        one_limit_for_two_nodes(VALKEY);
    } else {
        println!("not run: valkey-server is not installed");
    }
}

/// The scripts' own arithmetic, by the clock of Redis alone.
#[test]
fn s264_f20_the_window_slides_and_a_clock_that_was_set_back_neither_opens_nor_freezes_it() {
    let redis = Redis::start();
    let script = redis::Script::new(include_str!("../../../src/limits/counters/take_moment.lua"));
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_connection().unwrap();
    let mut take = |key: &str, name: &str| -> i64 {
        let mut call = script.prepare_invoke();
        call.key(key).arg(2).arg(300).arg(name);
        call.invoke(&mut connection).unwrap()
    };
    assert_eq!((take("a", "1"), take("a", "2")), (0, 0));
    let wait = take("a", "3");
    assert!((1..=301).contains(&wait), "{wait}");
    // Never before that long has passed, and then at once.
    std::thread::sleep(std::time::Duration::from_millis(wait.unsigned_abs()));
    assert_eq!(take("a", "4"), 0);

    let [seconds, micros]: [i64; 2] = redis
        .ask::<Vec<i64>>(&redis::cmd("TIME"))
        .try_into()
        .unwrap();
    let now = seconds * 1000 + micros / 1000;
    // Set back by less than the window: what was counted goes on counting.
    redis.say(&[
        "ZADD",
        "b",
        &(now + 250).to_string(),
        "x",
        &(now + 250).to_string(),
        "y",
    ]);
    assert!(take("b", "1") > 0);
    // By an hour: it does not count for an hour.
    let later = (now + 3_600_000).to_string();
    redis.say(&["ZADD", "c", &later, "x", &later, "y"]);
    assert_eq!(take("c", "1"), 0);
}
