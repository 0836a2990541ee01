//! `grantor shadow`: stands before the old server, passes every request on, and sees what Grantor would have answered.
//!
//! The old server's answer is the answer. Beside a token request, when that answer has gone, the same request is
//! rehearsed here, on the database of `grantor serve` and without a trace ([`rehearsal`]); how the two answers differ is
//! counted ([`compare`], [`ledger`]) and told at an address of its own ([`report`]). Clients of the [`canary`] are
//! answered by the running `grantor serve` instead, and everyone else goes on as before.

mod answered;
mod asked;
mod canary;
mod compare;
mod differences;
mod door;
mod gathered;
mod ledger;
mod passage;
mod rehearsal;
mod report;
mod timing;
mod tokens;
mod whence;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::watch;

use crate::config::{Config, Shadow};
use crate::listener::accept::{self, bind};
use crate::listener::files::raise_limit;
use crate::metrics::Metrics;
use crate::serve::front::Front;
use crate::{clock, logs, serve};
use canary::Canary;
use door::Door;
use ledger::Ledger;
use rehearsal::Rehearsals;
use report::Reporter;

/// How long a stop waits for rehearsals that are under way.
const REHEARSED_WITHIN: Duration = Duration::from_secs(5);

/// Stands in until a stop signal comes. `report` is where the last report is written then.
///
/// # Errors
/// One sentence for the operator: no old server, an address that is taken, a file that cannot be read.
pub async fn run(config: Config, report: Option<PathBuf>) -> anyhow::Result<()> {
    let of = config.shadow.clone().context(
        "there is no old server to stand before: set shadow.upstream, or name it with --upstream URL",
    )?;
    let _log = logs::start(&config.log);
    serve::forbid_core_dumps();
    let files = raise_limit();
    let listener = bind(of.listen, "shadow.listen").await?;
    let local = bind(of.report_listen, "shadow.report_listen").await?;
    let canary = Arc::new(Canary::read(&of)?);
    let (stop, stopped) = watch::channel(false);
    let config = Arc::new(config);
    let front = Front::new(&config, &Metrics::default(), files, &stopped)?;
    let listening = front.listening(listener, of.plain);
    let has_tls = listening.tls.is_some();
    let ledger = Arc::new(Ledger::new(&of, clock::now()));
    let rehearsals = Rehearsals::open(&config, &of, &ledger, stopped.clone());
    let door = Door::new(&config, &of, has_tls, (&canary, &rehearsals, &ledger))?;
    let serving = tokio::spawn(accept::serve(listening, Arc::new(door), stopped.clone()));
    let reporter = Reporter::new(&ledger, &rehearsals, &canary);
    let telling = accept::serve(front.local(local), Arc::new(reporter), stopped.clone());
    tokio::spawn(telling);
    tokio::spawn(Arc::clone(&canary).keep(stopped));
    say(&of, &canary);

    serve::wait_for_stop().await?;
    tracing::info!("stopping: new connections are refused, running requests finish");
    let _ = stop.send(true);
    let grace = Duration::from_secs(config.server.shutdown_grace);
    if tokio::time::timeout(grace, serving).await.is_err() {
        tracing::warn!("some requests did not finish in time and are broken off");
    }
    rehearsals.close(REHEARSED_WITHIN).await;
    ledger.sum_up();
    match report {
        Some(file) => write(&file, &ledger, &rehearsals, &canary),
        None => Ok(()),
    }
}

fn say(of: &Shadow, canary: &Canary) {
    tracing::info!(
        listen = %of.listen,
        upstream = %of.upstream.url,
        environment = of.environment.name.as_str(),
        token_path = of.token_path,
        canary = canary.len(),
        report = %of.report_listen,
        "standing in for the old server"
    );
}

fn write(
    file: &Path,
    ledger: &Ledger,
    rehearsals: &Rehearsals,
    canary: &Canary,
) -> anyhow::Result<()> {
    let report = report::json(ledger, rehearsals, canary);
    let text = serde_json::to_string_pretty(&report)?;
    std::fs::write(file, text + "\n")
        .with_context(|| format!("the report cannot be written to {}", file.display()))
}
