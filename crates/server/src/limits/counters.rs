//! Where limits are counted: in this process, or in one Redis (or Valkey, which speaks the same) for several nodes.
//!
//! Each limit goes on counting here as well. So when the shared counters are away, a node knows at once what it let through
//! itself, and enforces its share of the limit until they are back.

mod keeper;
mod leases;
mod link;
mod scripts;

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;

use crate::clock;
use crate::config;
use crate::metrics::Metrics;
use crate::random;

pub use leases::Lease;
pub use link::Shared;

/// The counters of a node.
#[derive(Clone, Default)]
pub enum Counters {
    /// `memory:`: this process counts for itself.
    #[default]
    Memory,
    /// `redis://…`: all nodes count together.
    Shared(Arc<Shared>),
}

impl Counters {
    /// From the configuration. Nobody is asked yet.
    ///
    /// # Errors
    /// An address that is none, or an operating system without random numbers.
    pub fn new(config: &config::Counters, metrics: &mut Metrics) -> anyhow::Result<Self> {
        let Some(url) = &config.redis else {
            return Ok(Self::Memory);
        };
        let node = u64::from_le_bytes(random::bytes()?);
        let shared = Shared::new(url, config.nodes, node, metrics.share_counters())?;
        Ok(Self::Shared(Arc::new(shared)))
    }

    /// The counters that nodes share, if they do.
    pub fn shared(&self) -> Option<&Arc<Shared>> {
        match self {
            Self::Memory => None,
            Self::Shared(shared) => Some(shared),
        }
    }

    /// Before the first request: whoever cannot be reached is not waited for.
    pub async fn begin(&self) {
        if let Self::Shared(shared) = self {
            let _away = shared.reach(clock::steady(Instant::now())).await;
        }
    }

    /// Keeps what is shared up to date until the stop, which comes when no request runs any more.
    pub async fn keep(self, stop: watch::Receiver<bool>) {
        if let Self::Shared(shared) = &self {
            keeper::run(shared, stop).await;
        }
    }
}
