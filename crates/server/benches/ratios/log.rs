//! Reads a server's log as fast as it comes, as a log collector would, and keeps its last lines for when the server ends early.

use std::io::{BufRead, BufReader};
use std::process::ChildStderr;
use std::sync::{Arc, Mutex};

/// The last lines of a log.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// Starts reading until the server ends.
    pub fn follow(pipe: ChildStderr) -> Self {
        let log = Self::default();
        let lines = log.clone();
        std::thread::spawn(move || {
            let mut reader = BufReader::with_capacity(256 * 1024, pipe);
            let mut line = String::new();
            while matches!(reader.read_line(&mut line), Ok(1..)) {
                // Only what is rare is kept; the line of each request is read and let go.
                if !line.contains(r#""target":"request""#) {
                    let mut kept = lines.0.lock().unwrap();
                    if kept.len() > 20 {
                        kept.remove(0);
                    }
                    kept.push(std::mem::take(&mut line));
                }
                line.clear();
            }
        });
        log
    }

    /// What it said last.
    pub fn tail(&self) -> String {
        self.0.lock().unwrap().concat()
    }
}
