//! Blots out what waits and writes it, in short transactions between which everyone else gets their turn.

use store::{EnvironmentName, RequestRecord};

use super::taken::Taken;
use super::{keep, render, whose};
use crate::platform::Platform;

/// Records of one transaction.
const AT_ONCE: usize = 64;

/// Writes what waits. What the database does not take is lost and counted: records are for a talk, not for an account.
///
/// # Errors
/// The database.
pub async fn write(platform: &Platform) -> Result<(), store::StoreError> {
    let taken = platform.request_records.take();
    if taken.is_empty() {
        return Ok(());
    }
    let count = taken.len() as u64;
    let written = write_all(platform, taken).await;
    match &written {
        Ok(unwritten) => platform.request_records.lost.inc_by(*unwritten),
        Err(_) => platform.request_records.lost.inc_by(count),
    };
    written.map(drop)
}

async fn write_all(platform: &Platform, taken: Vec<Taken>) -> Result<u64, store::StoreError> {
    let mut owned = Vec::with_capacity(taken.len());
    for taken in taken {
        if let Some(owner) = whose::find(platform, &taken).await? {
            owned.push((taken, owner));
        }
    }
    let count = owned.len() as u64;
    // Reading JSON and XML of many requests takes longer than a request should wait for its turn.
    let rendered = tokio::task::spawn_blocking(move || {
        let records = owned.into_iter().map(|(taken, owner)| {
            let environment = taken.environment.clone();
            (environment, render::record(&taken, &owner))
        });
        records.collect::<Vec<(EnvironmentName, RequestRecord)>>()
    });
    let Ok(mut records) = rendered.await else {
        tracing::error!("the latest requests could not be rendered");
        return Ok(count);
    };
    while !records.is_empty() {
        let some = records.split_off(records.len().saturating_sub(AT_ONCE));
        platform.store.write_request_records(some, keep).await?;
    }
    Ok(0)
}
