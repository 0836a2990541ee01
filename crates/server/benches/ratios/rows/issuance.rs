//! P3, P5, P6: what a token costs by its format. P7, P8: how many in a second, and how long the slowest wait.

use anyhow::Result;

use super::{Bench, TOKEN};
use crate::machine::commit_time;
use crate::pairs::Pairs;
use crate::table::{Asked, Row};

/// Opaque tokens, durable in SQLite before they are answered.
pub fn opaque(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let before = commit_time(bench.folder)?;
    let pairs = pairs(bench, "opaque")?;
    let commit = (before + commit_time(bench.folder)?).as_secs_f64() * 1e3 / 2.0;
    let requests = pairs.requests();

    let throughput = Asked {
        goal: 0.40,
        limit: 0.30,
        unit: "",
        digits: 2,
    };
    let per_second = pairs.figure(|_, token| token.counted.per_second).median;
    let slowest = Asked {
        goal: 3.0 * commit + 5.0,
        limit: 5.0 * commit + 10.0,
        unit: " ms",
        digits: 1,
    };
    Ok(vec![
        Asked::ratio(2.5, 3.0)
            .row(
                "P3",
                "client_credentials → opaque, durable in SQLite / bare",
                pairs.cpu(0),
            )
            .with(requests, pairs.microseconds(0)),
        throughput
            .row(
                "P7",
                "requests/s of durable issuance / bare",
                pairs.figure(|bare, token| token.counted.per_second / bare.counted.per_second),
            )
            .with(requests, format!("{per_second:.0} tokens/s")),
        slowest
            .row(
                "P8",
                "p99 of durable issuance",
                pairs.figure(|_, token| token.counted.p99.as_secs_f64() * 1e3),
            )
            .with(requests, format!("a commit takes {commit:.2} ms")),
    ])
}

/// JWTs signed with EdDSA; their audit row is durable.
pub fn eddsa(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let pairs = pairs(bench, "eddsa")?;
    let row =
        Asked::ratio(3.3, 4.0).row("P5", "client_credentials → JWT EdDSA / bare", pairs.cpu(0));
    Ok(vec![row.with(pairs.requests(), pairs.microseconds(0))])
}

/// JWTs signed with ES256.
pub fn es256(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let pairs = pairs(bench, "es256")?;
    let row =
        Asked::ratio(4.5, 5.5).row("P6", "client_credentials → JWT ES256 / bare", pairs.cpu(0));
    Ok(vec![row.with(pairs.requests(), pairs.microseconds(0))])
}

fn pairs(bench: &Bench<'_>, environment: &str) -> Result<Pairs> {
    let request = bench.token_request(environment)?;
    let (bare, target) = (
        request.to(bench.server.bare, "/"),
        request.to(bench.place.address(environment), TOKEN),
    );
    Pairs::measure(&bare, &target, &[bench.server.processes()])
}
