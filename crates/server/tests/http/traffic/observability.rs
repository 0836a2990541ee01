//! What lies in `contrib/observability/` asks for metrics that there are.

use std::collections::BTreeSet;
use std::path::Path;

use super::super::support::Request;
use super::house;

/// The metrics that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let mut rest = text;
    let mut names = BTreeSet::new();
    while let Some(at) = rest.find("grantor_") {
        rest = &rest[at..];
        let end = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
        let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
        names.insert(name.to_owned());
        rest = after;
    }
    names
}

#[test]
fn the_dashboard_and_the_alerts_ask_for_metrics_that_there_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contrib/observability");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let dashboard: serde_json::Value = serde_json::from_str(&read("dashboard.json")).unwrap();
    let mut ids = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{panel}");
        assert!(!panel["targets"].as_array().unwrap().is_empty(), "{panel}");
    }
    // A family shows itself from its first member on; of these there is none here yet, and `webhooks.rs`,
    // `limits` and `front` ask for them by name.
    let server = &house().server;
    assert_eq!(
        Request::get("/api/plain")
            .send(server.at("production"))
            .status,
        401
    );
    let metrics = Request::get("/metrics").send(&server.admin);
    let known: BTreeSet<&str> = metrics
        .text()
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .chain([
            "grantor_deliveries",
            "grantor_deliveries_waiting",
            "grantor_counters_shared",
            "grantor_requests_of_unlisted_proxies",
            "grantor_certificate_expires_in_seconds",
        ])
        .collect();
    let wanted = named(&(read("dashboard.json") + &read("alerts.yml")));
    assert!(wanted.len() > 8, "{wanted:?}");
    for name in &wanted {
        let family = ["_total", "_bucket"]
            .iter()
            .find_map(|end| name.strip_suffix(end));
        assert!(
            known.contains(family.unwrap_or(name)),
            "{name} is none of {known:?}"
        );
    }
}
