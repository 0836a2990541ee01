//! P11: resident memory when idle, while 64 connections ask for tokens, and for each token that is remembered.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::{Bench, TOKEN};
use crate::cpu::resident;
use crate::http::{Connection, post};
use crate::pairs::Figure;
use crate::server::Place;
use crate::table::{Asked, Row};
use crate::wrk::load;

/// Tokens introspected before the count, so that buffers and the database's cache have grown.
const WARM: usize = 5_000;
/// Tokens introspected while memory is watched.
const WATCHED: usize = 40_000;
/// Connections that ask at once.
const ASKING: usize = 16;
const MEGABYTE: f64 = 1e6;

pub fn memory(bench: &Bench<'_>) -> Result<Vec<Row>> {
    // A server of its own, which nobody has asked anything yet.
    let place = Place::new(bench.folder, "memory", None)?;
    let server = place.serve()?;
    std::thread::sleep(Duration::from_secs(2));
    let idle = resident(server.process())?;

    let form = place.credential("opaque", "shifts=read")?;
    let request = Bench {
        folder: bench.folder,
        place: &place,
        server: &server,
    }
    .token_request("opaque")?;
    let (issuing, issued) = highest(server.process(), || {
        let seconds = (0..5).map(|_| load(&request.to(place.address("opaque"), TOKEN)));
        seconds
            .map(|second| Ok(second?.requests))
            .sum::<Result<u64>>()
    })?;

    let address = place.address("opaque");
    let grant = format!("grant_type=client_credentials&{form}");
    let tokens = all(address, &vec![post(address, TOKEN, &grant); WARM + WATCHED])?;
    let questions = tokens.iter().map(|answer| {
        let answer: serde_json::Value = serde_json::from_str(answer)?;
        let token = answer["access_token"]
            .as_str()
            .context("an answer without access_token")?;
        Ok(post(
            address,
            "/oauth/introspect",
            &format!("token={token}&{form}"),
        ))
    });
    let questions: Vec<String> = questions.collect::<Result<_>>()?;
    let (warm, watched) = questions.split_at(WARM);
    all(address, warm)?;
    let before = resident(server.process())?;
    let answers = all(address, watched)?;
    ensure!(
        answers
            .iter()
            .all(|answer| answer.starts_with(r#"{"active":true"#)),
        "a live token was not recognised"
    );
    let per_token = resident(server.process())?.saturating_sub(before) as f64 / WATCHED as f64;

    let megabytes = |goal, limit| Asked {
        goal,
        limit,
        unit: " MB",
        digits: 1,
    };
    let once = |bytes: u64| Figure::once(bytes as f64 / MEGABYTE);
    Ok(vec![
        megabytes(20.0, 30.0).row("P11", "memory: idle", once(idle)),
        megabytes(80.0, 120.0)
            .row("P11", "memory: under 64-connection issuance", once(issuing))
            .with(issued, "the highest of samples every 20 ms"),
        Asked {
            goal: 150.0,
            limit: 250.0,
            unit: " B",
            digits: 0,
        }
        .row("P11", "memory: per cached token", Figure::once(per_token))
        .with(
            WATCHED as u64,
            "growth while that many tokens are introspected for the first time",
        ),
    ])
}

/// Runs something and answers the highest memory meanwhile.
fn highest<T>(process: u32, work: impl FnOnce() -> Result<T>) -> Result<(u64, T)> {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let mut highest = 0;
            while !done.load(Ordering::Relaxed) {
                highest = highest.max(resident(process).unwrap_or(0));
                std::thread::sleep(Duration::from_millis(20));
            }
            highest
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        let highest = watching.join().expect("reading /proc does not panic");
        Ok((highest, result?))
    })
}

/// Sends every request once, over several connections; the bodies of the answers, all 200, in no order.
fn all(address: SocketAddr, requests: &[String]) -> Result<Vec<String>> {
    let share = requests.len().div_ceil(ASKING).max(1);
    std::thread::scope(|scope| {
        let asking: Vec<_> = requests
            .chunks(share)
            .map(|requests| scope.spawn(move || ask(address, requests)))
            .collect();
        let answers: Vec<Vec<String>> = asking
            .into_iter()
            .map(|asking| asking.join().expect("no panic while asking"))
            .collect::<Result<_>>()?;
        Ok(answers.concat())
    })
}

fn ask(address: SocketAddr, requests: &[String]) -> Result<Vec<String>> {
    let mut connection = Connection::open(address)?;
    let answers = requests.iter().map(|request| {
        let (status, body) = connection.exchange(request)?;
        ensure!(status == 200, "{status} {body}");
        Ok(body)
    });
    answers.collect()
}
