//! The schedule, kept: a node that finds a moment due runs it, if no other node has. A moment that passed while no process ran is made up
//! for at the next start; of several that passed, one run is all that is needed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use store::{Actor, AuditEvent, EnvironmentName, Millis, RefreshOutcome, StoreError};
use tokio::sync::watch;

use super::{RefreshRefusal, run};
use crate::clock::{self, rfc3339};
use crate::listener::accept::stopped;
use crate::platform::{Issuer, Platform};

/// How soon a moment is noticed. What is looked at is a number in memory.
const LOOK: Duration = Duration::from_secs(1);
/// How often it is looked for what processes left that were killed.
const CLEAR: Duration = Duration::from_secs(30);
/// How late a run may be without a word about it.
const LATE: Millis = 60_000;
/// How long after a run that failed the next attempt comes.
const RETRY: Millis = 5 * 60 * 1000;

/// What this node knows of an environment's schedule.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// Since when the schedule is known, or the last moment whose run is done: nothing up to it is due.
    settled: Millis,
    /// Not looked at before.
    wait_until: Millis,
}

/// Keeps every schedule until the stop.
pub async fn keep(platform: Arc<Platform>, mut stop: watch::Receiver<bool>) {
    let scheduled: Vec<_> = platform
        .issuers
        .iter()
        .filter(|issuer| issuer.environment.refresh.is_some())
        .cloned()
        .collect();
    let mut known = HashMap::new();
    let mut looks = clock::ticks(LOOK);
    let mut clears = clock::ticks(CLEAR);
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            _ = clears.tick() => {
                clear(&platform).await;
                continue;
            }
            () = stopped(&mut stop) => return,
        }
        for issuer in &scheduled {
            if let Err(error) = look(&platform, issuer, &mut known).await {
                tracing::warn!(environment = issuer.realm(), %error, "a refresh could not be looked for, and is looked for again");
            }
        }
    }
}

async fn clear(platform: &Platform) {
    if let Err(error) = super::clear(platform).await {
        tracing::warn!(%error, "what refreshes left is cleared away later");
    }
}

/// Runs the last moment of a schedule, if it is due and nobody has.
async fn look(
    platform: &Arc<Platform>,
    issuer: &Arc<Issuer>,
    known: &mut HashMap<EnvironmentName, Known>,
) -> Result<(), StoreError> {
    let Some(refresh) = &issuer.environment.refresh else {
        return Ok(());
    };
    let now = clock::now();
    let store = platform.store.in_environment(issuer.name());
    let before = match known.get(issuer.name()) {
        Some(known) => *known,
        None => {
            let schedule = format!(
                "{} {}",
                refresh.schedule.as_str(),
                refresh.schedule.timezone()
            );
            let since = store.note_refresh_schedule(&schedule, now).await?;
            Known {
                settled: since.0,
                wait_until: 0,
            }
        }
    };
    let mut after = before;
    if now >= before.wait_until
        && let Some(moment) = refresh.schedule.last_until(now)
        && moment > before.settled
    {
        after = settle(platform, issuer, before, moment, now).await?;
    }
    known.insert(issuer.name().clone(), after);
    Ok(())
}

async fn settle(
    platform: &Arc<Platform>,
    issuer: &Arc<Issuer>,
    known: Known,
    moment: Millis,
    now: Millis,
) -> Result<Known, StoreError> {
    let done = Known {
        settled: moment,
        ..known
    };
    let later = |wait_until| Known {
        wait_until,
        ..known
    };
    let store = platform.store.in_environment(issuer.name());
    if let Some(earlier) = store.refresh_of_moment(moment).await? {
        match earlier.outcome {
            RefreshOutcome::Done => return Ok(done),
            RefreshOutcome::Failed if earlier.ended_at.is_some_and(|at| at + RETRY > now) => {
                return Ok(later(earlier.ended_at.unwrap_or(now) + RETRY));
            }
            // Another node's, or one whose process ended: its lease tells.
            RefreshOutcome::Running | RefreshOutcome::Failed => {}
        }
    }
    if now - moment > LATE {
        tracing::warn!(
            environment = issuer.realm(),
            due = rfc3339(moment),
            "a refresh was missed and is made up for"
        );
    }
    let audit = AuditEvent {
        at: now,
        actor: Actor::System,
        environment: None,
        account_id: None,
        event: "environment.refreshed",
        subject: None,
        remote_address: None,
        request_id: None,
        details: String::new(),
    };
    match run(platform, issuer, Some(moment), audit).await {
        Ok(_) | Err(RefreshRefusal::Done | RefreshRefusal::NotConfigured) => Ok(done),
        Err(RefreshRefusal::UnderWay) => Ok(later(now + 1_000)),
        // Said already; in a while it is tried again.
        Err(RefreshRefusal::Store(_) | RefreshRefusal::Random(_)) => Ok(later(now + RETRY)),
    }
}
