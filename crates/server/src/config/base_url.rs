//! Base URLs: what an environment answers on, and what the gateway passes requests to.
//!
//! A base is scheme, host and port. A path would have to be cut off or put on again at every
//! door, and cookies and issuers compared with care for it; so there is none.

use std::collections::BTreeMap;

use url::{Host, Url};

use super::findings::Findings;
use super::key::Key;
use super::raw::RawEnvironment;

/// Reads a base URL. The error is a sentence without the URL in it, which may hold a password.
pub fn parse(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| {
        format!("this is not a URL ({error}); write it as https://auth.example.com")
    })?;
    let mistake = if !matches!(url.scheme(), "http" | "https") {
        "only http and https are spoken here; write it as https://auth.example.com"
    } else if !url.has_host() {
        "the URL has no host"
    } else if !url.username().is_empty() || url.password().is_some() {
        "a base URL holds no user name and no password; take them out"
    } else if url.query().is_some() || url.fragment().is_some() {
        "a base URL ends after host and port; take the query or fragment out"
    } else if url.path() != "/" {
        "a base URL ends after host and port; take the path out, a path in the base is not supported"
    } else {
        return Ok(url);
    };
    Err(mistake.to_owned())
}

/// Whether the URL leads to this machine, where plain http crosses no wire.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Host and port as a `Host` header names them: by these a request finds its environment.
pub fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port_or_known_default()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Host and port as a URL is written: the port only where it is not the scheme's own.
pub fn written_authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The URL as issuer: scheme, host and port, no slash behind.
pub fn issuer(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// The base URLs of every environment, so that no two share one.
pub struct Bases {
    proxied: bool,
    /// Authority and the environment that has it.
    taken: BTreeMap<String, String>,
}

impl Bases {
    /// None yet. `proxied` says that a trusted proxy ends TLS.
    pub fn new(proxied: bool) -> Self {
        Self {
            proxied,
            taken: BTreeMap::new(),
        }
    }

    /// The base URLs of the environment `name`: its url, then its aliases.
    pub fn of(
        &mut self,
        key: &Key,
        name: &str,
        raw: &RawEnvironment,
        findings: &mut Findings,
    ) -> Vec<Url> {
        if raw.url.is_none() {
            findings.mistake(
                &key.name("url"),
                "an environment needs its url, such as \"https://auth.example.com\"",
            );
        }
        let url = raw.url.iter().map(|text| (key.name("url"), text));
        let aliases = raw
            .aliases
            .iter()
            .flatten()
            .enumerate()
            .map(|(index, text)| (key.name("aliases").index(index), text));
        let mut bases = Vec::new();
        for (key, text) in url.chain(aliases) {
            match parse(text).and_then(|url| self.claim(url, name)) {
                Ok(url) => bases.push(url),
                Err(message) => findings.mistake(&key, message),
            }
        }
        bases
    }

    fn claim(&mut self, url: Url, name: &str) -> Result<Url, String> {
        if url.scheme() == "http" && !self.proxied && !is_loopback(&url) {
            return Err("plain http is for loopback addresses only; write https, or name the proxy that ends TLS in server.trusted_proxies".to_owned());
        }
        let authority = authority(&url);
        match self.taken.get(&authority) {
            Some(other) if other == name => Err(format!(
                "{authority} is named twice in this environment; take one out"
            )),
            Some(other) => Err(format!(
                "{authority} belongs to the environment {other} already, so requests could not be told apart; change one"
            )),
            None => {
                self.taken.insert(authority, name.to_owned());
                Ok(url)
            }
        }
    }
}
