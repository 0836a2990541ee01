//! Base URLs: what an environment answers on, and what the gateway passes requests to.
//!
//! A base is scheme, host and port. A path would have to be cut off or put on again at every
//! door, and cookies and issuers compared with care for it; so there is none.

use url::{Host, Url};

/// Reads a base URL. The error is a sentence without the URL in it, which may hold a password.
pub fn parse(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("this is not a URL ({error}); write it as https://auth.example.com"))?;
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
    url.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
