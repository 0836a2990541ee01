//! A record as text, to be sent to support: in English, whatever the reader speaks.

use std::fmt::Write;

use store::RequestRecord;

use super::render::{Exchange, Message};
use crate::clock::rfc3339;
use crate::pages::catalogue::Language;

/// The record as a `.txt` file.
pub fn text(environment: &str, record: &RequestRecord) -> String {
    let exchange = Exchange::of(record);
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        // Into memory: nothing of it can fail.
        let _ = writeln!(text, "{name:<12} {}", on_one_line(value));
    };
    line("Request", &record.id);
    line("Time", &rfc3339(record.at));
    line("Environment", environment);
    line("Credential", &record.credential_uuid);
    line("Client id", &exchange.client_id);
    line("Proven", proven(record));
    line("Door", &record.door);
    line("Address", &record.remote_address);
    line("Status", &record.status.to_string());
    if let Some(reason) = &record.reason {
        let words = Language::English.reason(reason).unwrap_or_default();
        line("Reason", &format!("{reason}  {words}"));
    }
    line("Took", &format!("{} ms", milliseconds(record.microseconds)));
    text.push_str("\nSecrets are blotted out.\n\n");
    let target = target(record, &exchange);
    text.push_str(&on_one_line(&format!("{} {target}", record.method)));
    message(&mut text, &exchange.request);
    text.push_str("\n----\n\n");
    text.push_str(&record.status.to_string());
    message(&mut text, &exchange.answer);
    text
}

/// Whether the sender proved to be the credential.
pub fn proven(record: &RequestRecord) -> &'static str {
    match record.kind {
        store::RecordKind::Unproven => "no",
        store::RecordKind::Answered | store::RecordKind::Refused => "yes",
    }
}

/// Path and query.
pub fn target(record: &RequestRecord, exchange: &Exchange) -> String {
    match &exchange.query {
        Some(query) => format!("{}?{query}", record.path),
        None => record.path.clone(),
    }
}

/// `1.234`
pub fn milliseconds(microseconds: u64) -> String {
    format!("{}.{:03}", microseconds / 1000, microseconds % 1000)
}

fn message(text: &mut String, message: &Message) {
    text.push('\n');
    for (name, value) in &message.headers {
        let _ = writeln!(text, "{}", on_one_line(&format!("{name}: {value}")));
    }
    text.push('\n');
    if !message.body.is_empty() {
        // Line ends stay; nothing else may command a terminal.
        let harmless = |c: char| {
            if c.is_control() && !matches!(c, '\n' | '\t') {
                '\u{fffd}'
            } else {
                c
            }
        };
        text.extend(message.body.replace("\r\n", "\n").chars().map(harmless));
        text.push('\n');
    }
}

/// No line is another one's.
fn on_one_line(text: &str) -> String {
    text.chars()
        .map(|c| {
            if crate::text::is_control(c) {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}
