//! `/portal/operations`: tokens and requests per second, refusals by reason and latency of the last minutes, of this node.

mod drawing;

use axum::extract::RawQuery;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use store::Millis;

use crate::clock::rfc3339;
use crate::context::Context;
use crate::pages::{Live, Numbers, RefusalBar};
use crate::portal::access::Manager;
use crate::pulse::{Bin, Picture};

/// Columns of a picture.
const BINS: usize = 60;
/// Reasons that are named.
const REASONS: usize = 12;

/// `GET /portal/operations`
pub async fn show(context: Context, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let manager = match Manager::of_staff(context, headers, "/portal/operations").await {
        Ok(manager) => manager,
        Err(response) => return response,
    };
    let hour = query.is_some_and(|query| query == "range=1h");
    let page = page(&manager, hour);
    manager.visit.show(StatusCode::OK, &page)
}

fn page(manager: &Manager, hour: bool) -> Live {
    let context = &manager.visit.context;
    let (range, length): (_, Millis) = if hour {
        ("1h", 60_000)
    } else {
        ("10m", 10_000)
    };
    // Columns stay where they are while time goes on.
    let to = (context.now / length + 1) * length;
    let from = to - length * i64::try_from(BINS).unwrap_or_default();
    let picture = context.issuer.pulse.picture(from, to, BINS);
    Live {
        shell: manager.shell("operations"),
        range,
        since: picture.since.filter(|since| *since > from),
        tokens: drawing::tokens(&picture),
        requests: drawing::requests(&picture),
        latency: drawing::latency(&picture),
        refusals: refusals(&picture),
        table: picture.bins.iter().rev().filter_map(numbers).collect(),
    }
}

fn refusals(picture: &Picture) -> Vec<RefusalBar> {
    let mut all: Vec<_> = picture.refusals.iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let most = all.first().map_or(1, |(_, count)| **count).max(1);
    let bar = |((door, reason), count): (&(&'static str, String), &u64)| RefusalBar {
        door,
        reason: reason.clone(),
        count: *count,
        width: (*count * 100).div_ceil(most),
    };
    all.into_iter().take(REASONS).map(bar).collect()
}

fn numbers(bin: &Bin) -> Option<Numbers> {
    (bin.known > 0).then(|| Numbers {
        at: time_of_day(bin.from),
        tokens: per_second(bin.tokens, bin.known),
        requests: per_second(bin.answers.iter().sum(), bin.known),
        refusals: bin.refusals,
        latency: bin
            .latency
            .map(|latency| latency.map(short).to_vec())
            .unwrap_or_default(),
    })
}

/// `14:05:10`
fn time_of_day(at: Millis) -> String {
    let exact = rfc3339(at);
    exact.get(11..19).unwrap_or_default().to_owned()
}

/// How many a second, as people read it.
fn per_second(count: u64, known: Millis) -> String {
    let known = u64::try_from(known).unwrap_or(1).max(1);
    let tenths = (count * 10_000 + known / 2) / known;
    match tenths {
        0..100 => format!("{}.{}", tenths / 10, tenths % 10),
        _ => ((tenths + 5) / 10).to_string(),
    }
}

/// Microseconds, as people read them.
fn short(micros: u64) -> String {
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..10_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        10_000..1_000_000 => format!("{} ms", micros / 1_000),
        _ => format!("{}.{} s", micros / 1_000_000, micros % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_exact_as_people_want_them() {
        assert_eq!(per_second(0, 5_000), "0.0");
        assert_eq!(per_second(1, 10_000), "0.1");
        assert_eq!(per_second(73, 10_000), "7.3");
        assert_eq!(per_second(12_345, 5_000), "2469");
        assert_eq!(short(640), "640 µs");
        assert_eq!(short(1_450), "1.4 ms");
        assert_eq!(short(38_000), "38 ms");
        assert_eq!(short(2_310_000), "2.3 s");
    }
}
