//! REFRESH: an environment is overwritten with 1,000 accounts and 100,000 people while tokens are issued.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::{Bench, TOKEN};
use crate::filling::{self, Amount, Lifetime};
use crate::http::{Connection, post};
use crate::pairs::Figure;
use crate::server::Place;
use crate::table::{Asked, Row};

const FROM: &str = "opaque";
const INTO: &str = "eddsa";
const AMOUNT: Amount = Amount {
    accounts: 1_000,
    credentials: 0,
    tokens: 0,
    people: 100_000,
};

pub fn refreshing(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let refresh =
        format!("\n[environments.{INTO}.refresh]\nfrom = \"{FROM}\"\nschedule = \"0 20 1 * *\"\n");
    let place = Place::with(bench.folder, "refreshing", None, &refresh)?;
    place.prepare()?;
    let nothing = Lifetime {
        issued_at: 0,
        expires_at: 0,
    };
    filling::fill(&place.database(), FROM, AMOUNT, nothing)?;
    let server = place.serve()?;
    let form = place.credential(FROM, "shifts=read")?;
    let address = place.address(FROM);
    let (quiet, _, _) = while_issuing(address, &form, || {
        std::thread::sleep(Duration::from_secs(3));
        Ok(())
    })?;
    let (first, tokens, took) = while_issuing(address, &form, || place.refresh(INTO))?;
    let (again, _, took_again) = while_issuing(address, &form, || place.refresh(INTO))?;
    drop(server);

    let seconds = Asked {
        goal: 10.0,
        limit: 30.0,
        unit: " s",
        digits: 1,
    };
    let wait = Asked {
        goal: 100.0,
        limit: 200.0,
        unit: " ms",
        digits: 1,
    };
    Ok(vec![
        seconds
            .row(
                "REFRESH",
                "refresh of 1,000 accounts with 100,000 people, all of them new",
                Figure::once(took.as_secs_f64()),
            )
            .with(
                0,
                format!("the next one, none new: {:.1} s", took_again.as_secs_f64()),
            ),
        wait.row(
            "REFRESH",
            "longest wait for a token meanwhile",
            Figure::once(first.max(again).as_secs_f64() * 1e3),
        )
        .with(
            tokens,
            format!("without a refresh {:.1} ms", quiet.as_secs_f64() * 1e3),
        ),
    ])
}

/// Asks for tokens one after the other while something else is done: the longest wait, how many, and how long it took.
fn while_issuing(
    address: SocketAddr,
    form: &str,
    work: impl FnOnce() -> Result<()>,
) -> Result<(Duration, u64, Duration)> {
    let done = AtomicBool::new(false);
    let request = post(
        address,
        TOKEN,
        &format!("grant_type=client_credentials&{form}"),
    );
    std::thread::scope(|scope| {
        let issuing = scope.spawn(|| {
            let (mut longest, mut count) = (Duration::ZERO, 0);
            let mut connection = Connection::open(address)?;
            while !done.load(Ordering::Relaxed) {
                let begun = Instant::now();
                let (status, body) = connection.exchange(&request)?;
                longest = longest.max(begun.elapsed());
                ensure!(status == 200, "{status} {body}");
                count += 1;
            }
            Ok((longest, count))
        });
        let begun = Instant::now();
        let worked = work();
        let took = begun.elapsed();
        done.store(true, Ordering::Relaxed);
        let (longest, count) = issuing.join().expect("no panic while issuing")?;
        worked?;
        Ok((longest, count, took))
    })
}
