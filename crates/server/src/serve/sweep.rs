//! Removes what has expired, a little at a time, so that requests do not notice.
//!
//! Tokens may end by the million in one hour. They are removed a thousand at a time, and between two batches there is a rest
//! of nine times as long as the batch took: whatever it costs, requests have nine tenths of the database. Where the database
//! is slow because it has much to do, so is this.

use std::sync::Arc;
use std::time::Duration;

use store::StoreError;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::clock;
use crate::config::OldServer;
use crate::listener::accept::stopped;
use crate::platform::Platform;
use crate::uses;

/// How often expired rows are looked for.
const EVERY: Duration = Duration::from_secs(15);
/// Rows removed in one transaction.
const ROWS: u32 = 1_000;
/// A rest for each batch, in batches.
const REST: u32 = 9;
/// The longest rest: a batch that had to wait for the database says nothing about the next one.
const REST_AT_MOST: Duration = Duration::from_millis(250);
/// How long an expired row is kept, so that a slow clock elsewhere finds it expired rather than unknown.
const KEEP_EXPIRED: i64 = 60_000;
/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;
/// Days for which it is known how often a credential was used.
const KEEP_USES: i64 = 400;

/// Runs until the stop, and ends with it wherever it is: the next start goes on.
pub async fn run(platform: Arc<Platform>, mut stop: watch::Receiver<bool>) {
    let mut due = clock::ticks(EVERY);
    loop {
        tokio::select! {
            _ = due.tick() => {}
            () = stopped(&mut stop) => return,
        }
        let swept = tokio::select! {
            swept = all(&platform) => swept,
            () = stopped(&mut stop) => return,
        };
        if let Err(error) = swept {
            tracing::warn!(%error, "what has expired was not removed, and is tried again");
        }
    }
}

/// Everything that is due now.
async fn all(platform: &Platform) -> Result<(), StoreError> {
    loop {
        let before = clock::now() - KEEP_EXPIRED;
        let begun = Instant::now();
        if platform.store.sweep_expired(before, ROWS).await? < u64::from(ROWS) {
            break;
        }
        sleep((begun.elapsed() * REST).min(REST_AT_MOST)).await;
    }
    let today = uses::day_of(clock::now());
    platform
        .store
        .forget_credential_uses(today - KEEP_USES)
        .await?;
    platform.store.forget_budget_warnings(today - 1).await?;
    forget_ways_back(platform).await?;
    forget_requests(platform).await
}

/// What is kept for a return to a server that the configuration no longer names. Nodes with an older configuration may still
/// write some, hence not only at the start.
async fn forget_ways_back(platform: &Platform) -> Result<(), StoreError> {
    for issuer in &platform.issuers {
        let server = issuer.environment.way_back.map(OldServer::name);
        let store = platform.store.in_environment(issuer.name());
        if store.keep_ways_back_only_to(server).await? {
            tracing::info!(
                environment = issuer.name().as_str(),
                "what was kept of secrets for a way back is thrown away"
            );
        }
    }
    Ok(())
}

/// Each environment says how long it keeps them; a batch at a time, since there is always a next time.
async fn forget_requests(platform: &Platform) -> Result<(), StoreError> {
    for issuer in &platform.issuers {
        let kept = i64::from(issuer.environment.request_records.days) * DAY;
        let store = platform.store.in_environment(issuer.name());
        store.forget_requests(clock::now() - kept, ROWS).await?;
    }
    Ok(())
}
