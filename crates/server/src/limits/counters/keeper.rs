//! One task per node keeps the shared counters right, beside the requests: it says that the node lives, renews the leases of what
//! runs, gives back those of what ended, and, when nobody answers, tries again and again until somebody does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use store::Millis;
use tokio::sync::watch;
use tokio::time::sleep;

use super::leases::{Endings, Entry};
use super::link::{Away, Shared, in_patience};
use super::scripts;
use crate::clock;

/// How often a node says that it lives, and hears how many do.
const GREET: Duration = Duration::from_secs(1);
/// How often leases are renewed: twice may fail before one ends.
const RENEW: Duration = Duration::from_secs(3);
/// Between two attempts at first; each further one waits twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// And never longer.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// Whoever answered for so long is tried again at once the next time.
const STEADY: Duration = Duration::from_secs(10);
/// Leases that one call renews or ends.
const AT_A_TIME: usize = 500;
/// Endings that are kept while nobody answers; more end by themselves.
const KEPT: usize = 10_000;

/// Until the stop; then everything is given back.
pub async fn run(shared: &Arc<Shared>, mut stop: watch::Receiver<bool>) {
    let mut wait = FIRST_WAIT;
    loop {
        let began = Instant::now();
        if shared.is_open() {
            tokio::select! {
                () = tend(shared) => {}
                _ = stop.wait_for(|stopped| *stopped) => break,
            }
            if shared.is_open() {
                continue;
            }
        }
        if began.elapsed() > STEADY {
            wait = FIRST_WAIT;
        }
        tokio::select! {
            () = sleep(wait) => {}
            _ = stop.wait_for(|stopped| *stopped) => break,
        }
        wait = (wait * 2).min(LONGEST_WAIT);
        if let Err(away) = shared.reach(now()).await {
            tracing::debug!(%away, "the shared counters are still away");
        }
        shared.leases.endings.lock().await.keep();
    }
    take_leave(shared).await;
}

/// Until the way is closed.
async fn tend(shared: &Arc<Shared>) {
    let Some(connection) = shared.connection() else {
        return;
    };
    let mut own = MultiplexedConnection::clone(&connection);
    let done = tokio::select! {
        done = tend_by(shared, &mut own) => done,
        () = shared.closed.notified() => return,
    };
    if let Err(away) = done {
        shared.close(&Some(connection), &away);
    }
}

async fn tend_by(shared: &Arc<Shared>, connection: &mut MultiplexedConnection) -> Result<(), Away> {
    let (mut greet, mut renew) = (clock::ticks(GREET), clock::ticks(RENEW));
    loop {
        tokio::select! {
            _ = greet.tick() => {
                if shared.greet(connection, now()).await? {
                    shared.renew(connection).await?;
                }
                shared.say_back(now());
            }
            _ = renew.tick() => shared.renew(connection).await?,
            () = ended(shared) => shared.give_back(connection).await?,
        }
    }
}

/// Waits until there is something to give back.
async fn ended(shared: &Shared) {
    let mut endings = shared.leases.endings.lock().await;
    if let Some(first) = endings.coming.recv().await {
        endings.waiting.push(first);
    }
}

/// A node that stops leaves nothing behind.
async fn take_leave(shared: &Shared) {
    let Some(connection) = shared.connection() else {
        return;
    };
    let mut own = MultiplexedConnection::clone(&connection);
    // What cannot be said now, time will say.
    let _ = shared.give_back(&mut own).await;
    let leave = scripts::take_leave(&shared.node);
    let _ = in_patience(leave.exec_async(&mut own)).await;
}

impl Shared {
    /// Renews the leases of all that runs here; those that were lost are there again.
    ///
    /// # Errors
    /// No answer.
    pub async fn renew(&self, connection: &mut MultiplexedConnection) -> Result<(), Away> {
        for some in self.leases.held().chunks(AT_A_TIME) {
            let call = scripts::renew_leases(names(some));
            in_patience(call.invoke_async::<()>(connection)).await?;
        }
        Ok(())
    }

    /// Gives back what ended since the last time.
    ///
    /// # Errors
    /// No answer; then it is kept for the next time.
    pub async fn give_back(&self, connection: &mut MultiplexedConnection) -> Result<(), Away> {
        let mut endings = self.leases.endings.lock().await;
        endings.keep();
        while !endings.waiting.is_empty() {
            let count = endings.waiting.len().min(AT_A_TIME);
            let (some, _) = endings.waiting.split_at(count);
            let all = scripts::end_leases(names(some));
            in_patience(all.exec_async(connection)).await?;
            endings.waiting.drain(..count);
        }
        Ok(())
    }
}

impl Endings {
    /// Takes in what has come.
    fn keep(&mut self) {
        while let Ok(entry) = self.coming.try_recv() {
            if self.waiting.len() < KEPT {
                self.waiting.push(entry);
            }
        }
    }
}

fn names(entries: &[Entry]) -> impl Iterator<Item = (&str, &str)> {
    entries.iter().map(|entry| (&*entry.key, &*entry.name))
}

fn now() -> Millis {
    clock::steady(Instant::now())
}
