//! Whoever stands behind a proxy that is not listed limits all customers as one address. That is said before anyone is refused.
//!
//! An address looks like such a proxy when it passes requests of others on (`X-Forwarded-For`) and is either no address of the
//! internet itself or passes on for several that are. Anyone can write such a header: so nothing is decided by it, and it
//! is said once in a while only.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use ipnet::IpNet;
use store::Millis;

/// So many addresses of the internet behind one are no accident.
const SEVERAL: usize = 5;
/// Seen within so long, and said again after it.
const LONG: Millis = 10 * 60 * 1000;
/// So many addresses are watched at once.
const MOST: usize = 1_000;

/// Addresses that may be our own proxies.
#[derive(Default)]
pub struct OwnProxy {
    watched: Mutex<HashMap<IpAddr, Watched>>,
}

struct Watched {
    since: Millis,
    behind: HashSet<IpAddr>,
    is_told: bool,
}

impl OwnProxy {
    /// Whether the address that a request counts for looks like a proxy of ours that nobody listed; logs it once in ten minutes.
    pub fn passes_on(
        &self,
        address: IpAddr,
        headers: &HeaderMap,
        trusted: &[IpNet],
        now: Millis,
    ) -> bool {
        // The usual case costs one look.
        let Some(behind) = first_behind(address, headers, trusted) else {
            return false;
        };
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if watched.len() >= MOST && !watched.contains_key(&address) {
            watched.retain(|_, seen| seen.since > now - LONG);
            if watched.len() >= MOST {
                return false;
            }
        }
        let seen = watched.entry(address).or_insert_with(|| Watched::new(now));
        if seen.since <= now - LONG {
            *seen = Watched::new(now);
        }
        if seen.behind.len() < SEVERAL && is_of_the_internet(behind) {
            seen.behind.insert(behind);
        }
        let is_own = !is_of_the_internet(address) || seen.behind.len() >= SEVERAL;
        if is_own && !seen.is_told {
            seen.is_told = true;
            tracing::warn!(
                %address,
                "you are limiting your own proxy: this address passes requests of others on and is not in server.trusted_proxies, so that everyone behind it counts as one"
            );
        }
        is_own
    }
}

impl Watched {
    fn new(since: Millis) -> Self {
        Self {
            since,
            behind: HashSet::new(),
            is_told: false,
        }
    }
}

/// The first address that is said to stand behind the one that counts, and is no proxy we know.
fn first_behind(address: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let lines = headers.get_all("x-forwarded-for").iter();
    let hops = lines.filter_map(|line| line.to_str().ok());
    let mut hops = hops
        .flat_map(|line| line.split(','))
        .filter_map(|hop| hop.trim().parse::<IpAddr>().ok())
        .map(|hop| hop.to_canonical());
    hops.find(|hop| {
        let known = trusted.iter().any(|net| net.contains(hop));
        super::rate::bucket(*hop) != address && !known
    })
}

/// Whether an address can be one of a customer somewhere: not private, of this machine or of this link (RFC 6890).
fn is_of_the_internet(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let [first, second, ..] = four.octets();
            let shared = first == 100 && (64..128).contains(&second);
            !(four.is_private()
                || four.is_loopback()
                || four.is_link_local()
                || shared
                || first == 0)
        }
        IpAddr::V6(six) => {
            !(six.is_loopback()
                || six.is_unique_local()
                || six.is_unicast_link_local()
                || six.is_unspecified())
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn looks(own: &OwnProxy, address: &str, forwarded: &str, now: Millis) -> bool {
        let mut headers = HeaderMap::new();
        if !forwarded.is_empty() {
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        own.passes_on(address.parse().unwrap(), &headers, &trusted, now)
    }

    #[test]
    fn a_proxy_that_nobody_listed_is_noticed_and_a_customers_own_is_not() {
        let own = OwnProxy::default();
        // Behind a machine of one's own.
        assert!(looks(&own, "192.168.1.1", "198.51.100.7", 0));
        assert!(!looks(&own, "192.168.1.1", "", 0));
        // A customer behind its own proxy, and one that wrote its own address.
        assert!(!looks(&own, "203.0.113.1", "192.168.7.7", 0));
        assert!(!looks(&own, "203.0.113.1", "203.0.113.1, 10.0.0.1", 0));
        // A content network of ours: many customers come from one of its addresses.
        for (behind, is_own) in [
            (1, false),
            (1, false),
            (2, false),
            (3, false),
            (4, false),
            (5, true),
        ] {
            let forwarded = format!("198.51.100.{behind}, 203.0.113.9");
            assert_eq!(
                looks(&own, "203.0.113.9", &forwarded, 0),
                is_own,
                "{behind}"
            );
        }
        assert!(
            !looks(&own, "203.0.113.9", "198.51.100.1", LONG),
            "forgotten"
        );
    }
}
