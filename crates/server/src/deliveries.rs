//! What is told to others, in the background: each delivery of the outbox is taken by one node, sent, and noted as sent or to be
//! tried again, after waits that grow, until it is given up.
//!
//! No request waits for any of it. Every receiver has a task of its own, so that one that hangs keeps no other waiting.

pub mod channel;
pub mod wanted;

use std::sync::Arc;
use std::time::Duration;

use store::{Actor, AuditEvent, Delivery, DeliveryKind, Millis, StoreError};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock;
use crate::platform::Platform;
use crate::random;
use channel::{Channel, Outcome};

/// How soon an event that was written is found.
const LOOK: Duration = Duration::from_secs(1);
/// Deliveries to one receiver at a time.
const AT_A_TIME: u32 = 8;
/// How long a node has for one before another may take it: far more than an answer may take.
const LEASE: Millis = 60_000;

/// Sends until the stop, then ends what is under way.
pub async fn run(platform: Arc<Platform>, stop: watch::Receiver<bool>) {
    let mut tasks = JoinSet::new();
    for channel in Channel::all(&platform.config) {
        tasks.spawn(serve(Arc::clone(&platform), channel, stop.clone()));
    }
    while tasks.join_next().await.is_some() {}
}

async fn serve(platform: Arc<Platform>, channel: Channel, mut stop: watch::Receiver<bool>) {
    let mut looks = clock::ticks(LOOK);
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            _ = stop.wait_for(|stopped| *stopped) => return,
        }
        // What is left over of a full look is due at once.
        loop {
            match look(&platform, &channel).await {
                Ok(found) if found == AT_A_TIME as usize && !*stop.borrow() => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(receiver = channel.name(), %error, "deliveries could not be looked for, and are looked for again");
                    break;
                }
            }
        }
    }
}

/// Sends what is due, some at a time; answers how many that were.
async fn look(platform: &Arc<Platform>, channel: &Channel) -> Result<usize, StoreError> {
    let (kind, receiver) = channel.of();
    let store = &platform.store;
    let due = store
        .due_deliveries(kind, receiver, clock::now(), AT_A_TIME)
        .await?;
    let found = due.len();
    let (mut sending, mut failed) = (JoinSet::new(), None);
    for delivery in due {
        let now = clock::now();
        match store.claim_delivery(&delivery, now, now + LEASE).await {
            Ok(Some(taken)) => {
                let (platform, channel) = (Arc::clone(platform), channel.clone());
                sending.spawn(async move { deliver(&platform, &channel, taken).await });
            }
            Ok(None) => {}
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    // What is under way is waited for in any case: left alone it would be sent twice.
    while let Some(ended) = sending.join_next().await {
        match ended {
            Ok(Ok(())) => {}
            // Whatever was not noted is due again when its lease ends.
            Ok(Err(error)) => {
                tracing::warn!(receiver = channel.name(), %error, "what came of a delivery could not be noted");
            }
            Err(error) => {
                tracing::error!(receiver = channel.name(), %error, "a delivery broke off");
            }
        }
    }
    failed.map_or(Ok(found), Err)
}

async fn deliver(
    platform: &Platform,
    channel: &Channel,
    taken: Delivery,
) -> Result<(), StoreError> {
    let outcome = channel.send(platform, &taken).await;
    let now = clock::now();
    let store = &platform.store;
    let count = |outcome| {
        platform.metrics.delivered(channel.of().0.as_str(), outcome);
    };
    match outcome {
        Outcome::Delivered(said) => {
            count("delivered");
            store.note_delivered(&taken, now, said).await.map(drop)
        }
        Outcome::Nobody => {
            count("nobody");
            store.forget_delivery(&taken.id).await
        }
        Outcome::Failed(said) => match next(channel.waits(), &taken, now) {
            Some(next) => {
                count("failed");
                tracing::warn!(
                    receiver = channel.name(),
                    delivery = taken.id,
                    event = taken.event,
                    attempts = taken.attempts,
                    outcome = said,
                    "a delivery failed and is tried again"
                );
                store.postpone_delivery(&taken, next, said).await.map(drop)
            }
            None => give_up(platform, channel, &taken, now, said).await,
        },
        Outcome::Refused(said) => give_up(platform, channel, &taken, now, said).await,
    }
}

async fn give_up(
    platform: &Platform,
    channel: &Channel,
    taken: &Delivery,
    now: Millis,
    said: String,
) -> Result<(), StoreError> {
    platform
        .metrics
        .delivered(channel.of().0.as_str(), "given_up");
    tracing::error!(
        receiver = channel.name(),
        delivery = taken.id,
        event = taken.event,
        attempts = taken.attempts,
        outcome = said,
        "a delivery is given up"
    );
    let details = serde_json::json!({
        "kind": channel.of().0.as_str(), "receiver": taken.receiver, "event": taken.event,
        "attempts": taken.attempts, "outcome": said,
    });
    let audit = AuditEvent {
        at: now,
        actor: Actor::System,
        environment: taken.environment.clone(),
        account_id: None,
        event: "delivery.given_up",
        subject: Some(taken.id.clone()),
        remote_address: None,
        request_id: None,
        details: details.to_string(),
    };
    platform
        .store
        .give_delivery_up(taken, now, said, audit)
        .await
        .map(drop)
}

/// When a delivery that failed is tried again: after its wait and up to a fifth of it, so that what failed together does not
/// come back together. None when it was tried often enough.
fn next(waits: &[Millis], taken: &Delivery, now: Millis) -> Option<Millis> {
    let index = usize::try_from(taken.attempts.saturating_sub(1)).ok()?;
    let wait = *waits.get(index)?;
    let chance = random::bytes::<2>().map_or(0, u16::from_be_bytes);
    let jitter = wait / 5 * Millis::from(chance) / Millis::from(u16::MAX);
    Some(now.saturating_add(wait).saturating_add(jitter))
}

/// Brings how many wait to the metrics.
///
/// # Errors
/// The database could not be asked.
pub async fn count(platform: &Platform) -> Result<(), StoreError> {
    for kind in [DeliveryKind::Webhook, DeliveryKind::Mail] {
        let counted = platform.store.count_deliveries(kind).await?;
        let waiting = counted
            .iter()
            .filter(|(_, state, _)| *state == store::DeliveryState::Waiting)
            .map(|(.., count)| count)
            .sum();
        platform.metrics.deliveries_wait(kind.as_str(), waiting);
    }
    Ok(())
}
