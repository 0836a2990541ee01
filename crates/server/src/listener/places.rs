//! Who may be connected: so many in all, so many from one address, and when all places are taken, the quietest makes room.
//!
//! A request that is passed on needs a second connection, to its upstream, and so a second descriptor. Those are counted here
//! too ([`Places::lend`]), so that descriptors are never at an end: quiet connections give way, and where none is quiet the
//! request is refused.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::Notify;

use super::conversation::Conversation;
use super::forwarded::is_trusted;
use crate::metrics::front::{Cause, Front};

/// One in so many places is emptied at once when none is free: looking for the quietest costs a look at all.
const EMPTIED_ONE_IN: usize = 128;
/// For how long whoever has just connected, or has just been answered, is left alone.
const LEFT_ALONE: Duration = Duration::from_millis(250);
/// How soon it is tried again when nobody could make room.
const TRY_AGAIN: Duration = Duration::from_millis(100);
/// How long a request waits for a descriptor to its upstream.
const LENT_WITHIN: Duration = Duration::from_secs(1);

/// The places of one or more listeners.
pub struct Places {
    bounds: Bounds,
    taken: Mutex<Taken>,
    freed: Notify,
    /// One at a time waits for a descriptor to an upstream; the others wait for it.
    lending: tokio::sync::Mutex<()>,
    open: Gauge,
    front: Front,
}

/// How many there may be.
pub struct Bounds {
    /// In all.
    pub most: usize,
    /// Connections to upstreams.
    pub upstreams: usize,
    /// Both of them.
    pub together: usize,
    /// From one address; a network of 64 bits counts as one in IPv6.
    pub of_one_address: usize,
    /// From whom there may be any number: they connect for others.
    pub trusted: Vec<IpNet>,
}

#[derive(Default)]
struct Taken {
    conversations: HashMap<u64, Arc<Conversation>>,
    of_address: HashMap<IpAddr, usize>,
    next: u64,
    lent: usize,
}

/// A descriptor for a connection to an upstream; given back when it is dropped.
pub struct Lent(Arc<Places>);

/// A place that is taken; given back when it is dropped.
pub struct Place {
    places: Arc<Places>,
    number: u64,
    address: Option<IpAddr>,
}

impl Places {
    /// All free. `open` is how many are taken, for `/metrics`.
    pub fn new(bounds: Bounds, open: Gauge, front: Front) -> Arc<Self> {
        Arc::new(Self {
            bounds,
            taken: Mutex::default(),
            freed: Notify::new(),
            lending: tokio::sync::Mutex::default(),
            open,
            front,
        })
    }

    /// Waits while there are too many, asking the quietest connections to make room. One above the bound is let in: as long
    /// as nobody comes, nobody has to go.
    pub async fn room(&self) {
        while self.is_over_full() {
            self.make_room();
            let _ = tokio::time::timeout(TRY_AGAIN, self.freed.notified()).await;
        }
    }

    fn is_over_full(&self) -> bool {
        let taken = self.taken();
        let open = taken.conversations.len();
        open > self.bounds.most || open + taken.lent > self.bounds.together
    }

    /// A descriptor for a connection to an upstream, for which quiet connections are asked to make room; None when none came
    /// free within a second.
    pub async fn lend(self: &Arc<Self>) -> Option<Lent> {
        if let Some(lent) = self.lend_now() {
            return Some(lent);
        }
        let waiting = async {
            let _turn = self.lending.lock().await;
            loop {
                let freed = self.freed.notified();
                if let Some(lent) = self.lend_now() {
                    return lent;
                }
                self.make_room();
                let _ = tokio::time::timeout(TRY_AGAIN, freed).await;
            }
        };
        tokio::time::timeout(LENT_WITHIN, waiting).await.ok()
    }

    fn lend_now(self: &Arc<Self>) -> Option<Lent> {
        let mut taken = self.taken();
        let open = taken.conversations.len();
        let may = taken.lent < self.bounds.upstreams && open + taken.lent < self.bounds.together;
        may.then(|| {
            taken.lent += 1;
            Lent(Arc::clone(self))
        })
    }

    /// How many connections to upstreams there may be.
    pub fn most_lent(&self) -> usize {
        self.bounds.upstreams
    }

    /// A place for a connection from this address; None when it has too many.
    pub fn take(self: &Arc<Self>, peer: IpAddr) -> Option<(Place, Arc<Conversation>)> {
        let address = (!is_trusted(peer, &self.bounds.trusted)).then(|| whose(peer));
        let mut taken = self.taken();
        if let Some(address) = address {
            let of_it = taken.of_address.entry(address).or_insert(0);
            if *of_it >= self.bounds.of_one_address {
                drop(taken);
                self.front.ended(Cause::TooManyOfAddress);
                return None;
            }
            *of_it += 1;
        }
        let conversation = Conversation::new(self.front.clone());
        let number = taken.next;
        taken.next += 1;
        taken
            .conversations
            .insert(number, Arc::clone(&conversation));
        self.open.inc();
        let place = Place {
            places: Arc::clone(self),
            number,
            address,
        };
        Some((place, conversation))
    }

    /// Asks those to leave that have been quiet for longest.
    pub fn make_room(&self) {
        let taken = self.taken();
        let mut quiet: Vec<_> = taken
            .conversations
            .values()
            .filter_map(|conversation| Some((conversation.quiet_for()?, conversation)))
            .filter(|(quiet, _)| *quiet >= LEFT_ALONE)
            .collect();
        let count = (self.bounds.most / EMPTIED_ONE_IN).max(1);
        if quiet.len() > count {
            quiet.select_nth_unstable_by(count, |(one, _), (other, _)| other.cmp(one));
            quiet.truncate(count);
        }
        for (_, conversation) in quiet {
            conversation.make_leave();
        }
    }

    /// Counts a connection that could not even be accepted.
    pub fn out_of_descriptors(&self) {
        self.front.ended(Cause::NoFileDescriptors);
    }

    /// How many are taken.
    pub fn open(&self) -> usize {
        self.taken().conversations.len()
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.0.taken().lent -= 1;
        self.0.freed.notify_one();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.conversations.remove(&self.number);
        if let Some(address) = self.address
            && let Some(of_it) = taken.of_address.get_mut(&address)
        {
            *of_it -= 1;
            if *of_it == 0 {
                taken.of_address.remove(&address);
            }
        }
        drop(taken);
        self.places.open.dec();
        self.places.freed.notify_one();
    }
}

/// The address that is counted: whoever has one of IPv6 has at least all of its network.
fn whose(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(network))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn places(most: usize, of_one_address: usize) -> Arc<Places> {
        let trusted = vec!["10.0.0.0/8".parse().unwrap()];
        let bounds = Bounds {
            most,
            upstreams: 2,
            together: most + 2,
            of_one_address,
            trusted,
        };
        Places::new(bounds, Gauge::default(), Front::default())
    }

    #[test]
    fn s314_one_address_takes_no_more_than_its_share() {
        let places = places(100, 2);
        let take = |address: &str| places.take(address.parse().unwrap());
        let first = take("192.0.2.1").unwrap();
        let _second = take("::ffff:192.0.2.1").unwrap();
        assert!(take("192.0.2.1").is_none());
        let _other = take("192.0.2.2").unwrap();
        drop(first);
        assert!(take("192.0.2.1").is_some());
        let _one = take("2001:db8::1").unwrap();
        let _neighbour = take("2001:db8::ffff:1").unwrap();
        assert!(take("2001:db8::2").is_none());
        let proxied: Vec<_> = (0..5).map(|_| take("10.0.0.7").unwrap()).collect();
        assert_eq!(proxied.len(), 5);
    }

    #[tokio::test]
    async fn s314_the_quietest_makes_room_and_who_is_served_does_not() {
        let places = places(1, 9);
        let (served, conversation) = places.take("192.0.2.1".parse().unwrap()).unwrap();
        let running = super::super::conversation::Running::begin(&conversation);
        let (quiet, other) = places.take("192.0.2.2".parse().unwrap()).unwrap();
        let leaves = tokio::spawn(async move {
            other.told_to_leave().await;
            drop(quiet);
        });
        places.room().await;
        leaves.await.unwrap();
        assert_eq!(places.open(), 1);
        drop((running, served));
        assert_eq!(places.open(), 0);
    }
    #[tokio::test]
    async fn f33_a_quiet_connection_gives_its_descriptor_to_an_upstream() {
        let places = places(2, 9);
        let take = || places.take("192.0.2.1".parse().unwrap()).unwrap();
        let lent = [places.lend().await.unwrap(), places.lend().await.unwrap()];
        let most = places.lend().await;
        assert!(most.is_none(), "upstreams have a bound of their own");
        drop(lent);
        // One more client than is usual, so that one descriptor is left for two upstreams.
        let (quiet, conversation) = take();
        let (served, other) = (take(), take());
        let running =
            [&served, &other].map(|(_, one)| super::super::conversation::Running::begin(one));
        let leaves = tokio::spawn(async move {
            conversation.told_to_leave().await;
            drop(quiet);
        });
        let first = places.lend().await.unwrap();
        assert!(!leaves.is_finished());
        let second = places.lend().await.unwrap();
        leaves.await.unwrap();
        // Nobody is let in beyond the bound of both, and whoever is served keeps what he has.
        let third = take();
        assert!(places.is_over_full());
        let room = tokio::time::timeout(TRY_AGAIN * 2, places.room()).await;
        assert!(room.is_err());
        drop((third, first));
        assert!(!places.is_over_full());
        drop((second, running, served, other));
    }
}
