//! What was seen, told at an address of its own: as JSON, as a table, as a page around the table, and as metrics.

mod metrics;
mod table;

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use serde_json::{Value, json};

use super::canary::Canary;
use super::ledger::{Counts, Ledger, Seen};
use super::rehearsal::Rehearsals;
use crate::clock;
use crate::listener::accept::Answers;

/// Where the report is.
pub const PATH: &str = "/_shadow";
/// Clients that are told, of one kind and in all: those with the most differences.
const TOLD: usize = 50;

/// Answers at `shadow.report_listen`.
pub struct Reporter {
    ledger: Arc<Ledger>,
    rehearsals: Arc<Rehearsals>,
    canary: Arc<Canary>,
}

impl Reporter {
    /// Of these.
    pub fn new(ledger: &Arc<Ledger>, rehearsals: &Arc<Rehearsals>, canary: &Arc<Canary>) -> Self {
        Self {
            ledger: Arc::clone(ledger),
            rehearsals: Arc::clone(rehearsals),
            canary: Arc::clone(canary),
        }
    }
}

impl Answers for Reporter {
    async fn answer(self: Arc<Self>, _: IpAddr, request: Request<Body>) -> Response<Body> {
        let wants = |what: &str| {
            let accept = request.headers().get(header::ACCEPT);
            accept.is_some_and(|text| text.to_str().is_ok_and(|text| text.contains(what)))
        };
        let report = || json(&self.ledger, &self.rehearsals, &self.canary);
        let (kind, text) = match (request.method(), request.uri().path()) {
            (&Method::GET, PATH) if wants("text/html") => {
                ("text/html; charset=utf-8", table::page(&report()))
            }
            (&Method::GET, PATH) if wants("text/plain") => {
                ("text/plain; charset=utf-8", table::text(&report()))
            }
            (&Method::GET, PATH) => ("application/json", format!("{:#}\n", report())),
            (&Method::GET, "/metrics") => {
                let kind = "text/plain; version=0.0.4; charset=utf-8";
                (kind, metrics::text(&self.ledger))
            }
            _ => {
                return said(
                    StatusCode::NOT_FOUND,
                    "text/plain",
                    "GET /_shadow\n".to_owned(),
                );
            }
        };
        said(StatusCode::OK, kind, text)
    }
}

fn said(status: StatusCode, kind: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let no_store = HeaderValue::from_static("no-store");
    headers.insert(header::CACHE_CONTROL, no_store);
    let alone = HeaderValue::from_static("default-src 'none'");
    headers.insert(header::CONTENT_SECURITY_POLICY, alone);
    response
}

/// Everything, with stable members.
pub fn json(ledger: &Ledger, rehearsals: &Rehearsals, canary: &Canary) -> Value {
    let counts = ledger.counts();
    let not_compared: Vec<Value> = counts
        .not_compared
        .iter()
        .map(|(why, count)| {
            let (reason, meaning) = why.told();
            json!({ "reason": reason, "count": count, "meaning": meaning })
        })
        .collect();
    let canaried: serde_json::Map<String, Value> = counts
        .canary
        .iter()
        .map(|(what, count)| (what.name().to_owned(), json!(count)))
        .collect();
    json!({
        "environment": ledger.environment,
        "upstream": ledger.upstream,
        "since": clock::rfc3339(ledger.since),
        "rehearsing": rehearsals.is_open(),
        "requests": ledger.requests(),
        "unanswered": counts.unanswered,
        "token_requests": counts.token_requests,
        "compared": counts.compared,
        "same": counts.same,
        "different": counts.compared - counts.same,
        "not_compared": not_compared,
        "differences": differences(&counts),
        "clients": clients(&counts),
        "timing": { "there": counts.there.percentiles(), "here": counts.here.percentiles() },
        "canary": { "clients": canary.len(), "requests": canaried },
    })
}

/// The most frequent first.
fn differences(counts: &Counts) -> Vec<Value> {
    let mut kinds: Vec<_> = counts.kinds.iter().collect();
    kinds.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.count));
    kinds
        .into_iter()
        .map(|(kind, seen)| {
            let (name, member) = kind.name();
            let (example, reason) = &seen.example;
            json!({
                "kind": name,
                "member": member,
                "count": seen.count,
                "share": share(seen.count, counts.compared),
                "first_seen": clock::rfc3339(seen.first),
                "last_seen": clock::rfc3339(seen.last),
                "clients_concerned": seen.clients.len(),
                "clients": clients_of(seen),
                "example": { "there": example.there, "here": example.here, "reason": reason },
                "advice": kind.advice(),
            })
        })
        .collect()
}

fn clients_of(seen: &Seen) -> Vec<Value> {
    let mut clients: Vec<_> = seen.clients.iter().collect();
    clients.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    clients.truncate(TOLD);
    let told = |(client_id, count)| json!({ "client_id": client_id, "count": count });
    clients.into_iter().map(told).collect()
}

fn clients(counts: &Counts) -> Vec<Value> {
    let mut clients: Vec<_> = counts.clients.iter().collect();
    clients.sort_by_key(|(id, of)| (std::cmp::Reverse((of.different, of.compared)), *id));
    clients.truncate(TOLD);
    clients
        .into_iter()
        .map(|(client_id, of)| {
            json!({
                "client_id": client_id,
                "compared": of.compared,
                "same": of.compared - of.different,
                "different": of.different,
            })
        })
        .collect()
}

/// Of one, to four places.
fn share(count: u64, of: u64) -> f64 {
    let share = count as f64 / of.max(1) as f64;
    (share * 10_000.0).round() / 10_000.0
}
