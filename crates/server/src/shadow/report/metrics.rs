//! The counts in Prometheus' text format. No client is a label: there may be any number.

use std::fmt::Write as _;

use crate::shadow::ledger::Ledger;
use crate::shadow::timing::Durations;

/// All of them.
pub fn text(ledger: &Ledger) -> String {
    let counts = ledger.counts();
    let mut text = String::new();
    let mut counter = |name: &str, help: &str, rows: Vec<(String, u64)>| {
        let _ = writeln!(text, "# HELP grantor_shadow_{name} {help}");
        let _ = writeln!(text, "# TYPE grantor_shadow_{name} counter");
        for (labels, count) in rows {
            let _ = writeln!(text, "grantor_shadow_{name}{labels} {count}");
        }
    };
    let alone = |count| vec![(String::new(), count)];
    counter(
        "requests_total",
        "Requests that came.",
        alone(ledger.requests()),
    );
    counter(
        "unanswered_total",
        "Requests that the old server did not answer.",
        alone(counts.unanswered),
    );
    counter(
        "token_requests_total",
        "Token requests that came.",
        alone(counts.token_requests),
    );
    let outcomes = [
        ("same", counts.same),
        ("different", counts.compared - counts.same),
    ];
    let outcome = |(name, count)| (format!("{{outcome=\"{name}\"}}"), count);
    counter(
        "compared_total",
        "Token requests whose two answers were compared.",
        outcomes.map(outcome).to_vec(),
    );
    let kinds = counts.kinds.iter().map(|(kind, seen)| {
        let (name, member) = kind.name();
        let member = member.unwrap_or_default();
        let labels = format!("{{kind=\"{name}\",member=\"{member}\"}}");
        (labels, seen.count)
    });
    counter(
        "differences_total",
        "Differences by their kind.",
        kinds.collect(),
    );
    let reasons = counts.not_compared.iter();
    let reason = |(why, count): (&super::super::asked::NotCompared, &u64)| {
        (format!("{{reason=\"{}\"}}", why.told().0), *count)
    };
    counter(
        "not_compared_total",
        "Token requests that were not compared.",
        reasons.map(reason).collect(),
    );
    let canary = counts.canary.iter();
    counter(
        "canary_total",
        "Token requests of clients of the canary.",
        canary
            .map(|(what, count)| (format!("{{outcome=\"{}\"}}", what.name()), *count))
            .collect(),
    );
    let _ = writeln!(
        text,
        "# HELP grantor_shadow_seconds How long the latest compared requests took."
    );
    let _ = writeln!(text, "# TYPE grantor_shadow_seconds gauge");
    seconds(&mut text, "old", &counts.there);
    seconds(&mut text, "grantor", &counts.here);
    text
}

fn seconds(text: &mut String, side: &str, durations: &Durations) {
    let Some(found) = durations.percentiles() else {
        return;
    };
    for (quantile, milliseconds) in [("0.5", found.p50_ms), ("0.99", found.p99_ms)] {
        let seconds = milliseconds / 1000.0;
        let _ = writeln!(
            text,
            "grantor_shadow_seconds{{side=\"{side}\",quantile=\"{quantile}\"}} {seconds}"
        );
    }
}
