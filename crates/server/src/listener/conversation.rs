//! What is known of one open connection: whether a request of it is being worked on, and since when none is.
//!
//! Shared between the task that speaks on the connection, the bytes that come and go, the bodies of
//! its answers, and whoever looks for a connection that could make room.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use tokio::sync::Notify;
use tokio::time::{Duration, Instant};

use crate::metrics::front::{Cause, Front};

/// Bytes of HTTP/2 that may come within [`FRUITLESS_WITHIN`] without a request, a piece of a body, or an answer that moves:
/// settings, pings, windows, priorities and what no RFC knows. An honest client needs 13 of them for each piece of an answer,
/// and may have a whole connection's window of uploads on the way that nobody has asked for yet, in frames as small as it likes.
const MOST_FRUITLESS: u64 = 4 * 256 * 1024;
/// Milliseconds.
const FRUITLESS_WITHIN: u64 = 60 * 1000;

static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Milliseconds of this process's life.
pub fn moment() -> u64 {
    u64::try_from(BEGINNING.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// One connection's state.
pub struct Conversation {
    front: Front,
    requests: AtomicU64,
    running: AtomicU32,
    /// Bytes wait for the other side to take those before them.
    awaits_reader: AtomicBool,
    quiet_since: AtomicU64,
    fruitless: AtomicU64,
    fruitless_since: AtomicU64,
    counts_fruitless: AtomicBool,
    told_to_leave: AtomicBool,
    leave: Notify,
    /// When each answer's body that waits for the reader gave its last piece away; HTTP/2 only.
    given: Mutex<Vec<Weak<AtomicU64>>>,
}

impl Conversation {
    /// A connection that was just accepted.
    pub fn new(front: Front) -> Arc<Self> {
        Arc::new(Self {
            front,
            requests: AtomicU64::new(0),
            running: AtomicU32::new(0),
            awaits_reader: AtomicBool::new(false),
            quiet_since: AtomicU64::new(moment()),
            fruitless: AtomicU64::new(0),
            fruitless_since: AtomicU64::new(moment()),
            counts_fruitless: AtomicBool::new(false),
            told_to_leave: AtomicBool::new(false),
            leave: Notify::new(),
            given: Mutex::default(),
        })
    }

    /// Counts why we end it.
    pub fn ended(&self, cause: Cause) {
        self.front.ended(cause);
    }

    /// Whether there was a request yet.
    pub fn has_spoken(&self) -> bool {
        self.requests.load(Ordering::Relaxed) > 0
    }

    /// For how long nobody has worked on a request of it, nor has an answer been on its way; None while either is so.
    pub fn quiet_for(&self) -> Option<Duration> {
        let quiet = self.running.load(Ordering::Acquire) == 0
            && !self.awaits_reader.load(Ordering::Acquire);
        let since = self.quiet_since.load(Ordering::Relaxed);
        quiet.then(|| Duration::from_millis(moment().saturating_sub(since)))
    }

    /// The other side has not taken all that there is to send: an answer of which nothing is left to give, but something to
    /// take, is on its way until it was taken.
    pub fn awaits_reader(&self) {
        self.awaits_reader.store(true, Ordering::Release);
    }

    /// It takes again. If nothing waits any more, the connection is quiet from now on.
    pub fn reader_takes(&self) {
        self.quiet_since.store(moment(), Ordering::Relaxed);
        self.awaits_reader.store(false, Ordering::Release);
    }

    /// It speaks another protocol now and is never quiet again.
    pub fn given_away(&self) {
        self.running.fetch_add(1, Ordering::AcqRel);
    }

    /// Asks the connection to end if it is still quiet; false where it was asked before.
    pub fn make_leave(&self) -> bool {
        let first = !self.told_to_leave.swap(true, Ordering::AcqRel);
        if first {
            self.leave.notify_one();
        }
        first
    }

    /// Returns when the connection is to end.
    pub async fn told_to_leave(&self) {
        self.leave.notified().await;
        self.told_to_leave.store(false, Ordering::Release);
    }

    /// From here on, bytes of which nothing comes end the connection.
    pub fn count_fruitless(&self) {
        self.counts_fruitless.store(true, Ordering::Relaxed);
    }

    /// Bytes came; false when too many have of which nothing came.
    pub fn received(&self, bytes: usize) -> bool {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if !self.counts_fruitless.load(Ordering::Relaxed) {
            self.fruitless.fetch_add(bytes, Ordering::Relaxed);
            return true;
        }
        let (now, since) = (moment(), self.fruitless_since.load(Ordering::Relaxed));
        if now.saturating_sub(since) > FRUITLESS_WITHIN {
            self.fruitless_since.store(now, Ordering::Relaxed);
            self.fruitless.store(0, Ordering::Relaxed);
        }
        let before = self.fruitless.fetch_add(bytes, Ordering::Relaxed);
        let in_bounds = before.saturating_add(bytes) <= MOST_FRUITLESS;
        if !in_bounds {
            self.ended(Cause::FramesWithoutRequests);
        }
        in_bounds
    }

    /// Whether bytes came since the last request began.
    pub fn has_begun_to_speak(&self) -> bool {
        self.fruitless.load(Ordering::Relaxed) > 0
    }

    /// Something came of the bytes.
    pub fn bore_fruit(&self) {
        self.fruitless.store(0, Ordering::Relaxed);
    }

    /// A place where a body says when it gave a piece away and waits to give the next.
    pub fn body_that_gives(&self) -> Arc<AtomicU64> {
        let given = Arc::new(AtomicU64::new(0));
        let mut all = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|one| one.strong_count() > 0);
        all.push(Arc::downgrade(&given));
        given
    }

    /// Whose readers have taken nothing for so long.
    pub fn held_up(&self, at_least: Duration) -> HeldUp {
        let all = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let now = moment();
        let held_up = all.iter().filter_map(Weak::upgrade).filter(|given| {
            let since = given.load(Ordering::Relaxed);
            since > 0 && Duration::from_millis(now.saturating_sub(since)) >= at_least
        });
        let running = usize::try_from(self.running.load(Ordering::Acquire)).unwrap_or(usize::MAX);
        match held_up.count() {
            0 => HeldUp::None,
            count if count >= running => HeldUp::All,
            _ => HeldUp::Some,
        }
    }
}

/// Which answers of a connection wait for their readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldUp {
    /// None.
    None,
    /// Some, while other requests get along.
    Some,
    /// All that are running.
    All,
}

/// A request that is worked on, from its head to the last byte of its answer.
pub struct Running(Arc<Conversation>);

impl Running {
    /// Its head is complete.
    pub fn begin(conversation: &Arc<Conversation>) -> Self {
        conversation.requests.fetch_add(1, Ordering::Relaxed);
        conversation.running.fetch_add(1, Ordering::AcqRel);
        conversation.bore_fruit();
        Self(Arc::clone(conversation))
    }

    /// The connection it came by.
    pub fn conversation(&self) -> &Arc<Conversation> {
        &self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.bore_fruit();
        self.0.quiet_since.store(moment(), Ordering::Relaxed);
        self.0.running.fetch_sub(1, Ordering::AcqRel);
    }
}
