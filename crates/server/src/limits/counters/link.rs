//! The way to the shared counters, which is open or not. A request waits for an answer once, and not for long: then the way is
//! closed, and nobody waits any more until the keeper has found that it is open again.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, RedisError, ScriptInvocation};
use secrecy::{ExposeSecret, SecretString};
use store::Millis;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::leases::{Lease, Leases};
use super::scripts;
use crate::metrics::CounterMetrics;

/// How long a request waits for an answer.
const WITHIN: Duration = Duration::from_millis(40);
/// And then, since it may have been this process that was slow: the answer may lie there unread.
const UNREAD: Duration = Duration::from_millis(8);
/// How long the keeper waits, on whom no request waits.
pub const PATIENCE: Duration = Duration::from_millis(500);
/// How often those that come and go are said to be back, in milliseconds,
const SAY_EVERY: Millis = 60_000;
/// unless they have stayed for so long.
const STAYED: Millis = 10_000;
/// Questions that may be on the way at once.
const ON_THE_WAY: usize = 4_096;

/// Counters in one place for all nodes.
pub struct Shared {
    client: Client,
    open: ArcSwapOption<MultiplexedConnection>,
    /// The keeper hears of it when the way was closed.
    pub closed: Notify,
    /// Whether it was said that they are away.
    said: AtomicBool,
    /// The steady moment at which it was last said that they are back,
    said_back_at: AtomicI64,
    /// and at which the way was last opened.
    opened_at: AtomicI64,
    /// This node's name.
    pub node: String,
    /// How many nodes are assumed at least.
    least: u32,
    /// How many there were when they were last counted,
    nodes: AtomicU32,
    /// and the steady moment of that.
    counted_at: AtomicI64,
    /// The name of what is counted there, as it was last heard.
    counted_since: Mutex<Option<String>>,
    /// The steady moment at which it was found that counts had been lost; far in the past, if they never were.
    lost_at: AtomicI64,
    /// What runs here.
    pub leases: Arc<Leases>,
    metrics: CounterMetrics,
}

/// Why there was no answer.
#[derive(Debug)]
pub enum Away {
    /// It did not come in time.
    Silent,
    /// It was an error, or the connection ended.
    Failed(RedisError),
}

impl fmt::Display for Away {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => f.write_str("no answer in time"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl Shared {
    /// Knows the way, and has not gone it yet.
    ///
    /// # Errors
    /// An address that is none; the message does not repeat it.
    pub fn new(
        url: &SecretString,
        least: u32,
        node: u64,
        metrics: CounterMetrics,
    ) -> anyhow::Result<Self> {
        // Two libraries of TLS may be linked in, and then neither is taken by itself.
        let _chosen_before = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = Client::open(url.expose_secret())
            .map_err(|_| anyhow::anyhow!("counters.url is not the address of a Redis"))?;
        Ok(Self {
            client,
            open: ArcSwapOption::empty(),
            closed: Notify::new(),
            said: AtomicBool::new(false),
            said_back_at: AtomicI64::new(Millis::MIN / 2),
            opened_at: AtomicI64::new(Millis::MIN / 2),
            node: format!("{node:016x}"),
            least,
            nodes: AtomicU32::new(0),
            counted_at: AtomicI64::new(Millis::MIN / 2),
            counted_since: Mutex::default(),
            lost_at: AtomicI64::new(Millis::MIN / 2),
            leases: Arc::new(Leases::new(node)),
            metrics,
        })
    }

    /// Whether the way is open.
    pub fn is_open(&self) -> bool {
        self.open.load().is_some()
    }

    /// What this node enforces of a limit by itself: its part of it, and never nothing.
    pub fn share(&self, limit: u32) -> u32 {
        (limit / self.nodes()).max(1)
    }

    /// How many nodes there are, as far as is known.
    fn nodes(&self) -> u32 {
        self.nodes.load(Ordering::Relaxed).max(self.least).max(1)
    }

    /// Fewer count only when they have been fewer for a while: where everything was lost, the first to come sees itself alone.
    fn count_nodes(&self, nodes: u32, now: Millis) {
        let lasts = self.counted_at.load(Ordering::Relaxed) + scripts::NODE_LASTS;
        if nodes >= self.nodes.load(Ordering::Relaxed) || now > lasts {
            self.nodes.store(nodes, Ordering::Relaxed);
            self.counted_at.store(now, Ordering::Relaxed);
        }
    }

    /// Whether counts of the window that ends at a steady moment may have been lost.
    pub fn lost_counts(&self, window: Millis, now: Millis) -> bool {
        now < self.lost_at.load(Ordering::Relaxed).saturating_add(window)
    }

    /// Asks. None when nobody answers; then the way is closed.
    pub async fn ask<T: FromRedisValue>(&self, call: &ScriptInvocation<'_>) -> Option<T> {
        let connection = self.open.load_full();
        let mut own = MultiplexedConnection::clone(connection.as_ref()?);
        let answered = in_time(call.invoke_async(&mut own)).await;
        answered
            .inspect_err(|away| self.close(&connection, away))
            .ok()
    }

    /// Takes one more moment in a bucket: 0, or the milliseconds until there is one. None when nobody answers.
    pub async fn take_moment(&self, bucket: &str, most: u32, window: Millis) -> Option<Millis> {
        let name = self.leases.next_name();
        self.ask(&scripts::take_moment(bucket, most, window, &name))
            .await
    }

    /// Asks for a lease of an account: whether there was a place, or None when nobody answers. Dropped before there is an answer,
    /// it is given back.
    pub async fn take_lease(
        &self,
        environment: &str,
        account: &str,
        most: u32,
    ) -> (Lease, Option<bool>) {
        let key = scripts::leases_of(environment, account);
        let lease = self.leases.begin(&key);
        if !self.is_open() {
            return (lease, None);
        }
        let call = scripts::take_lease(&key, most, lease.name());
        let granted = self.ask(&call).await;
        (lease, granted)
    }

    /// The connection, while the way is open: for the keeper.
    pub fn connection(&self) -> Option<Arc<MultiplexedConnection>> {
        self.open.load_full()
    }

    /// Closes the way, unless it is another one by now.
    pub fn close(&self, broken: &Option<Arc<MultiplexedConnection>>, away: &Away) {
        self.metrics.failures.inc();
        let before = self.open.compare_and_swap(broken, None);
        let was_open = before.as_ref().map(Arc::as_ptr) == broken.as_ref().map(Arc::as_ptr);
        if was_open && broken.is_some() {
            self.metrics.shared.set(0);
            self.say_away(away);
            self.closed.notify_one();
        }
    }

    /// Goes the way, if it can be gone: this node is counted, what runs here is counted, and then requests may follow.
    ///
    /// # Errors
    /// Why not. It is logged the first time.
    pub async fn reach(&self, now: Millis) -> Result<(), Away> {
        match self.go(now).await {
            Ok(connection) => {
                // Said before the first request can find that they are away again.
                self.metrics.shared.set(1);
                self.opened_at.store(now, Ordering::Relaxed);
                self.say_back(now);
                self.open.store(Some(Arc::new(connection)));
                Ok(())
            }
            Err(away) => {
                self.metrics.failures.inc();
                self.say_away(&away);
                Err(away)
            }
        }
    }

    async fn go(&self, now: Millis) -> Result<MultiplexedConnection, Away> {
        let settings = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_pipeline_buffer_size(ON_THE_WAY);
        let connecting = self
            .client
            .get_multiplexed_async_connection_with_config(&settings);
        let mut connection = in_patience(connecting).await?;
        self.greet(&mut connection, now).await?;
        self.renew(&mut connection).await?;
        self.give_back(&mut connection).await?;
        // Whoever answers, but not in the time that a request waits, is away.
        let again = scripts::greet(&self.node, &self.leases.next_name());
        in_time(again.invoke_async::<(u32, String)>(&mut connection)).await?;
        Ok(connection)
    }

    /// Says that this node lives, and learns how many do. Answers whether counts had been lost.
    ///
    /// # Errors
    /// No answer.
    pub async fn greet(
        &self,
        connection: &mut MultiplexedConnection,
        now: Millis,
    ) -> Result<bool, Away> {
        let beginning = self.leases.next_name();
        let call = scripts::greet(&self.node, &beginning);
        let (nodes, since): (u32, String) = in_patience(call.invoke_async(connection)).await?;
        self.count_nodes(nodes, now);
        let mut known = self
            .counted_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let lost = known.as_ref().is_some_and(|known| *known != since);
        if lost {
            self.lost_at.store(now, Ordering::Relaxed);
            tracing::warn!("the shared counters lost what was counted, and begin anew");
        }
        *known = Some(since);
        Ok(lost)
    }

    /// Says that they are back, where it was said that they are away: at once, but of those that come and go once a minute,
    /// or when they have stayed.
    pub fn say_back(&self, now: Millis) {
        let since = |moment: &AtomicI64| now.saturating_sub(moment.load(Ordering::Relaxed));
        let is_news = since(&self.said_back_at) >= SAY_EVERY || since(&self.opened_at) >= STAYED;
        if is_news && self.said.swap(false, Ordering::Relaxed) {
            self.said_back_at.store(now, Ordering::Relaxed);
            tracing::info!("the shared counters are back: limits hold over all nodes");
        }
    }

    fn say_away(&self, away: &Away) {
        if !self.said.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                why = %away,
                nodes = self.nodes(),
                "the shared counters are away: this node enforces its share of each limit"
            );
        }
    }
}

async fn in_time<T>(answer: impl Future<Output = Result<T, RedisError>>) -> Result<T, Away> {
    let mut answer = std::pin::pin!(answer);
    if let Ok(answered) = timeout(WITHIN, &mut answer).await {
        return answered.map_err(Away::Failed);
    }
    in_so_long(UNREAD, answer).await
}

/// What the keeper waits for.
pub async fn in_patience<T>(
    answer: impl Future<Output = Result<T, RedisError>>,
) -> Result<T, Away> {
    in_so_long(PATIENCE, answer).await
}

async fn in_so_long<T>(
    time: Duration,
    answer: impl Future<Output = Result<T, RedisError>>,
) -> Result<T, Away> {
    timeout(time, answer)
        .await
        .map_err(|_| Away::Silent)?
        .map_err(Away::Failed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::metrics::Metrics;

    fn shared(least: u32) -> Shared {
        let metrics = Metrics::default().share_counters();
        Shared::new(&"redis://127.0.0.1:1".into(), least, 7, metrics).unwrap()
    }

    #[test]
    fn f17_a_share_goes_by_the_most_nodes_of_late_and_is_never_nothing() {
        let shared = shared(2);
        assert_eq!((shared.share(60), shared.share(1)), (30, 1));
        shared.count_nodes(3, 0);
        assert_eq!((shared.share(60), shared.share(2)), (20, 1));
        // Everything was lost, and this node came first.
        shared.count_nodes(1, 5_000);
        assert_eq!(shared.share(60), 20);
        shared.count_nodes(3, 6_000);
        shared.count_nodes(1, 16_000);
        assert_eq!(shared.share(60), 20);
        // Two have really gone.
        shared.count_nodes(1, 16_001);
        assert_eq!(shared.share(60), 30, "as many as the configuration says");
    }

    #[test]
    fn f17_counters_that_come_and_go_are_told_of_once_a_minute() {
        let shared = shared(1);
        let told = |now| {
            shared.say_away(&Away::Silent);
            shared.opened_at.store(now, Ordering::Relaxed);
            shared.say_back(now);
            !shared.said.load(Ordering::Relaxed)
        };
        assert!(told(0), "the first time at once");
        assert!(!told(100) && !told(59_999));
        assert!(told(60_000));
        // They stay.
        assert!(!told(61_000));
        shared.say_back(70_999);
        assert!(shared.said.load(Ordering::Relaxed));
        shared.say_back(71_000);
        assert!(!shared.said.load(Ordering::Relaxed));
    }

    #[test]
    fn f19_counts_that_were_lost_are_not_relied_on_for_a_window() {
        let shared = shared(1);
        assert!(!shared.lost_counts(60_000, 0));
        shared.lost_at.store(1_000, Ordering::Relaxed);
        assert!(shared.lost_counts(60_000, 60_999));
        assert!(!shared.lost_counts(60_000, 61_000));
    }
}
