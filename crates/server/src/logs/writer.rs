//! Lines on their way to standard error: gathered for a few milliseconds, then written together by a thread of their own.
//!
//! Waking a thread and writing for every single line costs as much as a third of what an
//! introspection costs altogether. A slow reader of the log never slows a request: beyond a bound,
//! lines are dropped and counted.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// How long lines gather. What is lost when the process is killed is no older than that.
const GATHER: Duration = Duration::from_millis(5);
/// Bytes that may wait for a slow reader: about fifteen thousand lines.
const MOST_WAITING: usize = 4 * 1024 * 1024;
/// A buffer that grew beyond this in a burst is given back.
const KEPT: usize = 256 * 1024;

/// How many times [`GATHER`] the end waits for a reader that takes nothing: one second.
const ENDING_WAIT: u32 = 200;

/// Where lines wait.
#[derive(Default)]
struct Lines {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

#[derive(Default)]
struct Waiting {
    text: Vec<u8>,
    dropped: u64,
    ending: bool,
}

/// What the log's subscriber writes to: one call per line.
#[derive(Clone, Default)]
pub struct LineWriter(Arc<Lines>);

/// Dropping it writes what still waits, and ends the thread.
pub struct WriterGuard {
    lines: LineWriter,
    thread: Option<JoinHandle<()>>,
}

impl LineWriter {
    /// Starts the thread that writes to standard error.
    pub fn start() -> io::Result<(Self, WriterGuard)> {
        let lines = Self::default();
        let waiting = Arc::clone(&lines.0);
        let thread = std::thread::Builder::new()
            .name("log".into())
            .spawn(move || waiting.write_out(&mut io::stderr()))?;
        Ok((
            lines.clone(),
            WriterGuard {
                lines,
                thread: Some(thread),
            },
        ))
    }
}

impl WriterGuard {
    /// Lines that were dropped so far.
    pub fn dropped(&self) -> u64 {
        self.lines.0.lock().dropped
    }
}

impl Drop for WriterGuard {
    fn drop(&mut self) {
        self.lines.0.lock().ending = true;
        self.lines.0.arrived.notify_one();
        let Some(thread) = self.thread.take() else {
            return;
        };
        // A reader that takes nothing must not keep the process from ending.
        for _ in 0..ENDING_WAIT {
            if thread.is_finished() {
                return;
            }
            std::thread::sleep(GATHER);
        }
    }
}

impl Lines {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: &[u8]) {
        let mut waiting = self.lock();
        if waiting.text.len() + line.len() > MOST_WAITING {
            waiting.dropped += 1;
            return;
        }
        let first = waiting.text.is_empty();
        waiting.text.extend_from_slice(line);
        drop(waiting);
        // The thread sleeps for the first line only; for the others it comes back by itself.
        if first {
            self.arrived.notify_one();
        }
    }

    fn write_out(&self, log: &mut impl Write) {
        let mut text = Vec::new();
        loop {
            let idle = |waiting: &mut Waiting| waiting.text.is_empty() && !waiting.ending;
            let waiting = self
                .arrived
                .wait_while(self.lock(), idle)
                .unwrap_or_else(PoisonError::into_inner);
            let ending = waiting.ending;
            drop(waiting);
            if !ending {
                std::thread::sleep(GATHER);
            }
            let mut waiting = self.lock();
            let ending = waiting.ending;
            std::mem::swap(&mut text, &mut waiting.text);
            drop(waiting);
            // A log that nobody reads any more must not end the server.
            let _ = log.write_all(&text);
            if ending {
                return;
            }
            text.clear();
            text.shrink_to(KEPT);
        }
    }
}

impl Write for &LineWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.add(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LineWriter {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> &'a Self {
        self
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_line_is_written_in_order_and_those_beyond_the_bound_are_counted() {
        let lines = LineWriter::default();
        let line = [b'x'; 1024];
        for _ in 0..MOST_WAITING / line.len() {
            (&lines).write_all(&line).unwrap();
        }
        (&lines).write_all(b"one too many\n").unwrap();
        assert_eq!(lines.0.lock().dropped, 1);

        lines.0.lock().ending = true;
        let mut log = Vec::new();
        lines.0.write_out(&mut log);
        assert_eq!(log.len(), MOST_WAITING);
        assert!(!log.ends_with(b"\n"));
    }

    #[test]
    fn the_guard_waits_until_what_waits_is_written() {
        let lines = LineWriter::default();
        let waiting = Arc::clone(&lines.0);
        let thread = std::thread::spawn(move || {
            let mut log = Vec::new();
            waiting.write_out(&mut log);
            assert_eq!(log, b"first\nsecond\n");
        });
        (&lines).write_all(b"first\n").unwrap();
        (&lines).write_all(b"second\n").unwrap();
        lines.0.lock().ending = true;
        lines.0.arrived.notify_one();
        thread.join().unwrap();
    }
}
