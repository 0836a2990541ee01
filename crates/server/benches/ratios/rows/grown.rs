//! P14: the same work on a platform that has grown: 10⁶ live tokens of 10⁵ credentials in 10⁴ accounts.

use anyhow::Result;

use super::judging::{asked_of_gateway, asked_to_introspect};
use super::pages::Browser;
use super::{Bench, TOKEN};
use crate::filling::{self, Amount, Lifetime};
use crate::pairs::{Figure, Pairs};
use crate::server::Place;
use crate::table::{Asked, Row};

const HOUR: i64 = 60 * 60 * 1000;
const ENVIRONMENT: &str = "opaque";
const USERNAME: &str = "manager@bench.example";
const PASSWORD: &str = "a phrase for measuring";
/// How often the portal's list is asked for.
const ROUNDS: usize = 30;

/// The account that is looked at has ten credentials in both.
const SMALL: Amount = Amount {
    accounts: 1,
    credentials: 10,
    tokens: 0,
    people: 0,
};
const GROWN: Amount = Amount {
    accounts: 10_000,
    credentials: 100_000,
    tokens: 1_000_000,
    people: 0,
};

pub fn grown(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let places = [place(bench, "small", SMALL)?, place(bench, "grown", GROWN)?];
    let servers = [places[0].serve()?, places[1].serve()?];
    let benches = [0, 1].map(|at| Bench {
        folder: bench.folder,
        place: &places[at],
        server: &servers[at],
    });
    let groups = [servers[0].processes(), servers[1].processes()];
    let measure = |what: &str, requests: [crate::wrk::Request; 2]| {
        let pairs = Pairs::measure(&requests[0], &requests[1], &groups)?;
        let row = Asked::ratio(1.15, 1.3).row("P14", what, pairs.cpu(1));
        anyhow::Ok(row.with(pairs.requests(), pairs.microseconds(1)))
    };

    let token = |bench: &Bench<'_>| {
        let request = bench.token_request(ENVIRONMENT)?;
        anyhow::Ok(request.to(bench.place.address(ENVIRONMENT), TOKEN))
    };
    for place in &places {
        crate::upstream::start(place.upstream)?;
    }
    let mut rows = vec![
        measure(
            "issuance at 10⁶ live tokens, 10⁵ credentials, 10⁴ accounts / at none",
            [token(&benches[0])?, token(&benches[1])?],
        )?,
        measure(
            "the same: introspection from cache",
            [
                asked_to_introspect(&benches[0])?,
                asked_to_introspect(&benches[1])?,
            ],
        )?,
        measure(
            "the same: the gateway",
            [
                asked_of_gateway(&benches[0])?,
                asked_of_gateway(&benches[1])?,
            ],
        )?,
    ];
    let list = Figure::of(ratios_of_list(&places)?);
    rows.push(
        Asked::ratio(1.15, 1.3)
            .row(
                "P14",
                "the same: the portal's list of ten credentials, time",
                list,
            )
            .with(ROUNDS as u64, ""),
    );
    Ok(rows)
}

fn place(bench: &Bench<'_>, name: &str, amount: Amount) -> Result<Place> {
    let place = Place::new(bench.folder, name, None)?;
    place.prepare()?;
    let now = filling::millis();
    let live = Lifetime {
        issued_at: now - HOUR / 2,
        expires_at: now + HOUR,
    };
    filling::fill(&place.database(), ENVIRONMENT, amount, live)?;
    place.person(ENVIRONMENT, &filling::account(0), USERNAME, PASSWORD)?;
    Ok(place)
}

fn ratios_of_list(places: &[Place; 2]) -> Result<Vec<f64>> {
    let sign_in = |place: &Place| Browser::sign_in(place.address(ENVIRONMENT), USERNAME, PASSWORD);
    let (mut small, mut grown) = (sign_in(&places[0])?, sign_in(&places[1])?);
    let path = "/portal/credentials";
    for browser in [&mut small, &mut grown] {
        browser.timed(path)?;
    }
    (0..ROUNDS)
        .map(|_| Ok(grown.timed(path)? / small.timed(path)?.max(f64::EPSILON)))
        .map(|ratio: Result<f64>| ratio)
        .collect()
}
