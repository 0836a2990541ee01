//! What is counted, as Prometheus reads it from `/metrics` on the admin address.
//!
//! Handles are kept where they are used, so that counting costs one atomic addition.

pub mod front;

use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use self::front::Front;
use crate::pulse::Refusals;
use crate::pulse::durations::Durations;
use crate::telemetry;

/// Labels of an environment.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct EnvironmentLabel {
    /// Its name.
    pub environment: String,
}

/// Labels of a refusal.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct RefusalLabel {
    /// The environment.
    pub environment: String,
    /// The door: `token`, `introspection`, `revocation`, `gateway`.
    pub door: &'static str,
    /// The reason's name.
    pub reason: String,
}

/// Everything that is counted.
pub struct Metrics {
    registry: Registry,
    tokens_issued: Family<EnvironmentLabel, Counter>,
    refusals: Family<RefusalLabel, Counter>,
    /// What was ever refused: a family does not tell its labels.
    refused: Mutex<Vec<RefusalLabel>>,
    requests: Family<RequestLabel, Counter>,
    durations: Family<EnvironmentLabel, Histogram, fn() -> Histogram>,
    tokens_remembered: Family<EnvironmentLabel, Gauge>,
    deliveries: Family<DeliveryLabel, Counter>,
    deliveries_waiting: Family<KindLabel, Gauge>,
    unlisted_proxies: Family<EnvironmentLabel, Counter>,
    beyond_limits: Family<LimitLabel, Counter>,
    /// Connections open at the moment.
    pub connections: Gauge,
    /// Connections that changed their protocol, open at the moment.
    pub tunnels: Gauge,
    /// What happens to connections before there is a request on them.
    pub front: Front,
    /// Log lines dropped because the log's reader was too slow.
    pub log_lines_dropped: Counter<u64, AtomicU64>,
    /// Records of requests for which there was no room, or which the database did not take.
    pub request_records_lost: Counter<u64, AtomicU64>,
    /// Times a dummy secret was checked for a client that does not exist.
    pub decoys_checked: Counter,
}

/// What is counted of the counters that nodes share.
pub struct CounterMetrics {
    /// Whether limits hold over all nodes, 1 or 0.
    pub shared: Gauge,
    /// Times there was no answer, or an error.
    pub failures: Counter,
}

/// Labels of an attempt to tell somebody something.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct DeliveryLabel {
    /// `webhook` or `mail`.
    pub kind: &'static str,
    /// `delivered`, `failed` (and tried again), `given_up`, `nobody` (is there any more who should hear of it).
    pub outcome: &'static str,
}

/// Labels of a limit.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct LimitLabel {
    /// The environment.
    pub environment: String,
    /// As the configuration calls it.
    pub limit: &'static str,
}

/// Labels of what waits.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct KindLabel {
    /// `webhook` or `mail`.
    pub kind: &'static str,
}

/// Labels of an answer.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct RequestLabel {
    /// The environment.
    pub environment: String,
    /// `2xx`, `4xx`, …
    pub status: &'static str,
}

/// The handles one environment uses on every request.
pub struct IssuerMetrics {
    /// Access tokens issued.
    pub tokens_issued: Counter,
    /// Answers by class of status, `1xx` to `5xx`.
    answers: [Counter; 5],
    /// Seconds from the request's head to the answer's head.
    pub durations: Durations,
    /// Tokens that are judged without asking the database.
    pub tokens_remembered: Gauge,
}

impl IssuerMetrics {
    /// The counter of a status.
    pub fn answers(&self, status: u16) -> &Counter {
        &self.answers[usize::from(status / 100).clamp(1, 5) - 1]
    }

    /// Answers so far by class of status, `1xx` to `5xx`.
    pub fn answered(&self) -> [u64; 5] {
        self.answers.each_ref().map(Counter::get)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("grantor");
        let tokens_issued = Family::default();
        let refusals = Family::default();
        let tokens_remembered = Family::default();
        let requests = Family::default();
        let durations =
            Family::<EnvironmentLabel, Histogram, fn() -> Histogram>::new_with_constructor(|| {
                Histogram::new(exponential_buckets(0.0001, 2.5, 12))
            });
        let (connections, log_lines_dropped, decoys_checked) =
            (Gauge::default(), Counter::default(), Counter::default());
        let request_records_lost = Counter::default();
        let tunnels = Gauge::default();
        registry.register(
            "tunnels",
            "WebSockets and other connections that changed their protocol, open at the moment",
            tunnels.clone(),
        );
        registry.register(
            "request_records_lost",
            "Records of requests that found no room or could not be written",
            request_records_lost.clone(),
        );
        registry.register(
            "tokens_issued",
            "Access tokens issued",
            tokens_issued.clone(),
        );
        registry.register("refusals", "Requests refused, by reason", refusals.clone());
        registry.register("requests", "Answers, by class of status", requests.clone());
        registry.register(
            "request_duration_seconds",
            "From a request's head to its answer's head",
            durations.clone(),
        );
        registry.register(
            "tokens_remembered",
            "Tokens judged without asking the database",
            tokens_remembered.clone(),
        );
        registry.register(
            "connections",
            "Connections open at the moment",
            connections.clone(),
        );
        registry.register(
            "log_lines_dropped",
            "Log lines dropped because their reader was too slow",
            log_lines_dropped.clone(),
        );
        registry.register(
            "decoys_checked",
            "Checks of a dummy secret for clients that do not exist",
            decoys_checked.clone(),
        );
        let (deliveries, deliveries_waiting) = (Family::default(), Family::default());
        registry.register(
            "deliveries",
            "Attempts to tell others of an event, by outcome",
            deliveries.clone(),
        );
        registry.register(
            "deliveries_waiting",
            "Webhooks and mails that are still to be sent",
            deliveries_waiting.clone(),
        );
        let unlisted_proxies = Family::default();
        registry.register(
            "requests_of_unlisted_proxies",
            "Token requests that count for a proxy of your own, which server.trusted_proxies does not list",
            unlisted_proxies.clone(),
        );
        let beyond_limits = Family::default();
        registry.register(
            "beyond_limits",
            "Requests that passed though they were beyond a limit, since it is only monitored",
            beyond_limits.clone(),
        );
        let front = Front::registered(&mut registry);
        Self {
            registry,
            unlisted_proxies,
            beyond_limits,
            front,
            deliveries,
            deliveries_waiting,
            tokens_issued,
            refusals,
            refused: Mutex::default(),
            requests,
            durations,
            tokens_remembered,
            connections,
            tunnels,
            log_lines_dropped,
            request_records_lost,
            decoys_checked,
        }
    }
}

impl Metrics {
    /// The handles of an environment.
    pub fn of_environment(&self, name: &str) -> IssuerMetrics {
        let label = EnvironmentLabel {
            environment: name.to_owned(),
        };
        let answers = ["1xx", "2xx", "3xx", "4xx", "5xx"].map(|status| {
            self.requests
                .get_or_create(&RequestLabel {
                    environment: name.to_owned(),
                    status,
                })
                .clone()
        });
        IssuerMetrics {
            tokens_issued: self.tokens_issued.get_or_create(&label).clone(),
            durations: Durations::beside(self.durations.get_or_create(&label).clone()),
            tokens_remembered: self.tokens_remembered.get_or_create(&label).clone(),
            answers,
        }
    }

    /// The handles of counters that nodes share, told only where there are such.
    pub fn share_counters(&mut self) -> CounterMetrics {
        let (shared, failures) = (Gauge::default(), Counter::default());
        self.registry.register(
            "counters_shared",
            "Whether limits are counted over all nodes (1), or each node enforces its share (0)",
            shared.clone(),
        );
        self.registry.register(
            "counters_failures",
            "Times the shared counters gave no answer in time, or an error",
            failures.clone(),
        );
        CounterMetrics { shared, failures }
    }

    /// Counts a refusal, and names it in the request's span.
    pub fn refused(&self, environment: &str, door: &'static str, reason: &str) {
        telemetry::refused(reason);
        let label = RefusalLabel {
            environment: environment.to_owned(),
            door,
            reason: reason.to_owned(),
        };
        if let Some(counter) = self.refusals.get(&label) {
            counter.inc();
            return;
        }
        self.refusals.get_or_create(&label).inc();
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        // Two may have been the first of their reason at once.
        if !refused.contains(&label) {
            refused.push(label);
        }
    }

    /// What an environment has refused so far, by door and reason.
    pub fn refusals_of(&self, environment: &str) -> Refusals {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let here = refused
            .iter()
            .filter(|label| label.environment == environment);
        here.filter_map(|label| {
            let count = self.refusals.get(label)?.get();
            Some(((label.door, label.reason.clone()), count))
        })
        .collect()
    }

    /// Counts a token request that counts for a proxy of one's own.
    pub fn of_unlisted_proxy(&self, environment: &str) {
        let label = EnvironmentLabel {
            environment: environment.to_owned(),
        };
        self.unlisted_proxies.get_or_create(&label).inc();
    }

    /// Counts a request beyond a limit that is only monitored.
    pub fn beyond_limit(&self, environment: &str, limit: &'static str) {
        let label = LimitLabel {
            environment: environment.to_owned(),
            limit,
        };
        self.beyond_limits.get_or_create(&label).inc();
    }

    /// Counts an attempt to tell somebody something.
    pub fn delivered(&self, kind: &'static str, outcome: &'static str) {
        let label = DeliveryLabel { kind, outcome };
        self.deliveries.get_or_create(&label).inc();
    }

    /// How many deliveries wait.
    pub fn deliveries_wait(&self, kind: &'static str, waiting: u64) {
        let waiting = i64::try_from(waiting).unwrap_or(i64::MAX);
        let label = KindLabel { kind };
        self.deliveries_waiting.get_or_create(&label).set(waiting);
    }

    /// The text that Prometheus reads (OpenMetrics).
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
