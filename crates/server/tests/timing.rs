//! Statistics about how long answers take. They need a quiet machine and a release build, so they run by `just timing`
//! and not in `./test`, which asserts instead that the work that hides a difference is done.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    dead_code,
    unused_imports,
    unused_macros
)]

mod http {
    pub mod support;
}

use std::time::Instant;

use http::support::database::Database;
use http::support::house::{GRANT, House, TOKEN};
use http::support::{Connection, Credential, Request};

/// Two-sided p = 0.001 over the six pairs of four cases.
const LIMIT: f64 = 3.77;

/// Nanoseconds of each case, asked for in turns so that a slow moment of the machine hits all alike.
fn measure(authority: &str, cases: &[(&str, Request)], samples: usize) -> Vec<Vec<f64>> {
    let mut connection = Connection::open(authority);
    let bytes: Vec<Vec<u8>> = cases
        .iter()
        .map(|(_, request)| request.bytes(authority))
        .collect();
    let mut taken = vec![Vec::with_capacity(samples); cases.len()];
    for sample in 0..samples + 50 {
        for turn in 0..cases.len() {
            let case = (turn + sample) % cases.len();
            let start = Instant::now();
            connection.send(&bytes[case]).unwrap();
            let answer = connection.answer(false).unwrap();
            let nanoseconds = start.elapsed().as_nanos() as f64;
            assert_eq!(answer.status, 401, "{}", cases[case].0);
            if sample >= 50 {
                taken[case].push(nanoseconds);
            }
        }
    }
    taken
}

/// The rank-sum statistic of Mann and Whitney, normalised: beyond ±3.29 the two differ at p = 0.001.
fn rank_sum(one: &[f64], other: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = one
        .iter()
        .map(|&at| (at, true))
        .chain(other.iter().map(|&at| (at, false)))
        .collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let sum: f64 = all
        .iter()
        .enumerate()
        .filter(|(_, (_, first))| *first)
        .map(|(rank, _)| rank as f64 + 1.0)
        .sum();
    let (n, m) = (one.len() as f64, other.len() as f64);
    (sum - n * (n + m + 1.0) / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

fn median(of: &[f64]) -> f64 {
    let mut sorted = of.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn assert_alike(authority: &str, cases: &[(&str, Request)], samples: usize) {
    let taken = measure(authority, cases, samples);
    for ((name, _), taken) in cases.iter().zip(&taken) {
        println!(
            "  {name:24} median {:8.1} µs over {samples}",
            median(taken) / 1000.0
        );
    }
    for one in 0..cases.len() {
        for other in one + 1..cases.len() {
            let z = rank_sum(&taken[one], &taken[other]);
            println!("  {} / {}: z = {z:.2}", cases[one].0, cases[other].0);
            assert!(
                z.abs() < LIMIT,
                "{} can be told from {} by time: z = {z:.2}",
                cases[one].0,
                cases[other].0
            );
        }
    }
}

fn ask(client: &Credential) -> Request {
    Request::post(TOKEN)
        .basic(client)
        .header("Connection", "keep-alive")
        .form(GRANT)
}

fn with_secret(client: &Credential, secret: &str) -> Credential {
    Credential {
        client_secret: secret.to_owned(),
        ..client.clone()
    }
}

#[test]
#[ignore = "statistics: run by `just timing`"]
fn timing_s036_an_unknown_client_takes_as_long_as_a_wrong_secret() {
    let house = House::new(Database::Sqlite);
    for (environment, samples) in [("production", 2_000), ("chosen", 50)] {
        println!("{environment}:");
        let make = |environment: &str| match environment {
            "chosen" => house.server.chosen_credential(
                environment,
                "a secret that a person chose 3",
                &["--version", "v1", "--allow", "orders=read"],
            ),
            _ => house.credential(environment),
        };
        let (known, disabled, foreign) = (make(environment), make(environment), make("sandbox"));
        house
            .server
            .json(&["credentials", "disable", &disabled.uuid], None);
        let unknown = Credential {
            client_id: foreign.client_id.replace(|c: char| c.is_ascii_digit(), "0"),
            ..foreign.clone()
        };
        let wrong = format!("{}x", &known.client_secret[..known.client_secret.len() - 1]);
        let cases = [
            ("unknown client", ask(&unknown)),
            ("wrong secret", ask(&with_secret(&known, &wrong))),
            ("disabled client", ask(&disabled)),
            ("another environment's", ask(&foreign)),
        ];
        assert_alike(house.server.at(environment), &cases, samples);
    }
}

#[test]
#[ignore = "statistics: run by `just timing`"]
fn timing_s037_a_secret_that_is_right_at_its_start_takes_no_longer() {
    let house = House::new(Database::Sqlite);
    let client = house.credential("production");
    let length = client.client_secret.len();
    let right_until = |count: usize| {
        let rest: String = client.client_secret[count..]
            .chars()
            .map(|c| if c == 'A' { 'B' } else { 'A' })
            .collect();
        ask(&with_secret(
            &client,
            &format!("{}{rest}", &client.client_secret[..count]),
        ))
    };
    let cases = [
        ("nothing right", right_until(0)),
        ("a third right", right_until(length / 3)),
        ("two thirds right", right_until(2 * length / 3)),
        ("all but the last right", right_until(length - 1)),
    ];
    assert_alike(house.server.at("production"), &cases, 2_000);
}
