//! Who may ask, and about whose requests.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use ipnet::IpNet;
use store::{Actor, Millis};

use crate::config::ProxyKind;
use crate::context::Context;
use crate::gateway::refusal::GatewayRefusal;
use crate::listener::dispatch::authorities;
use crate::listener::forwarded::is_trusted;
use crate::platform::Issuer;

/// A stranger who asks again is not told of again before.
const QUIET: Millis = 10 * 60 * 1000;
/// So many strangers are remembered; beyond, none is told of until old ones are forgotten.
const MOST: usize = 10_000;

/// One environment's side of forward-auth.
pub struct Gate {
    kind: ProxyKind,
    trusted: Vec<IpNet>,
    /// Every spelling of the environment's own authorities, in lower case.
    authorities: Vec<String>,
    strangers: Mutex<HashMap<IpAddr, Millis>>,
}

impl Gate {
    /// None where nobody is to ask.
    pub fn of(issuer: &Issuer) -> Option<Self> {
        let forward_auth = issuer.environment.forward_auth.as_ref()?;
        Some(Self {
            kind: forward_auth.kind,
            trusted: forward_auth.trusted_peers.clone(),
            authorities: issuer
                .environment
                .bases
                .iter()
                .flat_map(authorities)
                .collect(),
            strangers: Mutex::default(),
        })
    }

    /// The kind of proxy that asks.
    pub fn kind(&self) -> ProxyKind {
        self.kind
    }

    /// Whether the peer at the other end of the connection may ask; what anyone forwards about it does not count.
    ///
    /// # Errors
    /// It is not listed.
    pub fn lets_ask(&self, peer: IpAddr) -> Result<(), GatewayRefusal> {
        if is_trusted(peer, &self.trusted) {
            Ok(())
        } else {
            Err(GatewayRefusal::ProxyUnlisted(peer.to_canonical()))
        }
    }

    /// Whether an authority is one of this environment's.
    pub fn answers_at(&self, authority: &str) -> bool {
        self.authorities
            .iter()
            .any(|own| own.eq_ignore_ascii_case(authority))
    }

    /// Writes into the audit trail that somebody asked who may not: once in ten minutes for each address.
    pub async fn tell_of(&self, peer: IpAddr, context: &Context) {
        if !self.is_new(peer, context.now) {
            return;
        }
        let event = context.audit("forward_auth.refused", Actor::Anonymous);
        if let Err(error) = context.platform.store.record(event).await {
            tracing::warn!(%error, "an audit event could not be written");
        }
    }

    fn is_new(&self, peer: IpAddr, now: Millis) -> bool {
        let mut strangers = self
            .strangers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if strangers.len() >= MOST {
            strangers.retain(|_, at| *at > now - QUIET);
        }
        let known = strangers.get(&peer).is_some_and(|at| *at > now - QUIET);
        if known || strangers.len() >= MOST {
            return false;
        }
        strangers.insert(peer, now);
        true
    }
}

#[cfg(test)]
pub mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A gate for questions of that kind about api.example.com, from 10.0.0.0/8.
    pub fn gate(kind: ProxyKind) -> Gate {
        Gate {
            kind,
            trusted: vec!["10.0.0.0/8".parse().unwrap()],
            authorities: authorities(&"https://api.example.com".parse().unwrap()),
            strangers: Mutex::default(),
        }
    }

    #[test]
    fn s235_only_listed_peers_may_ask() {
        let gate = gate(ProxyKind::Caddy);
        let asks = |peer: &str| gate.lets_ask(peer.parse().unwrap()).is_ok();
        assert!(asks("10.1.2.3") && asks("::ffff:10.1.2.3"));
        assert!(!asks("127.0.0.1") && !asks("192.0.2.1") && !asks("::1"));
    }

    #[test]
    fn s235_a_stranger_is_told_of_once_in_ten_minutes() {
        let gate = gate(ProxyKind::Caddy);
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        assert!(gate.is_new(one, 0) && !gate.is_new(one, QUIET - 1) && gate.is_new(other, 1));
        assert!(gate.is_new(one, QUIET));
    }
}
