//! Copying the write-ahead log into the database, beside the writer.
//!
//! A checkpoint writes some thousand pages and waits for the disk, tens of milliseconds of it: done by the writer, as SQLite does by
//! itself, everyone who asks for a token meanwhile waits as long. So a thread with a connection of its own copies while the writer goes
//! on; only the last short piece is the writer's, since the log begins at its start again when nothing in it is left to copy.

use std::ffi::c_int;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;
use rusqlite::hooks::Wal;
use rusqlite::wal::CheckpointMode;

use crate::StoreError;

/// Pages that the log grows by until it is copied: 4 MB.
const EVERY: c_int = 1_000;
/// What may be left to the writer, unless it writes faster than can be copied.
const LEFT: c_int = 100;
/// How often it is tried to come that close.
const ROUNDS: usize = 3;

/// Nobody copies.
const IDLE: u8 = 0;
/// The thread does.
const COPYING: u8 = 1;
/// It has, and the rest is the writer's.
const COPIED: u8 = 2;

/// The thread that copies; it ends when the writer's connection is closed.
pub(super) struct Checkpoints(JoinHandle<()>);

impl Checkpoints {
    /// Starts it, and tells it of every commit of the writer's connection from now on.
    pub(super) fn start(path: &Path, writer: &mut Connection) -> Result<Self, StoreError> {
        let failed = |error: rusqlite::Error| super::sentence(path, &error);
        let copier = super::connect_writer(path).map_err(failed)?;
        let state = Arc::new(AtomicU8::new(IDLE));
        let (wake, wakened) = sync_channel(1);
        let seen = Arc::clone(&state);
        let thread = std::thread::Builder::new()
            .name("sqlite-checkpoints".into())
            .spawn(move || copy(&copier, &seen, &wakened))
            .map_err(|error| {
                StoreError::Unavailable(format!("no thread for the database: {error}"))
            })?;
        let mut log = Log {
            state,
            wake,
            tried_at: 0,
        };
        let hook = move |wal: &mut Wal, pages: c_int| {
            log.has_grown(wal, pages);
            Ok(())
        };
        writer.wal_hook(Some(hook)).map_err(failed)?;
        Ok(Self(thread))
    }

    /// Waits for its end, after the writer's connection was closed.
    pub(super) fn join(self) {
        if self.0.join().is_err() {
            tracing::error!("the thread that copies the write-ahead log panicked");
        }
    }
}

/// The writer's side.
struct Log {
    state: Arc<AtomicU8>,
    wake: SyncSender<()>,
    /// Its length when it was last copied without coming to its end: somebody read what is old.
    tried_at: c_int,
}

impl Log {
    /// After each commit, in the writer's thread.
    fn has_grown(&mut self, wal: &mut Wal, pages: c_int) {
        if pages < self.tried_at {
            self.tried_at = 0;
        }
        match self.state.load(Ordering::Acquire) {
            COPIED => {
                // Nobody adds to the log meanwhile, so this comes to its end, and the next commit begins at its start.
                if let Err(error) = wal.checkpoint_v2(CheckpointMode::PASSIVE) {
                    tracing::debug!(%error, "the write-ahead log was not copied to its end");
                }
                self.tried_at = pages;
                self.state.store(IDLE, Ordering::Release);
            }
            IDLE if pages - self.tried_at >= EVERY => {
                self.state.store(COPYING, Ordering::Release);
                if self.wake.try_send(()).is_err() {
                    // There is no such thread any more: the writer copies all of it.
                    self.state.store(COPIED, Ordering::Release);
                }
            }
            _ => {}
        }
    }
}

fn copy(copier: &Connection, state: &AtomicU8, wakened: &Receiver<()>) {
    while wakened.recv().is_ok() {
        for _ in 0..ROUNDS {
            match copier.wal_checkpoint_v2(None::<&str>, CheckpointMode::PASSIVE) {
                Ok((length, copied)) if length - copied > LEFT => {}
                // On an error too: another process copies, or the writer will have to.
                _ => break,
            }
        }
        state.store(COPIED, Ordering::Release);
    }
}
