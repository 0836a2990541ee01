//! Blots out what waits and writes it, in short transactions between which everyone else gets their turn.

use std::sync::Arc;

use store::{EnvironmentName, RequestRecord, Store, StoreError};

use super::taken::Taken;
use super::{keep, render, whose};
use crate::platform::{Issuer, Platform};

/// Records of one transaction.
const AT_ONCE: usize = 64;

/// What is asked for a record's owner, and where it goes. Its own, since it is written though nobody waits for it.
pub struct Books {
    /// The database.
    pub store: Store,
    /// One per environment.
    pub issuers: Vec<Arc<Issuer>>,
}

/// Writes what waits. What the database does not take is lost, counted and logged, and is nobody's failure: records are for
/// a talk, not for an account. A page that is closed by its browser meanwhile takes nothing with it.
pub async fn write(platform: &Platform) {
    let waiting = &platform.request_records;
    let one = Arc::clone(&waiting.writing).lock_owned().await;
    let taken = waiting.take();
    if taken.is_empty() {
        return;
    }
    let books = Books {
        store: platform.store.clone(),
        issuers: platform.issuers.clone(),
    };
    let count = taken.len() as u64;
    let lost = waiting.lost.clone();
    let written = tokio::spawn(async move {
        let _one = one;
        match write_all(&books, taken).await {
            Ok(unwritten) => lost.inc_by(unwritten),
            Err(error) => {
                tracing::warn!(%error, count, "the latest requests were not written and are lost");
                lost.inc_by(count)
            }
        };
    });
    if written.await.is_err() {
        tracing::error!(count, "the latest requests were not written and are lost");
        waiting.lost.inc_by(count);
    }
}

async fn write_all(books: &Books, taken: Vec<Taken>) -> Result<u64, StoreError> {
    let mut owned = Vec::with_capacity(taken.len());
    for taken in taken {
        if let Some(owner) = whose::find(books, &taken).await? {
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
        books.store.write_request_records(some, keep).await?;
    }
    Ok(0)
}
