//! P13: what requests notice while a million expired tokens are removed.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use store::EnvironmentName;

use super::{Bench, TOKEN};
use crate::filling::{self, Amount, Lifetime};
use crate::pairs::Figure;
use crate::server::Place;
use crate::table::{Asked, Row};
use crate::wrk::{Counted, load};

const TOKENS: usize = 1_000_000;
const HOUR: i64 = 60 * 60 * 1000;
const ENVIRONMENT: &str = "opaque";
/// Seconds without cleaning up that are compared with.
const QUIET: usize = 20;
const PATIENCE: Duration = Duration::from_secs(120);

pub fn cleaning(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let place = Place::new(bench.folder, "cleaning", None)?;
    place.prepare()?;
    let now = filling::millis();
    let expired = Lifetime {
        issued_at: now - 3 * HOUR,
        expires_at: now - 2 * HOUR,
    };
    let amount = Amount {
        accounts: 1,
        credentials: 10,
        tokens: TOKENS,
        people: 0,
    };
    let database = place.database();
    filling::fill(&database, ENVIRONMENT, amount, expired)?;

    // They go from the first to the last, beginning when the server starts.
    let is_gone = || {
        filling::run(async {
            let store = filling::open(&database).await?;
            let environment = EnvironmentName::new(ENVIRONMENT);
            let last = filling::token_id(TOKENS - 1, expired);
            let found = store
                .in_environment(&environment)
                .find_access_token(last)
                .await?;
            store.close().await;
            Ok(found.is_none())
        })
    };
    let begun = Instant::now();
    let server = place.serve()?;
    let request = Bench {
        folder: bench.folder,
        place: &place,
        server: &server,
    }
    .token_request(ENVIRONMENT)?
    .to(place.address(ENVIRONMENT), TOKEN);
    let mut meanwhile = Vec::new();
    while !is_gone()? {
        meanwhile.push(load(&request)?);
        ensure!(
            begun.elapsed() < PATIENCE,
            "expired tokens are there after {PATIENCE:?}"
        );
    }
    // The second in which they ended is half of each.
    meanwhile.pop();
    ensure!(
        !meanwhile.is_empty(),
        "they were gone before anything could be measured"
    );
    load(&request)?;
    let quiet = (0..QUIET).map(|_| load(&request));
    let quiet: Vec<Counted> = quiet.collect::<Result<_>>()?;

    let usual = Figure::of(quiet.iter().map(|one| one.per_second).collect()).median;
    let lost = meanwhile
        .iter()
        .map(|one| (1.0 - one.per_second / usual) * 100.0);
    let milliseconds = |one: &Counted| one.longest.as_secs_f64() * 1e3;
    let longest = Figure::of(meanwhile.iter().map(milliseconds).collect());
    let longest_quiet = Figure::of(quiet.iter().map(milliseconds).collect());
    let requests = meanwhile.iter().map(|one| one.requests).sum();
    Ok(vec![
        Asked {
            goal: 10.0,
            limit: 25.0,
            unit: " %",
            digits: 1,
        }
        .row(
            "P13",
            "throughput lost while 1,000,000 expired tokens are removed",
            Figure::of(lost.collect()),
        )
        .with(requests, format!("it took {} s", meanwhile.len())),
        Asked {
            goal: 50.0,
            limit: 100.0,
            unit: " ms",
            digits: 1,
        }
        .row("P13", "longest pause meanwhile", Figure::once(longest.most))
        .with(
            requests,
            format!(
                "median of the seconds {:.1} ms; without it {:.1}, at most {:.1}",
                longest.median, longest_quiet.median, longest_quiet.most
            ),
        ),
    ])
}
