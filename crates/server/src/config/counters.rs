//! `[counters]`: where limits are counted.

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};
use secrecy::{ExposeSecret, SecretString};

use super::findings::Findings;
use super::key::Key;
use super::raw::RawCounters;

/// `[counters]`
#[derive(Clone, Debug)]
pub struct Counters {
    /// The address of the Redis or Valkey that nodes share, which may hold a password; None: each counts for itself.
    pub redis: Option<SecretString>,
    /// How many nodes there are at least.
    pub nodes: u32,
}

impl Counters {
    /// Whether the address holds a password.
    pub fn holds_password(&self) -> bool {
        self.redis
            .as_ref()
            .and_then(|url| read(url.expose_secret()))
            .is_some_and(|info| info.redis_settings().password().is_some())
    }
}

/// Resolves `[counters]`.
pub fn resolve(raw: &RawCounters, findings: &mut Findings) -> Option<Counters> {
    let section = Key::top("counters");
    let (url_key, nodes_key) = (section.name("url"), section.name("nodes"));
    let nodes = raw.nodes.unwrap_or(1);
    if nodes == 0 {
        findings.mistake(&nodes_key, "there is at least one node");
    }
    let redis = match raw.url.as_deref() {
        None | Some("memory:") => None,
        // Judged here so that no message repeats the text, which may hold a password.
        Some(url) if url.starts_with("redis://") || url.starts_with("rediss://") => {
            let Some(info) = read(url) else {
                findings.mistake(
                    &url_key,
                    "this is no address of a Redis; write it as \"redis://USER:PASSWORD@HOST:6379/0\"",
                );
                return None;
            };
            if goes_in_the_clear(&info) {
                findings.warning(
                    &url_key,
                    "the password and the addresses of your customers go to another machine in the clear; use \"rediss://\", or a network that nobody else is on",
                );
            }
            Some(SecretString::from(url))
        }
        Some(_) => {
            findings.mistake(
                &url_key,
                "limits are counted in \"memory:\" or in \"redis://USER:PASSWORD@HOST:6379/0\"; nothing else is known here",
            );
            return None;
        }
    };
    if redis.is_none() && nodes > 1 {
        findings.warning(
            &nodes_key,
            format!("{nodes} nodes that each count in \"memory:\" let through {nodes} times each limit; let them share counters.url"),
        );
    }
    Some(Counters { redis, nodes })
}

fn read(url: &str) -> Option<ConnectionInfo> {
    url.into_connection_info().ok()
}

fn goes_in_the_clear(info: &ConnectionInfo) -> bool {
    match info.addr() {
        ConnectionAddr::Tcp(host, _) => {
            let host = host.trim_matches(['[', ']']);
            let address = host.parse::<std::net::IpAddr>();
            host != "localhost" && !address.is_ok_and(|address| address.is_loopback())
        }
        _ => false,
    }
}
