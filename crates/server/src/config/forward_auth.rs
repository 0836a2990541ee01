//! `[environments.NAME.forward_auth]`: which proxy asks whether a request may pass.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;

use super::environment::Environment;
use super::findings::Findings;
use super::key::Key;
use super::raw::RawForwardAuth;

/// Who asks, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardAuth {
    /// In which words it asks, and what it makes of an answer.
    pub kind: ProxyKind,
    /// Who may ask. Never everybody.
    pub trusted_peers: Vec<IpNet>,
}

/// A kind of proxy: the headers that describe a request, and which answers it can pass on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    /// `auth_request`
    Nginx,
    /// `forwardAuth`
    Traefik,
    /// `forward_auth`
    Caddy,
    /// The Lua action of `docs/contrib/haproxy-grantor.lua`.
    Haproxy,
    /// `ext_authz`, by HTTP or gRPC.
    Envoy,
}

const KINDS: [(&str, ProxyKind); 5] = [
    ("nginx", ProxyKind::Nginx),
    ("traefik", ProxyKind::Traefik),
    ("caddy", ProxyKind::Caddy),
    ("haproxy", ProxyKind::Haproxy),
    ("envoy", ProxyKind::Envoy),
];

/// Judges the table; `concurrent_requests` is the environment's limit, which this way in cannot keep.
pub fn resolve(
    key: &Key,
    raw: &RawForwardAuth,
    concurrent_requests: u32,
    findings: &mut Findings,
) -> Option<ForwardAuth> {
    let peers_key = key.name("trusted_peers");
    let trusted_peers = trusted_peers(&peers_key, raw, findings);
    if raw.trusted_peers.iter().flatten().next().is_none() {
        findings.warning(
            &peers_key,
            "nobody is listed, so every question is answered 403; list the addresses of your proxies",
        );
    }
    if concurrent_requests > 0 {
        findings.warning(
            key,
            format!(
                "concurrent_requests = {concurrent_requests} is not kept for requests that a proxy asks about: the question ends before the request begins. Send the traffic through the gateway to have it counted"
            ),
        );
    }
    let Some(kind) = raw.kind.as_deref() else {
        findings.mistake(
            &key.name("kind"),
            "name the proxy that asks: nginx, traefik, caddy, haproxy or envoy",
        );
        return None;
    };
    Some(ForwardAuth {
        kind: findings.choose(&key.name("kind"), kind, &KINDS)?,
        trusted_peers,
    })
}

/// An address where Envoy may ask, though no environment lets it.
pub fn warn_of_nobody(
    ext_authz: Option<SocketAddr>,
    environments: &[Arc<Environment>],
    findings: &mut Findings,
) {
    let asked_by_envoy = |environment: &Arc<Environment>| {
        let forward_auth = environment.forward_auth.as_ref();
        forward_auth.is_some_and(|forward_auth| forward_auth.kind == ProxyKind::Envoy)
    };
    if ext_authz.is_some() && !environments.iter().any(asked_by_envoy) {
        findings.warning(
            &Key::top("server").name("ext_authz"),
            "no environment has forward_auth.kind = \"envoy\", so every question there is refused",
        );
    }
}

fn trusted_peers(key: &Key, raw: &RawForwardAuth, findings: &mut Findings) -> Vec<IpNet> {
    let mut networks = Vec::new();
    for (index, text) in raw.trusted_peers.iter().flatten().enumerate() {
        let key = key.index(index);
        let network = text
            .parse::<IpNet>()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        match network {
            Ok(network) if network.prefix_len() == 0 => findings.mistake(
                &key,
                format!("{network} is everybody, who could then say which request they mean; list the addresses of your proxies"),
            ),
            Ok(network) => networks.push(network),
            Err(_) => {
                let text = text.escape_debug();
                findings.mistake(&key, format!("\"{text}\" is no address and no CIDR; write it as \"10.0.0.7\" or \"10.0.0.0/8\""));
            }
        }
    }
    networks
}
