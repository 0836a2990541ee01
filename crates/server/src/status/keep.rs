//! Beside the requests: what was counted goes to the database every few seconds, and what is shown is made anew when somebody
//! looks, every few seconds at most.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use store::{IncidentFilter, Millis, StatusPeriod, StoreError};
use tokio::sync::watch;
use tokio::time::timeout;

use super::Status;
use super::counts::minute_of;
use super::judgement::{DAYS, NOW_MINUTES};
use super::view::{Known, View};
use crate::clock;
use crate::context::Context;
use crate::listener::accept::stopped;
use crate::platform::{Issuer, Platform};
use crate::uses::day_of;

/// How often what was counted is written.
const WRITE: Duration = Duration::from_secs(10);
/// Times of writing after which the database is also read, so that something is known when it goes away.
const READ_EVERY: u32 = 6;
/// How long a view is shown to everyone who looks.
pub const FRESH: Millis = 5_000;
/// How long it may be shown while another one is being made.
const STALE: Millis = 60_000;
/// How long whoever looks waits for the database.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long what is over is shown.
const SHOWN: Millis = 14 * 24 * 60 * 60 * 1000;
/// Incidents that are shown; the newest.
const MOST: u32 = 50;
/// How long what is over is kept.
const KEPT: Millis = 400 * 24 * 60 * 60 * 1000;

/// Writes until the stop; what was counted last is written by whoever stops the process.
pub async fn run(platform: Arc<Platform>, mut stop: watch::Receiver<bool>) {
    let mut ticks = clock::ticks(WRITE);
    let mut round: u32 = 0;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stopped(&mut stop) => return,
        }
        for issuer in &platform.issuers {
            let done = match round % READ_EVERY {
                0 => ask(&platform, issuer).await,
                _ => write(&platform, issuer).await,
            };
            if let Err(error) = done {
                tracing::warn!(%error, environment = issuer.realm(), "what was counted for the status page waits to be written");
            }
        }
        if round.is_multiple_of(READ_EVERY)
            && let Err(error) = forget(&platform, clock::now()).await
        {
            tracing::warn!(%error, "what is too old for the status page is forgotten later");
        }
        round = round.wrapping_add(1);
    }
}

/// Writes what every environment counted.
///
/// # Errors
/// The database.
pub async fn write_all(platform: &Platform) -> Result<(), StoreError> {
    for issuer in &platform.issuers {
        write(platform, issuer).await?;
    }
    Ok(())
}

/// Forgets what nobody will look at any more.
async fn forget(platform: &Platform, now: Millis) -> Result<(), StoreError> {
    let store = &platform.store;
    let (oldest_day, oldest_minute) = (day_of(now) - DAYS, minute_of(now) - super::counts::MINUTES);
    store
        .forget_status_counts(StatusPeriod::Day, oldest_day)
        .await?;
    store
        .forget_status_counts(StatusPeriod::Minute, oldest_minute)
        .await?;
    store.forget_incidents(now - KEPT).await
}

/// How the environment of a request is doing. Costs the database one question every few seconds, however many look.
pub async fn look(context: &Context) -> Arc<View> {
    let (status, steady) = (&context.issuer.status, context.steady());
    let shown = || status.shown.load_full();
    let is_younger = |view: &Arc<View>, age| Status::age(view, steady) < age;
    if let Some(view) = shown().filter(|view| is_younger(view, FRESH)) {
        return view;
    }
    let asking = match shown().filter(|view| is_younger(view, STALE)) {
        // Somebody asks already.
        Some(view) => match Arc::clone(&status.asking).try_lock_owned() {
            Ok(asking) => asking,
            Err(_) => return view,
        },
        None => match timeout(PATIENCE, Arc::clone(&status.asking).lock_owned()).await {
            Ok(asking) => asking,
            Err(_) => return show(status, false, (context.now, steady)),
        },
    };
    if let Some(view) = shown().filter(|view| is_younger(view, FRESH)) {
        return view;
    }
    // By itself: whoever looks may go away, and what is being written must not be cut off in the middle.
    let (platform, issuer) = (Arc::clone(&context.platform), Arc::clone(&context.issuer));
    let asked = tokio::spawn(async move {
        let _one = asking;
        ask_alone(&platform, &issuer).await
    });
    let is_current = match timeout(PATIENCE, asked).await {
        Ok(Ok(Ok(()))) => true,
        Ok(Ok(Err(error))) => {
            tracing::warn!(%error, "the status page is shown from memory");
            false
        }
        _ => false,
    };
    show(status, is_current, (context.now, steady))
}

/// Makes a view of what is known.
fn show(status: &Status, is_current: bool, moment: (Millis, Millis)) -> Arc<View> {
    status.counts.collect(moment.0);
    let components = status.components();
    let unwritten = status.counts.unwritten(components);
    let known = status.known.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.clone();
    let view = View::of(components, known.as_deref(), &unwritten, is_current, moment);
    let view = Arc::new(view);
    status.shown.store(Some(Arc::clone(&view)));
    view
}

async fn write(platform: &Platform, issuer: &Issuer) -> Result<(), StoreError> {
    let _one = issuer.status.asking.lock().await;
    write_alone(platform, issuer).await
}

async fn write_alone(platform: &Platform, issuer: &Issuer) -> Result<(), StoreError> {
    let (status, now) = (&issuer.status, clock::now());
    status.counts.collect(now);
    let store = platform.store.in_environment(issuer.name());
    status.counts.write(store, status.components(), now).await
}

async fn ask(platform: &Platform, issuer: &Issuer) -> Result<(), StoreError> {
    let _one = issuer.status.asking.lock().await;
    ask_alone(platform, issuer).await
}

/// Writes, so that what is read holds it, and reads.
async fn ask_alone(platform: &Platform, issuer: &Issuer) -> Result<(), StoreError> {
    write_alone(platform, issuer).await?;
    let now = clock::now();
    let store = platform.store.in_environment(issuer.name());
    let filter = IncidentFilter {
        not_over_at: Some(now - SHOWN),
        before: None,
    };
    let known = Known {
        at: now,
        days: store
            .status_counts(StatusPeriod::Day, day_of(now) - DAYS + 1)
            .await?,
        minutes: store
            .status_counts(StatusPeriod::Minute, minute_of(now) - NOW_MINUTES)
            .await?,
        incidents: store.list_incidents(&filter, MOST).await?,
    };
    let mut place = issuer
        .status
        .known
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    *place = Some(Arc::new(known));
    Ok(())
}
