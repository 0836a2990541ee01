//! File descriptors: as many as the system allows, and a few kept back.

use std::fs::File;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Connections open at once, however many descriptors there are: quiet ones, each of a few kilobytes, then hold a few hundred megabytes.
const MOST_CONNECTIONS: u64 = 16 * 1024;
/// Fewer would serve nobody.
const FEWEST_CONNECTIONS: u64 = 16;
/// Descriptors for everything else: the database, the log, the listeners, what we ask of others.
const FOR_THE_REST: u64 = 128;
/// Connections to the admin address: one probe, one collector and a few programs.
const MOST_TO_ADMIN: u64 = 256;
/// One in so many descriptors may be the admin address's, where that is less.
const OF_ADMIN: u64 = 16;
/// One in so many of the connections' descriptors is kept for those to upstreams, and one for those of clients, however many
/// of the other kind there are.
const KEPT_FOR_EACH: u64 = 8;
/// Descriptors that are open for the admin address in advance.
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

/// Whose the descriptors are. The most of them are nobody's: a client's connection that is quiet needs one, and one that asks
/// needs another to an upstream, for which quiet ones give way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// Connections of clients.
    pub clients: usize,
    /// Connections to upstreams.
    pub upstreams: usize,
    /// Both.
    pub together: usize,
    /// Connections to the admin address.
    pub admin: usize,
}

/// Shares so many descriptors out.
pub fn share(files: u64) -> Shares {
    let admin = (files / OF_ADMIN).clamp(FEWEST_CONNECTIONS, MOST_TO_ADMIN);
    let rest = FOR_THE_REST + admin;
    let together = files.saturating_sub(rest).max(2 * FEWEST_CONNECTIONS);
    let each = together - together / KEPT_FOR_EACH;
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    Shares {
        clients: count(each.min(MOST_CONNECTIONS)),
        upstreams: count(each),
        together: count(together),
        admin: count(admin),
    }
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
    fn s314_connections_leave_descriptors_for_one_another_and_for_everything_else() {
        let of = |files| {
            let shares = share(files);
            assert!(shares.clients < shares.together && shares.upstreams < shares.together);
            (shares.clients, shares.upstreams, shares.together)
        };
        assert_eq!(of(1024), (728, 728, 832));
        assert_eq!(of(20_000), (16_384, 17_164, 19_616));
        assert_eq!(of(1_048_576).0, 16_384);
        assert_eq!(of(100), (28, 28, 32));
    }
}
