//! File descriptors: as many as the system allows, and a few kept back.

use std::fs::File;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Connections open at once, however many descriptors there are: quiet ones, each of a few kilobytes, then hold a few hundred megabytes.
const MOST_CONNECTIONS: u64 = 16 * 1024;
/// Fewer would serve nobody.
const FEWEST_CONNECTIONS: u64 = 16;
/// Descriptors for everything else: the database, the log, the listeners, the admin address, what we ask of others.
const FOR_THE_REST: u64 = 128;
/// Descriptors kept for the admin address.
const KEPT: usize = 8;

/// Raises the number of files this process may open to the most that it may allow itself; answers it.
pub fn raise_limit() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX);
    if limit.current.is_some_and(|current| current >= most) {
        return most;
    }
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => most,
        Err(error) => {
            tracing::warn!(%error, "the number of open files could not be raised");
            limit.current.unwrap_or(most)
        }
    }
}

/// How many connections that leaves room for: each may need another one to an upstream.
pub fn connections(files: u64) -> usize {
    let room = files.saturating_sub(FOR_THE_REST) / 2;
    usize::try_from(room.clamp(FEWEST_CONNECTIONS, MOST_CONNECTIONS)).unwrap_or(usize::MAX)
}

/// Descriptors that are open for nothing, so that one can be closed when somebody must be let in and no other is free.
pub struct Kept(Vec<File>);

impl Kept {
    /// None, for a listener that may wait.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// A few.
    pub fn some() -> Self {
        let mut kept = Self(Vec::with_capacity(KEPT));
        kept.fill();
        kept
    }

    /// Takes back what was given up, as far as there are descriptors.
    pub fn fill(&mut self) {
        while self.0.len() < self.0.capacity() {
            let Ok(file) = File::open("/dev/null") else {
                return;
            };
            self.0.push(file);
        }
    }

    /// Closes one; false when there is none left.
    pub fn give_up_one(&mut self) -> bool {
        self.0.pop().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s314_connections_leave_descriptors_for_everything_else() {
        assert_eq!(connections(1024), 448);
        assert_eq!(connections(1_048_576), 16_384);
        assert_eq!(connections(100), 16);
    }
}
