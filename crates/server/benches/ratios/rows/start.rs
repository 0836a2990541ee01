//! P12: from the start of the process to the first answer with status 200, beside node's oidc-provider.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::{Bench, TOKEN};
use crate::http;
use crate::oidc_provider::OidcProvider;
use crate::pairs::Figure;
use crate::server::{Place, free_addresses};
use crate::table::{Asked, Row};
use crate::wrk::load;

const PAIRS: usize = 7;
/// Both serve their metadata there.
const METADATA: &str = "/.well-known/openid-configuration";

pub fn start(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let provider = OidcProvider::install()?;
    let version = provider.version()?;
    let place = Place::new(bench.folder, "start", None)?;
    let tokens = with_tokens(bench, &place)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..=PAIRS {
        let [address] = free_addresses()?;
        theirs.push(until_answer(address, || provider.spawn(address))?);
        ours.push(until_answer(place.address("opaque"), || {
            place.spawn(false)
        })?);
    }
    // The first of each read their files from the disk, all others from memory.
    let pairs: Vec<(f64, f64)> = ours.into_iter().zip(theirs).skip(1).collect();
    let figure = Figure::of(pairs.iter().map(|(ours, theirs)| ours / theirs).collect());
    let median = |values: Vec<f64>| Figure::of(values).median * 1e3;
    let note = format!(
        "oidc-provider {version} {:.0} ms → {:.0} ms, on a database with {tokens} tokens",
        median(pairs.iter().map(|(_, theirs)| *theirs).collect()),
        median(pairs.iter().map(|(ours, _)| *ours).collect()),
    );
    Ok(vec![
        Asked {
            goal: 0.15,
            limit: 0.3,
            unit: "",
            digits: 3,
        }
        .row("P12", "start to first 200 / oidc-provider's", figure)
        .with(PAIRS as u64, note),
    ])
}

/// An existing database: three seconds of tokens are in it.
fn with_tokens(bench: &Bench<'_>, place: &Place) -> Result<u64> {
    let server = place.serve()?;
    let request = Bench {
        folder: bench.folder,
        place,
        server: &server,
    }
    .token_request("opaque")?
    .to(place.address("opaque"), TOKEN);
    (0..3).map(|_| Ok(load(&request)?.requests)).sum()
}

/// Seconds; the process ends afterwards.
fn until_answer<T>(address: SocketAddr, spawn: impl FnOnce() -> Result<T>) -> Result<f64> {
    let begun = Instant::now();
    let _running = spawn()?;
    while !http::get(address, METADATA).is_ok_and(|(status, _)| status == 200) {
        ensure!(
            begun.elapsed() < Duration::from_secs(30),
            "no answer from {address} within 30 seconds"
        );
        std::thread::sleep(Duration::from_micros(500));
    }
    Ok(begun.elapsed().as_secs_f64())
}
