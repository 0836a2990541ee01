//! What goes on beside the requests: noticing changes, writing last uses, telling others; what expired is removed in [`sweep`].

use std::sync::Arc;
use std::time::Duration;

use store::Change;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::clock::{self, ticks};
use crate::deliveries;
use crate::listener::accept::stopped;
use crate::logs::LogGuard;
use crate::platform::Platform;
use crate::serve::{expiry, sweep};
use crate::status;

/// How soon a change made by another process is noticed where the database sends no word of it.
const NOTICE: Duration = Duration::from_secs(1);
/// Between two looks, however many changes are told of: each is a read.
const AT_LEAST: Duration = Duration::from_millis(100);
/// How long what is remembered counts while nobody can say what was changed: a restart of the database and no more. From then
/// on every token has to be asked for, which is a 503 as long as there is nobody to ask.
const STALEST: Duration = Duration::from_secs(30);
/// How often limits that were reached are written down.
const REACHED: Duration = Duration::from_secs(1);
/// How often last uses are written.
const WRITE_USES: Duration = Duration::from_secs(5);
/// How often secrets are looked for that end soon.
const WARN: Duration = Duration::from_secs(60);
/// How often what is counted elsewhere is brought to the metrics.
const COUNT: Duration = Duration::from_secs(15);

/// Runs until the stop, then writes what waits and gives the log back.
pub async fn run(
    platform: Arc<Platform>,
    mut stop: watch::Receiver<bool>,
    log: LogGuard,
) -> LogGuard {
    let (mut reached, mut uses) = (ticks(REACHED), ticks(WRITE_USES));
    let (mut warn, mut counts) = (ticks(WARN), ticks(COUNT));
    // Each by itself: what is written or swept slowly must not keep a revocation of another node waiting, or the other.
    tokio::spawn(notice(Arc::clone(&platform), stop.clone()));
    let sweeping = tokio::spawn(sweep::run(Arc::clone(&platform), stop.clone()));
    let deliveries = tokio::spawn(deliveries::run(Arc::clone(&platform), stop.clone()));
    loop {
        let done = tokio::select! {
            _ = reached.tick() => platform.write_reached().await,
            _ = uses.tick() => platform.write_uses().await,
            _ = counts.tick() => {
                count(&platform, &log);
                deliveries::count(&platform).await
            }
            _ = warn.tick() => expiry::warn(&platform, clock::now()).await,
            () = stopped(&mut stop) => break,
        };
        if let Err(error) = done {
            tracing::warn!(%error, "background work failed and is tried again");
        }
    }
    // Whoever stops us may not wait for long, and a receiver may hang: what is ours comes first.
    write_all(&platform).await;
    let _ended = (sweeping.await, deliveries.await);
    write_all(&platform).await;
    log
}

/// Notices what other processes changed, until the stop.
pub async fn notice(platform: Arc<Platform>, mut stop: watch::Receiver<bool>) {
    let mut notice = ticks(NOTICE);
    let changes = platform.store.changes();
    let mut looked = Instant::now();
    loop {
        tokio::select! {
            _ = notice.tick() => {}
            () = changes.heard() => {}
            () = stopped(&mut stop) => return,
        }
        match platform.catch_up(clock::now()).await {
            Ok(()) => looked = Instant::now(),
            Err(error) => {
                tracing::warn!(%error, "changes could not be looked for, and are looked for again");
                if looked.elapsed() > STALEST {
                    platform.forget(&Change::Everything);
                }
            }
        }
        tokio::time::sleep(AT_LEAST).await;
    }
}

/// Writes whatever waits to be written.
pub async fn write_all(platform: &Platform) {
    if let Err(error) = platform.write_reached().await {
        tracing::warn!(%error, "some limits that were reached were not written down");
    }
    if let Err(error) = platform.write_uses().await {
        tracing::warn!(%error, "the last uses of some credentials were not written");
    }
    if let Err(error) = status::keep::write_all(platform).await {
        tracing::warn!(%error, "what was counted last for the status page was not written");
    }
}

/// What is counted elsewhere, brought to the metrics.
fn count(platform: &Platform, log: &LogGuard) {
    for issuer in &platform.issuers {
        issuer
            .metrics
            .tokens_remembered
            .set(i64::try_from(issuer.tokens.len()).unwrap_or(i64::MAX));
    }
    let counted = platform.metrics.log_lines_dropped.get();
    platform
        .metrics
        .log_lines_dropped
        .inc_by(log.dropped().saturating_sub(counted));
}
