//! How something that is carried gets along: known to it and to whoever waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Waker;
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::sync::Notify;
use tokio::time::Instant;

/// How a request's body gets along; shared between the body and whoever waits for the answer.
pub struct Progress {
    begun: Instant,
    /// Milliseconds after `begun` of the last thing that happened.
    last: AtomicU64,
    /// Whether more of the request has to come before anything else can happen.
    awaits_sender: AtomicBool,
    over: AtomicBool,
    told_over: Notify,
    cut: AtomicBool,
    told_cut: AtomicWaker,
}

impl Progress {
    /// From now on.
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            begun: Instant::now(),
            last: AtomicU64::new(0),
            awaits_sender: AtomicBool::new(false),
            over: AtomicBool::new(false),
            told_over: Notify::new(),
            cut: AtomicBool::new(false),
            told_cut: AtomicWaker::new(),
        })
    }

    /// When something last happened.
    pub fn last(&self) -> Instant {
        self.begun + Duration::from_millis(self.last.load(Ordering::Relaxed))
    }

    /// Whether it is the sender who keeps the rest waiting.
    pub fn awaits_sender(&self) -> bool {
        self.awaits_sender.load(Ordering::Relaxed)
    }

    /// Something happened, or more of the request has to come first.
    pub fn moved(&self, awaits_sender: bool) {
        self.awaits_sender.store(awaits_sender, Ordering::Relaxed);
        if !awaits_sender {
            let millis = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.last.store(millis, Ordering::Relaxed);
        }
    }

    /// Nothing more will be carried.
    pub fn ended(&self) {
        self.over.store(true, Ordering::Release);
        self.told_over.notify_one();
    }

    /// Whether nothing more will be carried.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Returns when nothing more will be carried. One may wait for it.
    pub async fn over(&self) {
        while !self.is_over() {
            self.told_over.notified().await;
        }
    }

    /// It may not go on. False when that was said before.
    pub fn cut(&self) -> bool {
        let is_first = !self.cut.swap(true, Ordering::AcqRel);
        self.told_cut.wake();
        is_first
    }

    /// Whether it may not go on; whoever carries it is woken when it may not any more.
    pub fn is_cut(&self, waker: &Waker) -> bool {
        self.told_cut.register(waker);
        self.cut.load(Ordering::Acquire)
    }
}
