//! What was seen: in memory, bounded however many clients and differences there are, and gone with the process.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use store::Millis;

use super::asked::NotCompared;
use super::differences::{Difference, Kind};
use super::timing::Durations;
use crate::config::Shadow;

/// Clients that are counted by themselves.
const MOST_CLIENTS: usize = 10_000;
/// Clients that are counted by themselves for one kind of difference.
const MOST_OF_KIND: usize = 200;
/// Kinds that are counted by themselves; a member's name makes one.
const MOST_KINDS: usize = 256;
/// In whose name is counted what is beyond those, and whoever neither side knows: people put secrets into the wrong field.
pub const OTHERS: &str = "(others)";
/// A client that proved itself to neither side.
pub const UNPROVEN: &str = "(not proven)";

/// Everything that is counted.
pub struct Ledger {
    /// The environment's name.
    pub environment: String,
    /// The old server.
    pub upstream: String,
    /// Since when.
    pub since: Millis,
    requests: AtomicU64,
    counts: Mutex<Counts>,
}

/// What is counted of token requests.
#[derive(Default)]
pub struct Counts {
    /// All of them.
    pub token_requests: u64,
    /// Requests of any kind that the old server did not answer.
    pub unanswered: u64,
    /// Token requests whose two answers were compared.
    pub compared: u64,
    /// Those without a difference.
    pub same: u64,
    /// Why others were not.
    pub not_compared: BTreeMap<NotCompared, u64>,
    /// What was seen of each kind.
    pub kinds: BTreeMap<Kind, Seen>,
    /// By client id.
    pub clients: HashMap<String, OfClient>,
    /// How long the old server took.
    pub there: Durations,
    /// How long Grantor took for the same requests.
    pub here: Durations,
    /// What became of the requests of the canary.
    pub canary: BTreeMap<Canaried, u64>,
}

/// One kind of difference.
pub struct Seen {
    /// How often.
    pub count: u64,
    /// When first.
    pub first: Millis,
    /// When last.
    pub last: Millis,
    /// How often with which client.
    pub clients: BTreeMap<String, u64>,
    /// The latest of them, with the name of our reason where we refused.
    pub example: (Difference, Option<String>),
}

/// One client.
#[derive(Clone, Copy, Debug, Default)]
pub struct OfClient {
    /// How many of its requests were compared.
    pub compared: u64,
    /// How many of those had a difference.
    pub different: u64,
}

/// What became of a request of a client of the canary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Canaried {
    /// Grantor answered it.
    Answered,
    /// Grantor was away or answered 5xx, and that is what the client heard.
    Failed,
    /// The same, and the old server answered.
    FellBack,
    /// It brought a code or a refresh token of the old server, which answered.
    OfOldServer,
}

impl Canaried {
    /// Its name in the report and the metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Failed => "failed",
            Self::FellBack => "fell_back",
            Self::OfOldServer => "of_old_server",
        }
    }
}

/// One comparison.
pub struct Compared {
    /// When.
    pub at: Millis,
    /// Whose; None where it proved itself to neither side.
    pub client_id: Option<String>,
    /// What differs.
    pub differences: Vec<Difference>,
    /// The name of our reason, where we refused.
    pub reason: Option<String>,
    /// How long the old server took, and Grantor.
    pub took: (Duration, Duration),
}

impl Ledger {
    /// Nothing seen yet.
    pub fn new(of: &Shadow, now: Millis) -> Self {
        Self {
            environment: of.environment.name.as_str().to_owned(),
            upstream: of.upstream.url.as_str().trim_end_matches('/').to_owned(),
            since: now,
            requests: AtomicU64::new(0),
            counts: Mutex::default(),
        }
    }

    /// One more request, of whatever kind.
    pub fn request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// How many there were.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// What was counted.
    pub fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that was not compared.
    pub fn not_compared(&self, why: NotCompared) {
        *self.counts().not_compared.entry(why).or_default() += 1;
    }

    /// One of the canary.
    pub fn canaried(&self, what: Canaried) {
        *self.counts().canary.entry(what).or_default() += 1;
    }

    /// One that was compared.
    pub fn compared(&self, compared: Compared) {
        let mut counts = self.counts();
        counts.compared += 1;
        counts.there.add(compared.took.0);
        counts.here.add(compared.took.1);
        let client = compared.client_id.unwrap_or_else(|| UNPROVEN.to_owned());
        let full = counts.clients.len() >= MOST_CLIENTS && !counts.clients.contains_key(&client);
        let name = if full { OTHERS } else { &client };
        let of_client = counts.clients.entry(name.to_owned()).or_default();
        of_client.compared += 1;
        if compared.differences.is_empty() {
            counts.same += 1;
            return;
        }
        of_client.different += 1;
        for difference in compared.differences {
            let reason = compared.reason.as_ref();
            let reason = reason.filter(|_| difference.kind.has_reason()).cloned();
            let example = (difference, reason);
            counts.see(example, &client, compared.at);
        }
    }

    /// Says the end of it in the log.
    pub fn sum_up(&self) {
        let counts = self.counts();
        for (kind, seen) in &counts.kinds {
            tracing::info!(
                kind = %kind,
                count = seen.count,
                clients = seen.clients.len(),
                there = seen.example.0.there,
                here = seen.example.0.here,
                "the rehearsal saw a difference"
            );
        }
        tracing::info!(
            requests = self.requests(),
            token_requests = counts.token_requests,
            compared = counts.compared,
            same = counts.same,
            different = counts.compared - counts.same,
            not_compared = counts.not_compared.values().sum::<u64>(),
            "the rehearsal has ended"
        );
    }
}

impl Counts {
    fn see(&mut self, example: (Difference, Option<String>), client: &str, at: Millis) {
        let mut kind = example.0.kind.clone();
        if self.kinds.len() >= MOST_KINDS && !self.kinds.contains_key(&kind) {
            kind = match kind {
                Kind::MissingHere(_) => Kind::MissingHere(OTHERS.to_owned()),
                Kind::MoreHere(_) => Kind::MoreHere(OTHERS.to_owned()),
                Kind::Type(_) => Kind::Type(OTHERS.to_owned()),
                other => other,
            };
        }
        let seen = self.kinds.entry(kind).or_insert_with(|| Seen {
            count: 0,
            first: at,
            last: at,
            clients: BTreeMap::new(),
            example: example.clone(),
        });
        seen.count += 1;
        seen.last = at;
        seen.example = example;
        let full = seen.clients.len() >= MOST_OF_KIND && !seen.clients.contains_key(client);
        let name = if full { OTHERS } else { client };
        *seen.clients.entry(name.to_owned()).or_default() += 1;
    }
}
