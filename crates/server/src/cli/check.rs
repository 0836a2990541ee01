//! `grantor check`: says what is wrong with a configuration, what it relaxes, and which credentials were let off a rule.

mod exemptions;

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use super::output;
use crate::config::check::{Report, check};
use crate::config::{load, variables};
use exemptions::Exemption;

/// All that is printed. The members are the stable form of `grantor check --json`.
#[derive(Serialize)]
struct Checked {
    #[serde(flatten)]
    report: Report,
    /// Empty where nothing could be looked at.
    credentials: Vec<Exemption>,
    /// Why credentials were not looked at.
    credentials_not_read: Option<String>,
}

/// Prints the report; the answer is the exit status: 0 when Grantor would start, 2 when it would not.
pub fn run(file: &Path, json: bool) -> i32 {
    let report = check(file, &variables::of_this_process());
    let (credentials, credentials_not_read) = match looked(file, &report) {
        Ok(found) => (found, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    let status = if report.has_mistakes() { 2 } else { 0 };
    let checked = Checked {
        report,
        credentials,
        credentials_not_read,
    };
    // A reader that closed the pipe has read enough.
    let _ = if json {
        output::print(&output::pretty(
            &serde_json::to_value(&checked).unwrap_or_default(),
        ))
    } else {
        output::print(&checked.readable())
    };
    status
}

fn looked(file: &Path, report: &Report) -> Result<Vec<Exemption>, String> {
    if report.has_mistakes() {
        return Err("The configuration has mistakes.".to_owned());
    }
    let config =
        load::load(file, &variables::of_this_process()).map_err(|error| error.to_string())?;
    let runtime = super::runtime(false).map_err(|ended| ended.sentence)?;
    runtime.block_on(exemptions::look(config))
}

impl Checked {
    fn readable(&self) -> String {
        let mut text = self.report.to_string();
        if let (Some(why), false) = (&self.credentials_not_read, self.report.has_mistakes()) {
            let _ = writeln!(
                text,
                "\nWhich credentials were let off a rule is not known. {why}"
            );
        }
        if !self.credentials.is_empty() {
            text.push_str("\nCredentials that were let off a rule\n");
        }
        for credential in &self.credentials {
            let _ = writeln!(
                text,
                "  {} of {} in {} ({}, client {})\n    allows: {} ({})",
                output::plain(&credential.name),
                output::plain(&credential.account),
                credential.environment,
                credential.uuid,
                credential.client_id,
                credential.allows,
                credential.departs_from
            );
        }
        text
    }
}
