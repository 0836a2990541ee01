//! `grantor check`: says what is wrong with a configuration, and what it relaxes.

use std::io::Write;
use std::path::Path;

use crate::config::check::check;
use crate::config::variables;

/// Prints the report; the answer is the exit status: 0 when Grantor would start, 2 when it would not.
pub fn run(file: &Path, json: bool) -> i32 {
    let report = check(file, &variables::of_this_process());
    let text = if json {
        serde_json::to_string_pretty(&report)
            .map(|text| text + "\n")
            .unwrap_or_default()
    } else {
        report.to_string()
    };
    // A reader that closed the pipe has read enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    if report.has_mistakes() { 2 } else { 0 }
}
