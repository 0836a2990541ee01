//! Where a request came from, and how the next server is told: by what was verified, and by what a trusted proxy says.

use std::net::IpAddr;

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::request::Parts;
use ipnet::IpNet;

use crate::gateway::headers::{is_of_the_connection, named_by_connection};
use crate::listener::address;
use crate::listener::forwarded::{is_trusted, remote_address};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// What a sender may claim of itself, and only a proxy that is trusted is believed.
const CLAIMS: [&str; 9] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-server",
    "x-forwarded-ssl",
    "x-real-ip",
];
/// Our name among the servers that a request came through (RFC 9110 §7.6.3).
const VIA: HeaderValue = HeaderValue::from_static("1.1 grantor-shadow");

/// Where a request came from.
pub struct Whence {
    peer: IpAddr,
    /// Who sent it: the peer, or what a trusted proxy says.
    pub remote: IpAddr,
    believed: bool,
    has_tls: bool,
}

impl Whence {
    /// By the connection, and where its peer is trusted, by the headers.
    pub fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet], has_tls: bool) -> Self {
        Self {
            peer: peer.to_canonical(),
            remote: remote_address(peer, headers, trusted),
            believed: is_trusted(peer, trusted),
            has_tls,
        }
    }

    /// The headers for the old server: the sender's own without those of the connection, and whence it came. What a
    /// trusted proxy said stays, with that proxy's address behind it.
    pub fn to_old_server(&self, parts: &Parts, host: Option<&HeaderValue>) -> HeaderMap {
        let mut headers = end_to_end(parts, self.believed);
        let asked = asked_for(parts);
        if let Some(host) = host.or(asked.as_ref()) {
            headers.insert(header::HOST, host.clone());
        }
        if self.believed {
            let mut hops: Vec<String> = headers
                .get_all(FORWARDED_FOR)
                .iter()
                .filter_map(|line| line.to_str().ok().map(str::to_owned))
                .collect();
            hops.push(address::text(self.peer));
            set(&mut headers, FORWARDED_FOR, &hops.join(", "));
        } else {
            set(&mut headers, FORWARDED_FOR, &address::text(self.remote));
        }
        if let Some(asked) = asked.filter(|_| !headers.contains_key(FORWARDED_HOST)) {
            headers.insert(FORWARDED_HOST, asked);
        }
        if !headers.contains_key(FORWARDED_PROTO) {
            let spoken = if self.has_tls { "https" } else { "http" };
            headers.insert(FORWARDED_PROTO, HeaderValue::from_static(spoken));
        }
        headers.append(header::VIA, VIA);
        headers
    }

    /// The headers for `grantor serve`: the one address that was verified, under the environment's own name.
    pub fn to_grantor(&self, parts: &Parts, authority: &HeaderValue) -> HeaderMap {
        let mut headers = end_to_end(parts, false);
        headers.insert(header::HOST, authority.clone());
        headers.insert(FORWARDED_HOST, authority.clone());
        set(&mut headers, FORWARDED_FOR, &address::text(self.remote));
        headers.append(header::VIA, VIA);
        headers
    }
}

/// Whether a request came through here before: then the old server's address leads back to us.
pub fn came_by_here(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(header::VIA).iter();
    lines.any(|line| {
        line.to_str()
            .is_ok_and(|line| line.contains("grantor-shadow"))
    })
}

/// The headers of an answer without those of its connection.
pub fn back(received: &HeaderMap) -> HeaderMap {
    let named = named_by_connection(received);
    let chunked = received.contains_key(header::TRANSFER_ENCODING);
    let mut headers = HeaderMap::with_capacity(received.len());
    for (name, value) in received {
        let misleading = name == header::CONTENT_LENGTH && chunked;
        if !(is_of_the_connection(name, &named) || misleading) {
            headers.append(name.clone(), value.clone());
        }
    }
    headers
}

fn end_to_end(parts: &Parts, believed: bool) -> HeaderMap {
    let named = named_by_connection(&parts.headers);
    let mut headers = HeaderMap::with_capacity(parts.headers.len() + 4);
    for (name, value) in &parts.headers {
        let claim = !believed && CLAIMS.contains(&name.as_str());
        if !(claim || is_of_the_connection(name, &named) || name == header::HOST) {
            headers.append(name.clone(), value.clone());
        }
    }
    headers
}

fn asked_for(parts: &Parts) -> Option<HeaderValue> {
    match parts.uri.authority() {
        Some(authority) => HeaderValue::from_str(authority.as_str()).ok(),
        None => parts.headers.get(header::HOST).cloned(),
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use axum::http::Request;

    fn sent(trusted: &[&str], headers: &[(&str, &str)]) -> HeaderMap {
        let mut request = Request::post("/oauth/token").header("host", "auth.example.com");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        let peer = "10.0.0.1".parse().unwrap();
        Whence::of(peer, &parts.headers, &trusted, false).to_old_server(&parts, None)
    }

    #[test]
    fn s256_only_a_trusted_proxy_says_where_a_request_came_from() {
        let claims = [
            ("x-forwarded-for", "192.0.2.7"),
            ("x-forwarded-proto", "https"),
            ("x-real-ip", "192.0.2.7"),
        ];
        let headers = sent(&[], &claims);
        assert_eq!(headers["x-forwarded-for"], "10.0.0.1");
        assert_eq!(headers["x-forwarded-proto"], "http");
        assert!(!headers.contains_key("x-real-ip"));
        let headers = sent(&["10.0.0.0/8"], &claims);
        assert_eq!(headers["x-forwarded-for"], "192.0.2.7, 10.0.0.1");
        assert_eq!(headers["x-forwarded-proto"], "https");
        assert_eq!(headers["x-real-ip"], "192.0.2.7");
        assert_eq!(headers["host"], "auth.example.com");
    }

    #[test]
    fn s236_what_belongs_to_the_connection_stays_on_it() {
        let headers = sent(&[], &[("connection", "close, x-mine"), ("x-mine", "1")]);
        assert!(!headers.contains_key("x-mine") && !headers.contains_key("connection"));
        assert!(came_by_here(&headers));
    }
}
