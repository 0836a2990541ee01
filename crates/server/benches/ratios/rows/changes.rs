//! CHANGES: what an integrator feels while a node is replaced, a signing key rotates and the database restarts, at ten times the load
//! of a platform with 200 customers: 100 tokens and 2,000 calls a second, each at its own time whether or not the last was answered late.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::{Bench, TOKEN};
use crate::haproxy::HaProxy;
use crate::http::{Connection, post};
use crate::pairs::Figure;
use crate::postgres::Postgres;
use crate::server::{Place, Server};
use crate::table::{Asked, Row};

/// Opaque tokens, and such that a signing key is needed for.
const ENVIRONMENTS: [&str; 2] = ["opaque", "eddsa"];
/// Connections of each environment, and what each asks for in a second.
const ISSUING: (u32, u32) = (5, 10);
const CALLING: (u32, u32) = (10, 100);
const QUIET: Duration = Duration::from_secs(6);
/// How long a change is watched after it was made.
const AFTERWARDS: Duration = Duration::from_secs(4);
/// The same after a restart, since the database is to be found again within ten.
const AFTER_RESTART: Duration = Duration::from_secs(11);
/// More than the second in which HAProxy believes that a node is not ready.
const STOPPING: u32 = 4;

pub fn changes(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let mut postgres = Postgres::start()?;
    let first = Place::new(bench.folder, "changes", Some(&postgres.url))?.stopping_slowly(STOPPING);
    let one = first.serve()?;
    let second = first.node(2)?;
    let two = second.serve()?;
    let both = [&first, &second];
    let servers = ENVIRONMENTS.map(|name| {
        both.map(|place| (place.address(name), place.admin()))
            .to_vec()
    });
    let balancer = HaProxy::start(bench.folder, &servers)?;
    crate::upstream::start(first.upstream)?;
    let mut watched = Vec::new();
    for (name, address) in ENVIRONMENTS.iter().zip(&balancer.addresses) {
        let form = first.credential(name, "shifts=read")?;
        watched.push(Watched::new(*address, first.address(name), &form));
    }

    let quiet = while_asking(&watched, || {
        std::thread::sleep(QUIET);
        Ok(())
    })?;
    let mut nodes = Vec::new();
    let replaced = while_asking(&watched, || {
        nodes.push(replace(&first, one)?);
        nodes.push(replace(&second, two)?);
        std::thread::sleep(AFTERWARDS);
        Ok(())
    })?;
    let rotated = while_asking(&watched, || {
        first.rotate("eddsa")?;
        std::thread::sleep(AFTERWARDS);
        Ok(())
    })?;
    let mut began = Instant::now();
    let restarted = while_asking(&watched, || {
        began = Instant::now();
        postgres.restart()?;
        std::thread::sleep(AFTER_RESTART);
        Ok(())
    })?;
    let (lost, issued) = lost(&watched)?;
    drop(nodes);

    let none = |what: &str, felt: &Felt, wrong: u64| {
        let asked = Asked {
            goal: 0.0,
            limit: 0.0,
            unit: "",
            digits: 0,
        };
        asked
            .row("CHANGES", what, Figure::once(wrong as f64))
            .with(felt.answers(), felt.told())
    };
    let slower = |what: &str, felt: &Felt| {
        let asked = Asked {
            goal: 50.0,
            limit: 100.0,
            unit: " ms",
            digits: 1,
        };
        let (tokens, calls) = (felt.p99(Kind::Token), felt.p99(Kind::Call));
        let (tokens_quiet, calls_quiet) = (quiet.p99(Kind::Token), quiet.p99(Kind::Call));
        let more = (tokens - tokens_quiet).max(calls - calls_quiet);
        asked.row("CHANGES", what, Figure::once(more)).with(
            felt.answers(),
            format!("p99 of a token {tokens_quiet:.1} → {tokens:.1} ms, of a call {calls_quiet:.1} → {calls:.1} ms"),
        )
    };
    let seconds = Asked {
        goal: 10.0,
        limit: 10.0,
        unit: " s",
        digits: 1,
    };
    let last = restarted
        .last_refusal
        .map_or(0.0, |at| at.saturating_duration_since(began).as_secs_f64());
    let nothing = Asked {
        goal: 0.0,
        limit: 0.0,
        unit: "",
        digits: 0,
    };
    Ok(vec![
        none(
            "two nodes are replaced one after the other: requests that failed",
            &replaced,
            replaced.wrong() + replaced.unavailable,
        ),
        slower("the same: p99 above the quiet one", &replaced),
        none(
            "a signing key rotates: requests that failed",
            &rotated,
            rotated.wrong() + rotated.unavailable,
        ),
        slower("the same: p99 above the quiet one", &rotated),
        none(
            "the database restarts: answers other than right ones and 503 with Retry-After",
            &restarted,
            restarted.wrong(),
        ),
        seconds
            .row(
                "CHANGES",
                "the same: until the last 503",
                Figure::once(last),
            )
            .with(
                restarted.answers(),
                format!("{} answers of 503", restarted.unavailable),
            ),
        nothing
            .row(
                "CHANGES",
                "the same: tokens that were issued and are not there",
                Figure::once(lost as f64),
            )
            .with(issued, ""),
    ])
}

/// Stops a node the way an operating system does, waits for its end, and starts the next one in its place.
fn replace(place: &Place, old: Server) -> Result<Server> {
    drop(old);
    place.serve()
}

/// An environment that is asked, and the tokens it gave.
struct Watched {
    address: SocketAddr,
    /// What its URL says.
    authority: SocketAddr,
    form: String,
    issued: Mutex<Vec<String>>,
}

impl Watched {
    fn new(address: SocketAddr, authority: SocketAddr, form: &str) -> Self {
        Self {
            address,
            authority,
            form: form.to_owned(),
            issued: Mutex::default(),
        }
    }

    fn token_request(&self) -> String {
        post(
            self.authority,
            TOKEN,
            &format!("grant_type=client_credentials&{}", self.form),
        )
    }

    fn call(&self, token: &str) -> String {
        format!(
            "GET /v2/passed HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\r\n",
            self.authority
        )
    }

    fn issue(&self, connection: &mut Connection) -> Result<u16> {
        let (status, body) = connection.exchange(&self.token_request())?;
        if status == 200 {
            let answer: serde_json::Value = serde_json::from_str(&body)?;
            let token = answer["access_token"]
                .as_str()
                .context("an answer without a token")?;
            self.issued
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(token.to_owned());
        }
        Ok(status)
    }

    fn newest(&self) -> Option<String> {
        self.issued
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .last()
            .cloned()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Token,
    Call,
}

/// What was felt during one change.
#[derive(Default)]
struct Felt {
    /// Milliseconds of each right answer, from when it should have been asked for.
    took: BTreeMap<Kind, Vec<f64>>,
    /// 503 with `Retry-After`.
    unavailable: u64,
    last_refusal: Option<Instant>,
    /// Everything else, with how often.
    others: BTreeMap<String, u64>,
}

impl Felt {
    fn add(&mut self, kind: Kind, due: Instant, answered: Result<(u16, bool)>) {
        let other = match answered {
            Ok((200, _)) => {
                self.took
                    .entry(kind)
                    .or_default()
                    .push(due.elapsed().as_secs_f64() * 1e3);
                return;
            }
            Ok((503, true)) => {
                self.unavailable += 1;
                self.last_refusal = Some(Instant::now());
                return;
            }
            Ok((status, _)) => format!("{status}"),
            Err(error) => format!("{error:#}"),
        };
        *self.others.entry(other).or_default() += 1;
    }

    fn join(mut self, other: Self) -> Self {
        for (kind, mut took) in other.took {
            self.took.entry(kind).or_default().append(&mut took);
        }
        self.unavailable += other.unavailable;
        self.last_refusal = self.last_refusal.max(other.last_refusal);
        for (what, count) in other.others {
            *self.others.entry(what).or_default() += count;
        }
        self
    }

    /// Answers that nobody should ever see.
    fn wrong(&self) -> u64 {
        self.others.values().sum()
    }

    fn answers(&self) -> u64 {
        let right: usize = self.took.values().map(Vec::len).sum();
        right as u64 + self.unavailable + self.wrong()
    }

    fn p99(&self, kind: Kind) -> f64 {
        let mut took = self.took.get(&kind).cloned().unwrap_or_default();
        took.sort_by(f64::total_cmp);
        took.get(took.len() * 99 / 100).copied().unwrap_or(0.0)
    }

    fn told(&self) -> String {
        let others = self
            .others
            .iter()
            .map(|(what, count)| format!("{count} × {what}"));
        others.collect::<Vec<_>>().join(", ")
    }
}

/// Asks at an even pace while something else is done.
fn while_asking(watched: &[Watched], work: impl FnOnce() -> Result<()>) -> Result<Felt> {
    for one in watched {
        let status = one.issue(&mut Connection::open(one.address)?)?;
        ensure!(status == 200, "no token before the load: {status}");
    }
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let mut asking = Vec::new();
        for one in watched {
            for (kind, (connections, rate)) in [(Kind::Token, ISSUING), (Kind::Call, CALLING)] {
                for number in 0..connections {
                    let done = &done;
                    let offset = Duration::from_secs(1) / rate / connections * number;
                    asking.push(scope.spawn(move || ask(one, kind, rate, offset, done)));
                }
            }
        }
        let worked = work();
        done.store(true, Ordering::Relaxed);
        let felt = asking
            .into_iter()
            .map(|asking| asking.join().expect("no panic while asking"));
        let felt = felt.fold(Felt::default(), Felt::join);
        worked.map(|()| felt)
    })
}

fn ask(one: &Watched, kind: Kind, rate: u32, offset: Duration, done: &AtomicBool) -> Felt {
    let mut felt = Felt::default();
    let begun = Instant::now() + offset;
    let mut connection = None;
    for number in 0.. {
        let due = begun + Duration::from_secs(1) / rate * number;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if done.load(Ordering::Relaxed) {
            break;
        }
        let answered = exchange(one, kind, &mut connection);
        if answered.is_err() {
            connection = None;
        }
        felt.add(kind, due, answered);
    }
    felt
}

/// The status, and whether it says when to come back.
fn exchange(one: &Watched, kind: Kind, kept: &mut Option<Connection>) -> Result<(u16, bool)> {
    let connection = match kept {
        Some(connection) => connection,
        None => kept.insert(Connection::open(one.address)?),
    };
    let status = match kind {
        Kind::Token => one.issue(connection)?,
        Kind::Call => {
            let token = one.newest().context("there is no token yet")?;
            connection.exchange(&one.call(&token))?.0
        }
    };
    let head = connection.head().to_ascii_lowercase();
    let comes_back = head.contains("\r\nretry-after:");
    if head.contains("\r\nconnection: close") {
        *kept = None;
    }
    Ok((status, comes_back))
}

/// How many of the tokens that were issued nobody knows any more, and how many there were. A signed one needs nobody to know it.
fn lost(watched: &[Watched]) -> Result<(u64, u64)> {
    let (mut lost, mut count) = (0, 0);
    for one in watched.iter().take(1) {
        let mut connection = Connection::open(one.address)?;
        for token in &*one.issued.lock().unwrap_or_else(PoisonError::into_inner) {
            let asked = post(
                one.authority,
                "/oauth/introspect",
                &format!("token={token}&{}", one.form),
            );
            let (status, body) = connection.exchange(&asked)?;
            ensure!(status == 200, "introspection answered {status}");
            count += 1;
            lost += u64::from(!body.contains("\"active\":true"));
        }
    }
    Ok((lost, count))
}
