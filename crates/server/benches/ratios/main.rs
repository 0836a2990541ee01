//! What a request costs, as a ratio: `cargo bench`, or `just bench P3 P15` for single rows. docs/performance.md says how to read it.
//!
//! An absolute figure means little on a shared machine, a ratio within one run does. The server runs
//! on core 0, `wrk` with 64 connections on core 1; slices of one second alternate between *bare* (an
//! axum handler in the same process that parses the same form and answers 251 bytes) and the
//! endpoint; a figure is the median of the pairwise ratios of the server's CPU time per request.
//!
//! The product runs as it comes: JSON log at level info into a pipe that is read, audit rows, metrics.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

mod cpu;
mod filling;
mod haproxy;
mod http;
mod hydra;
mod log;
mod machine;
mod oidc_provider;
mod pairs;
mod picture;
mod postgres;
mod redis;
mod rows;
mod server;
mod table;
mod upstream;
mod wrk;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    // Cargo itself adds `--bench`.
    let mut wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    wanted
        .iter_mut()
        .for_each(|name| name.make_ascii_uppercase());
    if let Some(unknown) = wanted
        .iter()
        .find(|name| !rows::NAMES.contains(&name.as_str()))
    {
        anyhow::bail!(
            "there is no row {unknown}; the rows are {}",
            rows::NAMES.join(", ")
        );
    }
    if !cfg!(feature = "bare") {
        return with_bare(&wanted);
    }
    machine::prepare()?;
    wrk::install()?;

    let folder = Folder::new()?;
    let machine = machine::describe(&folder.0)?;
    println!("{machine}\n");
    let rows = rows::measure(&folder.0, &wanted)?;
    let table = format!("{machine}\n\n{}", table::markdown(&rows));
    println!("\n{}", table::aligned(&rows));
    let latest = target().join("bench/latest.md");
    std::fs::write(&latest, table)
        .with_context(|| format!("{} cannot be written", latest.display()))?;
    let drawn = latest.with_extension("svg");
    std::fs::write(&drawn, picture::svg(&rows, &machine))?;
    println!(
        "As Markdown: {}; as a picture: {}",
        latest.display(),
        drawn.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// The handler that everything is divided by is compiled in on demand only.
fn with_bare(wanted: &[String]) -> Result<ExitCode> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "bench",
            "--package",
            "grantor",
            "--features",
            "bare",
            "--bench",
            "ratios",
            "--",
        ])
        .args(wanted)
        .status()
        .context("cargo cannot be started")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Where this build puts what it makes.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("cargo's temporary folder stands in the target folder")
        .to_owned()
}

/// A folder for the databases, on the disk of the target folder, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let folder = target().join(format!("bench/run-{}", std::process::id()));
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
