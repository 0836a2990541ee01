//! The load: Debian's `wrk`, one thread, 64 connections, on a core of its own.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::machine::LOAD_CORE;

/// Installs wrk where it is missing and may be installed.
pub fn install() -> Result<()> {
    if Command::new("wrk").arg("--version").output().is_ok() {
        return Ok(());
    }
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n");
    ensure!(
        root,
        "wrk is not installed, and only root can install it: apt-get install wrk"
    );
    for arguments in [
        &["update", "-q"][..],
        &["install", "-q", "-y", "--no-install-recommends", "wrk"],
    ] {
        let done = Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .output()?;
        ensure!(
            done.status.success(),
            "wrk is not installed, and apt-get failed: {}",
            String::from_utf8_lossy(&done.stderr).trim()
        );
    }
    Ok(())
}

/// One request, sent over and over.
#[derive(Clone)]
pub struct Request {
    url: String,
    script: PathBuf,
    /// Whether each answer has to be a refusal (4xx) or a success.
    refused: bool,
}

impl Request {
    /// Writes the request down where wrk finds it. Values are of `[A-Za-z0-9_.:/=& -]`, so nothing is escaped.
    pub fn new(
        folder: &Path,
        name: &str,
        method: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Self> {
        let mut text = format!("wrk.method = \"{method}\"\n");
        if !body.is_empty() {
            text.push_str(&format!("wrk.body = \"{body}\"\n"));
        }
        for (header, value) in headers {
            text.push_str(&format!("wrk.headers[\"{header}\"] = \"{value}\"\n"));
        }
        let script = folder.join(format!("{name}.lua"));
        fs::write(&script, text)?;
        Ok(Self {
            url: String::new(),
            script,
            refused: false,
        })
    }

    /// A form, posted.
    pub fn form(folder: &Path, name: &str, body: &str) -> Result<Self> {
        Self::new(
            folder,
            name,
            "POST",
            &[("Content-Type", "application/x-www-form-urlencoded")],
            body,
        )
    }

    /// The same request to an address.
    pub fn to(&self, address: SocketAddr, path: &str) -> Self {
        Self {
            url: format!("http://{address}{path}"),
            ..self.clone()
        }
    }

    /// The same request, of which every answer has to be a refusal.
    pub fn refused(&self) -> Self {
        Self {
            refused: true,
            ..self.clone()
        }
    }
}

/// What wrk counted.
pub struct Counted {
    /// Answers.
    pub requests: u64,
    /// Answers per second.
    pub per_second: f64,
    /// Of a hundred answers the second slowest.
    pub p99: Duration,
    /// The slowest.
    pub longest: Duration,
}

/// Sends for one second to several servers at once, with as many connections in all.
pub fn load_all(requests: &[Request]) -> Result<Vec<Counted>> {
    std::thread::scope(|scope| {
        let each = CONNECTIONS / requests.len().max(1);
        let loading: Vec<_> = requests
            .iter()
            .map(|request| scope.spawn(move || send(request, each)))
            .collect();
        loading
            .into_iter()
            .map(|loading| loading.join().expect("no panic while loading"))
            .collect()
    })
}

const CONNECTIONS: usize = 64;

/// Sends for one second.
pub fn load(request: &Request) -> Result<Counted> {
    send(request, CONNECTIONS)
}

fn send(request: &Request, connections: usize) -> Result<Counted> {
    let mut wrk = Command::new("taskset");
    wrk.args([
        "-c",
        LOAD_CORE,
        "wrk",
        "-t1",
        &format!("-c{connections}"),
        "-d1s",
        "--latency",
        "-s",
    ])
    .arg(&request.script)
    .arg(&request.url);
    let output = wrk.output().context("wrk cannot be started")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success(),
        "wrk failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    let counted = read(&text).with_context(|| format!("wrk said something unexpected: {text}"))?;
    let refused = text
        .lines()
        .find_map(|line| {
            line.trim()
                .strip_prefix("Non-2xx or 3xx responses:")?
                .trim()
                .parse()
                .ok()
        })
        .unwrap_or(0);
    let expected = if request.refused { counted.requests } else { 0 };
    if refused != expected {
        bail!(
            "{refused} of {} answers of {} were refusals, {expected} were expected",
            counted.requests,
            request.url
        );
    }
    ensure!(!text.contains("Socket errors"), "wrk had errors: {text}");
    Ok(counted)
}

fn read(text: &str) -> Option<Counted> {
    let line = |part: &str| text.lines().map(str::trim).find(|line| line.contains(part));
    Some(Counted {
        requests: line("requests in")?.split(' ').next()?.parse().ok()?,
        per_second: line("Requests/sec:")?
            .split_once(':')?
            .1
            .trim()
            .parse()
            .ok()?,
        p99: duration(line("99%")?.split_whitespace().nth(1)?)?,
        // Mean, deviation, the highest.
        longest: duration(
            text.lines()
                .map(str::trim)
                .find(|line| line.starts_with("Latency") && line.ends_with('%'))?
                .split_whitespace()
                .nth(3)?,
        )?,
    })
}

/// `850.00us`, `3.21ms`, `1.02s`
fn duration(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let number: f64 = digits.parse().ok()?;
    Some(match &text[digits.len()..] {
        "us" => Duration::from_secs_f64(number / 1e6),
        "ms" => Duration::from_secs_f64(number / 1e3),
        _ => Duration::from_secs_f64(number),
    })
}
