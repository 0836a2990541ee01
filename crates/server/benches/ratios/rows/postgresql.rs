//! P4: durable issuance on PostgreSQL, the server's CPU and PostgreSQL's own.

use anyhow::Result;

use super::{Bench, TOKEN};
use crate::pairs::Pairs;
use crate::postgres::Postgres;
use crate::server::Place;
use crate::table::{Asked, Row};

pub fn issuance(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let postgres = Postgres::start()?;
    let place = Place::new(bench.folder, "postgresql", Some(&postgres.url))?;
    let server = place.serve()?;
    let request = Bench {
        folder: bench.folder,
        place: &place,
        server: &server,
    }
    .token_request("opaque")?;
    let (bare, target) = (
        request.to(server.bare, "/"),
        request.to(place.address("opaque"), TOKEN),
    );
    let pairs = Pairs::measure(&bare, &target, &[server.processes(), postgres.processes])?;
    Ok(vec![
        Asked::ratio(2.7, 3.2)
            .row(
                "P4",
                "client_credentials → opaque, durable in PostgreSQL: server / bare",
                pairs.cpu(0),
            )
            .with(pairs.requests(), pairs.microseconds(0)),
        Asked::ratio(1.2, 1.5)
            .row("P4", "the same: PostgreSQL's own CPU / bare", pairs.cpu(1))
            .with(pairs.requests(), pairs.microseconds(1)),
    ])
}
