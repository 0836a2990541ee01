//! P16: three nodes on one PostgreSQL and one Redis, beside one node on the same.

use anyhow::Result;

use super::{Bench, TOKEN};
use crate::cpu::Processes;
use crate::pairs::Pairs;
use crate::postgres::Postgres;
use crate::redis::Redis;
use crate::server::Place;
use crate::table::{Asked, Row};
use crate::wrk::Request;

const NODES: usize = 3;
/// So high that it is counted and never reached.
const LIMIT: u32 = 1_000_000_000;

pub fn three(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let postgres = Postgres::start()?;
    let redis = Redis::start(bench.folder)?;
    let counters = format!("\n[counters]\nurl = \"{}\"\nnodes = {NODES}\n", redis.url);
    let first = Place::with(bench.folder, "nodes", Some(&postgres.url), &counters)?.limited(LIMIT);
    let one = first.serve()?;
    let mut others = Vec::new();
    for number in 2..=NODES {
        let place = first.node(number)?;
        let server = place.serve()?;
        others.push((place, server));
    }

    let form = first.credential("opaque", "shifts=read")?;
    // All of them are the environment, under the one authority of its URL.
    let host = first.address("opaque").to_string();
    let request = Request::new(
        bench.folder,
        "nodes",
        "POST",
        &[
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Host", &host),
        ],
        &format!("grant_type=client_credentials&{form}"),
    )?;
    let to_first = request.to(first.address("opaque"), TOKEN);
    let alone = vec![to_first.clone(); NODES];
    let mut shared = vec![to_first];
    shared.extend(
        others
            .iter()
            .map(|(place, _)| request.to(place.address("opaque"), TOKEN)),
    );

    let nodes = [&one]
        .into_iter()
        .chain(others.iter().map(|(_, server)| server));
    let nodes: Vec<u32> = nodes.map(|server| server.process()).collect();
    let groups = [
        Processes::Several([nodes[0], nodes[1], nodes[2]]),
        postgres.processes,
    ];
    let pairs = Pairs::of_several(&alone, &shared, &groups)?;
    let of_database = pairs.figure(|one, three| three.per_request(1) / one.per_request(1));
    let rate = pairs.figure(|one, three| three.counted.per_second / one.counted.per_second);
    let row = Asked::ratio(1.15, 1.3).row(
        "P16",
        "cost of a token: three nodes on one PostgreSQL and one Redis / one node",
        pairs.cpu(0),
    );
    Ok(vec![row.with(
        pairs.requests(),
        format!(
            "{}; PostgreSQL's own {:.2}; tokens/s {:.2}, all on one core",
            pairs.microseconds(0),
            of_database.median,
            rate.median
        ),
    )])
}
