//! `grantor export FORMAT`: the credentials made here since, for the server that somebody returns to.
//!
//! What it writes holds secrets or hashes of them: to a file that only its owner reads, or to standard output, where whoever
//! runs the command says what becomes of it. What cannot go back goes to standard error.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use axum::http::Method;
use serde_json::{Value, json};

use super::arguments::ExportArguments;
use super::ended::Ended;
use super::management::{Management, path};
use super::output::{self, Output};

/// Runs it.
pub async fn run(
    management: &Management,
    arguments: ExportArguments,
    out: Output,
) -> Result<(), Ended> {
    let path = path("environments/", &arguments.environment, "/export", &[]);
    let asked = json!({ "format": arguments.format, "since": arguments.since });
    let mut export = management
        .call(Method::POST, &path, Some(&asked))
        .await?
        .value;
    let text = match export.get_mut("text").map(Value::take) {
        Some(Value::String(text)) => text,
        _ => return Err(Ended::refused("The server's answer cannot be read.")),
    };
    match &arguments.output {
        Some(file) => write(file, &text)?,
        None if !out.json => output::print(&text)?,
        None => {
            if let Some(members) = export.as_object_mut() {
                members.insert("text".to_owned(), text.into());
            }
        }
    }
    match out.json {
        true => output::print(&output::pretty(&export)),
        false => {
            tell(&export);
            Ok(())
        }
    }
}

/// A new file that nobody else can read.
fn write(file: &Path, text: &str) -> Result<(), Ended> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(file).and_then(|mut made| {
        made.write_all(text.as_bytes())?;
        made.sync_all()
    });
    written
        .map_err(|error| Ended::refused(format!("{} cannot be written: {error}.", file.display())))
}

fn tell(export: &Value) {
    let count = |member: &str| export.get(member).and_then(Value::as_u64).unwrap_or(0);
    output::complain(&format!(
        "{} credentials are new there, {} have a new secret.",
        count("credentials_new"),
        count("credentials_with_new_secret")
    ));
    let rows = export.get("not_going").and_then(Value::as_array);
    for row in rows.into_iter().flatten() {
        let text = |member: &str| row.get(member).and_then(Value::as_str).unwrap_or_default();
        let sentence = format!(
            "{} {}: {} {}",
            text("what"),
            text("client_id"),
            text("reason"),
            text("remedy")
        );
        output::complain(&output::plain(&sentence));
    }
}
