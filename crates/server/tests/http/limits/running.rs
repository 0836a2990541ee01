//! At most five requests of one account at a time, over all nodes, counted where they arrive.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::super::support::{Connection, Redis, Request, Server, until};
use super::Nodes;

/// A call that the gate keeps waiting; its answer is read later.
fn call(node: &Server, token: &str) -> Connection {
    let mut connection = Connection::open(node.at("production"));
    let request = Request::get("/any").bearer(token);
    connection
        .send(&request.bytes(node.at("production")))
        .unwrap();
    connection
}

fn status(mut connection: Connection) -> u16 {
    connection.answer(false).unwrap().status
}

/// A call that is with the upstream, or none when it was refused. On a busy machine the database may be slow, and then it comes again.
fn try_call(nodes: &Nodes, node: &Server, token: &str) -> Option<Connection> {
    let refusals = |label: &str| node.counter("grantor_refusals_total", label);
    loop {
        let running = nodes.gate.running();
        let (at_limit, any) = (refusals("TooManyRequests"), refusals("gateway"));
        let one = call(node, token);
        until("it is with the upstream, or refused", || {
            nodes.gate.running() > running || refusals("gateway") > any
        });
        if nodes.gate.running() > running {
            return Some(one);
        }
        if refusals("TooManyRequests") > at_limit {
            return None;
        }
    }
}

/// So many calls that are with the upstream. On a machine that stands still for a moment the node may count for itself and refuse
/// one of them; then that one comes again.
fn hold(nodes: &Nodes, node: &Server, token: &str, count: usize) -> Vec<Connection> {
    let mut held = Vec::new();
    while held.len() < count {
        held.extend(try_call(nodes, node, token));
    }
    held
}

/// Whether one more is refused, unless the machine stood still and the node counted for itself.
fn is_refused(nodes: &Nodes, node: &Server, token: &str) -> bool {
    (0..20).any(|_| {
        let failures = || node.counter("grantor_counters_failures_total", "");
        let before = failures();
        let refused = try_call(nodes, node, token).is_none();
        assert!(refused || failures() > before, "one more was let in");
        refused
    })
}

fn failures(nodes: &Nodes) -> f64 {
    let of = |node: &Server| node.counter("grantor_counters_failures_total", "");
    nodes.both().map(of).iter().sum()
}

/// Twenty at one instant, ten on each node; the status of each.
fn round(nodes: &Nodes, token: &str) -> Vec<u16> {
    let (start, answered) = (Barrier::new(20), AtomicUsize::new(0));
    nodes.gate.close();
    std::thread::scope(|scope| {
        let calls: Vec<_> = (0..20)
            .map(|number| {
                let (start, answered) = (&start, &answered);
                let node = nodes.both()[number % 2];
                scope.spawn(move || {
                    let mut connection = Connection::open(node.at("production"));
                    let bytes = Request::get("/any")
                        .bearer(token)
                        .bytes(node.at("production"));
                    start.wait();
                    connection.send(&bytes).unwrap();
                    let answer = connection.answer(false).unwrap();
                    answered.fetch_add(1, Ordering::Relaxed);
                    if answer.status == 429 {
                        assert_eq!(answer.header("retry-after"), Some("1"));
                    }
                    answer.status
                })
            })
            .collect();
        until("all twenty are with the upstream or answered", || {
            nodes.gate.running() + answered.load(Ordering::Relaxed) >= 20
        });
        nodes.gate.open();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    })
}

#[test]
fn qx6_s272_b4_rounds_of_twenty_at_once_over_two_nodes_never_see_a_sixth() {
    let rounds: usize = std::env::var("GRANTOR_ROUNDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(50);
    let Some(nodes) = Nodes::start(Redis::start(), 0, 5) else {
        return;
    };
    let token = nodes.token();
    let (mut done, mut repeated) = (0, 0);
    while done < rounds {
        nodes.count_together();
        until("all places are given back", || nodes.redis.leases() == 0);
        let before = failures(&nodes);
        let statuses = round(&nodes, &token);
        let of = |wanted| statuses.iter().filter(|status| **status == wanted).count();
        // On a machine that stands still for longer than Redis is waited for, a node counts for itself, which is another test's
        // matter, and for longer than the database is waited for, it answers 503.
        if failures(&nodes) > before || of(503) > 0 {
            repeated += 1;
            assert!(
                repeated < 20 + rounds,
                "the machine is too busy to say anything"
            );
            assert!(
                nodes.gate.most() <= 5 + 2 * 2,
                "never more than the shares on top"
            );
            continue;
        }
        assert_eq!(nodes.gate.most(), 5, "round {done}");
        assert_eq!((of(200), of(429)), (5, 15), "round {done}");
        done += 1;
    }
    println!("{done} rounds, {repeated} repeated");
}

#[test]
fn s271_f05_a_killed_node_gives_its_places_back_within_the_lease() {
    let Some(mut nodes) = Nodes::start(Redis::start(), 0, 5) else {
        return;
    };
    let token = nodes.token();
    let held = hold(&nodes, &nodes.first, &token, 5);
    // Longer than a lease: it is renewed for as long as the request runs.
    let end = Instant::now() + Duration::from_secs(11);
    while Instant::now() < end {
        assert_eq!(nodes.redis.leases(), 5);
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(is_refused(&nodes, &nodes.second, &token));
    nodes.first.kill();
    let killed = Instant::now();
    drop(held);
    assert!(is_refused(&nodes, &nodes.second, &token), "not at once");
    nodes.gate.open();
    until("the places are free", || {
        status(call(&nodes.second, &token)) == 200
    });
    let after = killed.elapsed();
    assert!(after < Duration::from_secs(12), "{after:?}");
    // The one that lives serves on, and the other comes back to the same limit.
    nodes.first.start();
    nodes.count_together();
    nodes.gate.close();
    let running = hold(&nodes, &nodes.first, &token, 5);
    assert!(is_refused(&nodes, &nodes.second, &token));
    nodes.gate.open();
    assert!(running.into_iter().all(|one| status(one) == 200));
}

#[test]
fn s276_a_limit_that_is_lowered_lets_the_running_end_and_no_limit_lets_all_through() {
    let Some(mut nodes) = Nodes::start(Redis::start(), 0, 5) else {
        return;
    };
    let token = nodes.token();
    let running = hold(&nodes, &nodes.first, &token, 5);
    let key = "ENVIRONMENTS__PRODUCTION__CONCURRENT_REQUESTS";
    nodes.second.stop();
    nodes.second.set(key, "2");
    nodes.second.start();
    nodes.count_together();
    assert!(is_refused(&nodes, &nodes.second, &token));
    nodes.gate.open();
    assert!(running.into_iter().all(|one| status(one) == 200));
    until("all places are given back", || nodes.redis.leases() == 0);
    nodes.gate.close();
    let two = hold(&nodes, &nodes.second, &token, 2);
    assert!(is_refused(&nodes, &nodes.second, &token));
    nodes.gate.open();
    assert!(two.into_iter().all(|one| status(one) == 200));
    nodes.second.stop();
    nodes.second.set(key, "0");
    nodes.second.start();
    nodes.gate.close();
    let many = hold(&nodes, &nodes.second, &token, 8);
    assert_eq!(nodes.redis.leases(), 0, "what has no limit is not counted");
    nodes.gate.open();
    assert!(many.into_iter().all(|one| status(one) == 200));
}

#[test]
fn s270_a_client_that_goes_away_gives_its_place_back() {
    let Some(nodes) = Nodes::start(Redis::start(), 0, 5) else {
        return;
    };
    let token = nodes.token();
    let held = hold(&nodes, &nodes.first, &token, 5);
    assert_eq!(nodes.redis.leases(), 5);
    drop(held);
    until("the places are given back", || nodes.redis.leases() == 0);
    // A node that is told to stop leaves nothing behind either.
    let mut nodes = nodes;
    let names =
        |nodes: &Nodes| -> usize { nodes.redis.ask(redis::cmd("ZCARD").arg("{grantor}:nodes")) };
    assert_eq!(names(&nodes), 2);
    nodes.gate.open();
    nodes.first.stop();
    assert_eq!(names(&nodes), 1);
}

#[test]
fn f18_f19_requests_that_run_are_counted_again_after_everything_was_lost() {
    let Some(mut nodes) = Nodes::start(Redis::start(), 0, 5) else {
        return;
    };
    let token = nodes.token();
    let running = hold(&nodes, &nodes.first, &token, 5);
    nodes.redis.say(&["FLUSHALL"]);
    until("they are counted again", || nodes.redis.leases() == 5);
    assert!(is_refused(&nodes, &nodes.second, &token));
    nodes.redis.kill();
    nodes.both().into_iter().for_each(super::count_alone);
    // The node's own share is less than what runs on the first; on the second it is two of the five.
    assert!(is_refused(&nodes, &nodes.first, &token));
    let two = hold(&nodes, &nodes.second, &token, 2);
    assert!(is_refused(&nodes, &nodes.second, &token));
    nodes.redis.begin(&[]);
    nodes.count_together();
    assert_eq!(nodes.redis.leases(), 7);
    for node in nodes.both() {
        assert!(is_refused(&nodes, node, &token));
    }
    nodes.gate.open();
    assert!(
        running.into_iter().chain(two).all(|one| status(one) == 200),
        "whoever runs is not disturbed"
    );
    until("all places are given back", || nodes.redis.leases() == 0);
}
