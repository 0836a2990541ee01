//! The rows, in groups that share a server.

mod changes;
mod cleaning;
mod grown;
mod handshakes;
mod issuance;
mod judging;
mod memory;
mod nodes;
mod pages;
mod peers;
mod postgresql;
mod refreshing;
mod start;
mod wrong_secret;

use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use crate::pairs::Pairs;
use crate::server::{Place, Server};
use crate::table::{Asked, Row};
use crate::wrk::Request;

/// Every row there is.
pub const NAMES: [&str; 21] = [
    "P0", "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "P13", "P14",
    "P15", "P16", "TLS", "PAGES", "REFRESH", "CHANGES",
];

/// A group: the rows it measures, what they are, and how.
struct Group {
    names: &'static [&'static str],
    what: &'static str,
    measure: fn(&Bench) -> Result<Vec<Row>>,
}

const GROUPS: [Group; 20] = [
    Group {
        names: &["P0"],
        what: "bare / bare",
        measure: control,
    },
    Group {
        names: &["P1"],
        what: "forward-auth check / bare",
        measure: judging::forward_auth,
    },
    Group {
        names: &["P2"],
        what: "introspection / bare",
        measure: judging::introspection,
    },
    Group {
        names: &["P3", "P7", "P8"],
        what: "durable issuance",
        measure: issuance::opaque,
    },
    Group {
        names: &["P4"],
        what: "issuance on PostgreSQL",
        measure: postgresql::issuance,
    },
    Group {
        names: &["P5"],
        what: "issuance of EdDSA JWTs",
        measure: issuance::eddsa,
    },
    Group {
        names: &["P6"],
        what: "issuance of ES256 JWTs",
        measure: issuance::es256,
    },
    Group {
        names: &["P9"],
        what: "the gateway / a bare proxy",
        measure: judging::gateway,
    },
    Group {
        names: &["P10"],
        what: "node's oidc-provider / ours",
        measure: peers::oidc_provider,
    },
    Group {
        names: &["P10"],
        what: "Ory Hydra / ours",
        measure: peers::hydra,
    },
    Group {
        names: &["P11"],
        what: "memory",
        measure: memory::memory,
    },
    Group {
        names: &["P12"],
        what: "start",
        measure: start::start,
    },
    Group {
        names: &["P13"],
        what: "a million expired tokens are removed",
        measure: cleaning::cleaning,
    },
    Group {
        names: &["P14"],
        what: "a platform that has grown / a small one",
        measure: grown::grown,
    },
    Group {
        names: &["P15"],
        what: "a wrong secret / a right one",
        measure: wrong_secret::wrong_secret,
    },
    Group {
        names: &["P16"],
        what: "three nodes / one",
        measure: nodes::three,
    },
    Group {
        names: &["TLS"],
        what: "handshakes",
        measure: handshakes::handshakes,
    },
    Group {
        names: &["PAGES"],
        what: "the portal's pages in a large account",
        measure: pages::pages,
    },
    Group {
        names: &["REFRESH"],
        what: "an environment is refreshed",
        measure: refreshing::refreshing,
    },
    Group {
        names: &["CHANGES"],
        what: "a node is replaced, a key rotates, the database restarts",
        measure: changes::changes,
    },
];

/// What the groups have in common.
pub struct Bench<'a> {
    /// Where databases lie.
    pub folder: &'a Path,
    /// On SQLite, with all environments.
    pub place: &'a Place,
    /// Started from it.
    pub server: &'a Server,
}

impl Bench<'_> {
    /// A request for a token with a new credential's id and secret in the form.
    pub fn token_request(&self, environment: &str) -> Result<Request> {
        let form = self.place.credential(environment, "shifts=read")?;
        Request::form(
            self.folder,
            &format!("token-{environment}-{}", self.server.process()),
            &format!("grant_type=client_credentials&{form}"),
        )
    }
}

/// Bare against itself: how far from 1 the noise of this machine takes a ratio.
fn control(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let request = bench.token_request("opaque")?.to(bench.server.bare, "/");
    let pairs = Pairs::measure(&request, &request, &[bench.server.processes()])?;
    let row = Asked::ratio(1.05, 1.1).row("P0", "control: bare / bare", pairs.cpu(0));
    Ok(vec![row.with(pairs.requests(), pairs.microseconds(0))])
}

/// The default dialect's token path.
pub const TOKEN: &str = "/oauth/token";

/// Measures the rows that are wanted, all when none is named.
pub fn measure(folder: &Path, wanted: &[String]) -> Result<Vec<Row>> {
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let place = Place::new(folder, "sqlite", None)?;
    let server = place.serve()?;
    let bench = Bench {
        folder,
        place: &place,
        server: &server,
    };
    let mut rows = Vec::new();
    for group in GROUPS {
        if !group.names.iter().any(|name| is_wanted(name)) {
            continue;
        }
        eprint!("measuring {} ({}) … ", group.names.join(", "), group.what);
        let begun = Instant::now();
        let unmeasured = |error: anyhow::Error| {
            group
                .names
                .iter()
                .map(|name| Row::unknown(name, group.what, format!("{error:#}")))
                .collect()
        };
        rows.extend(
            (group.measure)(&bench)
                .unwrap_or_else(unmeasured)
                .into_iter()
                .filter(|row| is_wanted(row.name)),
        );
        eprintln!("{} s", begun.elapsed().as_secs());
    }
    let dropped = server.dropped_lines()?;
    if dropped > 0 {
        eprintln!(
            "{dropped} log lines were dropped because they came faster than they could be read: the CPU figures lack their cost."
        );
    }
    rows.sort_by_key(|row| NAMES.iter().position(|name| *name == row.name));
    Ok(rows)
}
