//! Overwriting an environment with another one's accounts and people, as the configuration says: on its schedule, or when somebody
//! asks. What crosses and what never does stands in `store`; here is when, from when, and who is told.

pub mod due;
pub mod newcomers;
pub mod schedule;

use std::sync::Arc;

use serde_json::{Map, Value, json};
use store::{
    AuditEvent, Begun, Change, Millis, NewRefresh, Preview, RefreshOrder, Refreshed, StoreError,
};

use crate::clock::{self, rfc3339};
use crate::config::refresh::{DataUntil, Refresh};
use crate::platform::{Issuer, Platform};
use crate::random::{self, NoRandomness};

/// How long a run may say nothing before another takes it for dead: more than reading a hundred thousand people takes.
const LEASE: Millis = 60 * 1000;

/// Why nothing was refreshed.
#[derive(Debug, thiserror::Error)]
pub enum RefreshRefusal {
    /// The configuration names no environment to take data from.
    #[error("the configuration says nothing of a refresh of this environment")]
    NotConfigured,
    /// Another run is on its way, here or on another node.
    #[error("this environment is being refreshed already")]
    UnderWay,
    /// The run of this moment of the schedule is done.
    #[error("this run is done already")]
    Done,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No randomness for ids.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// What is read, and as of when: what a preview and a run have in common.
#[derive(Clone, Debug)]
pub struct Reading {
    /// For the store.
    pub order: RefreshOrder,
    /// The end of what is read.
    pub data_until: Millis,
}

/// What a run would read that begins at this moment, or that the schedule has at it.
///
/// # Errors
/// [`RefreshRefusal::NotConfigured`]
pub fn reading(issuer: &Issuer, at: Millis) -> Result<Reading, RefreshRefusal> {
    let refresh = configured(issuer)?;
    let end = match refresh.data_until {
        DataUntil::Now => None,
        // A month without a beginning is none that a clock shows; then nothing is younger than now.
        DataUntil::EndOfLastMonth => Some(refresh.schedule.end_of_last_month(at).unwrap_or(at)),
    };
    Ok(Reading {
        data_until: end.unwrap_or(at),
        order: RefreshOrder {
            source: refresh.from.clone(),
            data_until: end,
            personal_data: refresh.personal_data,
        },
    })
}

/// What the configuration says of refreshing this environment.
///
/// # Errors
/// [`RefreshRefusal::NotConfigured`]
pub fn configured(issuer: &Issuer) -> Result<&Refresh, RefreshRefusal> {
    let refresh = issuer.environment.refresh.as_ref();
    refresh.ok_or(RefreshRefusal::NotConfigured)
}

/// What a refresh would change now; nothing is.
///
/// # Errors
/// As [`RefreshRefusal`] says.
pub async fn preview(
    platform: &Platform,
    issuer: &Issuer,
    now: Millis,
) -> Result<(Reading, Preview), RefreshRefusal> {
    let reading = reading(issuer, now)?;
    let store = platform.store.in_environment(issuer.name());
    let preview = store.preview_refresh(&reading.order).await?;
    Ok((reading, preview))
}

/// Refreshes now, or for a moment of the schedule. Whoever asked may hang up: the run goes on.
///
/// # Errors
/// As [`RefreshRefusal`] says; then nothing is changed.
pub async fn run(
    platform: &Arc<Platform>,
    issuer: &Arc<Issuer>,
    scheduled_at: Option<Millis>,
    audit: AuditEvent,
) -> Result<(Reading, Refreshed), RefreshRefusal> {
    let (platform, issuer) = (Arc::clone(platform), Arc::clone(issuer));
    let run = tokio::spawn(async move {
        let done = run_here(&platform, &issuer, scheduled_at, audit).await?;
        // What the run left behind disturbs nobody and is cleared by whoever looks next, if not now.
        if let Err(error) = clear(&platform).await {
            tracing::warn!(%error, "what a refresh left is cleared away later");
        }
        Ok(done)
    });
    run.await
        .unwrap_or_else(|_| Err(StoreError::Unavailable("a refresh broke off".into()).into()))
}

async fn run_here(
    platform: &Platform,
    issuer: &Issuer,
    scheduled_at: Option<Millis>,
    audit: AuditEvent,
) -> Result<(Reading, Refreshed), RefreshRefusal> {
    let now = clock::now();
    let reading = reading(issuer, scheduled_at.unwrap_or(now))?;
    let run = NewRefresh {
        id: random::uuid(now)?,
        order: reading.order.clone(),
        scheduled_at,
        begun_at: now,
        lease: LEASE,
        seed: random::bytes()?,
    };
    let store = platform.store.in_environment(issuer.name());
    match store.begin_refresh(&run).await? {
        Begun::Mine => {}
        Begun::UnderWay => return Err(RefreshRefusal::UnderWay),
        Begun::Done => return Err(RefreshRefusal::Done),
    }
    let facts = facts(issuer, &run, &reading);
    let done = async {
        let prepared = store.prepare_refresh(&run).await?;
        let audit = AuditEvent {
            at: clock::now(),
            ..audit
        };
        store
            .swap_refresh(&run, prepared, audit.at, facts, audit)
            .await
    };
    match done.await {
        Ok(done) => {
            platform.forget(&Change::Environment(issuer.name().clone()));
            tracing::info!(
                environment = issuer.realm(),
                from = run.order.source.as_str(),
                data_until = rfc3339(reading.data_until),
                run = run.id,
                people_arrived = done.people_arrived,
                people_left = done.people_left,
                credentials_switched_off = done.switched_off,
                "the environment was refreshed"
            );
            Ok((reading, done))
        }
        Err(error) => {
            tracing::error!(environment = issuer.realm(), run = run.id, %error, "a refresh failed and changed nothing");
            // Where even this cannot be written, the lease ends the run.
            let _unheard = store
                .fail_refresh(&run.id, error.to_string(), clock::now())
                .await;
            Err(error.into())
        }
    }
}

/// What stands beside the counts in the trail and in the webhook: all that the platform needs to refresh its own data in step.
fn facts(issuer: &Issuer, run: &NewRefresh, reading: &Reading) -> Map<String, Value> {
    let fields = personal_fields(&reading.order);
    let facts = json!({
        "run": run.id,
        "from": run.order.source.as_str(),
        "data_until": rfc3339(reading.data_until),
        "scheduled_at": run.scheduled_at.map(rfc3339),
        "personal_data": fields,
        "url": issuer.environment.url,
    });
    match facts {
        Value::Object(facts) => facts,
        _ => Map::new(),
    }
}

/// The personal data that comes over, by name.
pub fn personal_fields(order: &RefreshOrder) -> Vec<&'static str> {
    let named = order.personal_data;
    [("username", named.username), ("email", named.email)]
        .into_iter()
        .filter_map(|(name, crosses)| crosses.then_some(name))
        .collect()
}

/// Clears away what runs left behind, a piece at a time.
///
/// # Errors
/// The database; what it did not take waits for the next time.
pub async fn clear(platform: &Platform) -> Result<(), StoreError> {
    while platform.store.clear_refreshes(clock::now()).await? {
        // Requests come first: between two pieces everyone else gets their turn.
        tokio::task::yield_now().await;
    }
    Ok(())
}
