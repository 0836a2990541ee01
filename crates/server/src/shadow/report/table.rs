//! The report for people: a table on a terminal, and the same on a page.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cli::output::{plain, table};

/// The whole report.
pub fn text(report: &Value) -> String {
    let mut text = String::new();
    let number = |name: &str| report[name].as_u64().unwrap_or_default();
    let said = |value: &Value| plain(value.as_str().unwrap_or("-"));
    let _ = writeln!(
        text,
        "Environment {} beside {}, since {}.",
        said(&report["environment"]),
        said(&report["upstream"]),
        said(&report["since"])
    );
    if report["rehearsing"] == json!(false) {
        text.push_str("Grantor's database is not open: nothing is rehearsed.\n");
    }
    let _ = writeln!(
        text,
        "{} token requests, {} compared: {} the same, {} different.",
        number("token_requests"),
        number("compared"),
        number("same"),
        number("different")
    );
    section(&mut text, "Differences", &kinds(report), KINDS);
    for difference in list(report, "differences") {
        let name = name_of(difference);
        let _ = writeln!(text, "  {name}: {}", said(&difference["advice"]));
    }
    section(&mut text, "Not compared", list(report, "not_compared"), WHY);
    section(&mut text, "Clients", list(report, "clients"), CLIENTS);
    section(&mut text, "Time in milliseconds", &timing(report), TIMES);
    let canary: Vec<Value> = report["canary"]["requests"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(what, count)| json!({ "what": what, "count": count }))
        .collect();
    section(&mut text, "Requests of the canary", &canary, CANARY);
    text
}

/// The same as a page that needs nothing else.
pub fn page(report: &Value) -> String {
    let text = text(report)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>grantor shadow</title><pre>{text}</pre></html>\n"
    )
}

const KINDS: &[(&str, &str)] = &[
    ("KIND", "kind"),
    ("COUNT", "count"),
    ("SHARE", "share"),
    ("CLIENTS", "clients"),
    ("FIRST SEEN", "first"),
    ("LAST SEEN", "last"),
    ("THERE", "there"),
    ("HERE", "here"),
    ("REASON", "reason"),
];
const WHY: &[(&str, &str)] = &[
    ("REASON", "reason"),
    ("COUNT", "count"),
    ("MEANING", "meaning"),
];
const CLIENTS: &[(&str, &str)] = &[
    ("CLIENT", "client_id"),
    ("COMPARED", "compared"),
    ("SAME", "same"),
    ("DIFFERENT", "different"),
];
const TIMES: &[(&str, &str)] = &[("WHO", "who"), ("P50", "p50_ms"), ("P99", "p99_ms")];
const CANARY: &[(&str, &str)] = &[("WHAT", "what"), ("COUNT", "count")];

fn section(text: &mut String, title: &str, rows: &[Value], shown: &[(&'static str, &'static str)]) {
    if !rows.is_empty() {
        let _ = write!(text, "\n{title}\n{}", table(rows, shown));
    }
}

fn list<'r>(report: &'r Value, name: &str) -> &'r [Value] {
    report[name].as_array().map_or(&[], Vec::as_slice)
}

fn name_of(difference: &Value) -> String {
    let said = |name: &str| difference[name].as_str().unwrap_or_default().to_owned();
    let name = format!("{} {}", said("kind"), said("member"));
    name.trim_end().to_owned()
}

fn kinds(report: &Value) -> Vec<Value> {
    let row = |difference: &Value| {
        let percent = difference["share"].as_f64().unwrap_or_default() * 100.0;
        let example = &difference["example"];
        // To the second: the table is wide enough.
        let second = |name: &str| {
            let at = difference[name].as_str().unwrap_or_default();
            let second = at.get(..19).unwrap_or(at);
            second.replace('T', " ")
        };
        json!({
            "kind": name_of(difference),
            "count": difference["count"],
            "share": format!("{percent:.1} %"),
            "clients": difference["clients_concerned"],
            "first": second("first_seen"),
            "last": second("last_seen"),
            "there": example["there"],
            "here": example["here"],
            "reason": example["reason"],
        })
    };
    list(report, "differences").iter().map(row).collect()
}

fn timing(report: &Value) -> Vec<Value> {
    let sides = [("old server", "there"), ("Grantor", "here")];
    sides
        .iter()
        .filter(|(_, side)| report["timing"][side].is_object())
        .map(|(who, side)| {
            let times = &report["timing"][side];
            json!({ "who": who, "p50_ms": times["p50_ms"], "p99_ms": times["p99_ms"] })
        })
        .collect()
}
