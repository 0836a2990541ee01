//! Who really sent a request: the socket's peer, or the last hop that trusted proxies vouch for.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

/// Walks `X-Forwarded-For` from the right past every trusted proxy; the first address that is none is the sender.
///
/// From a peer that is not trusted nothing is read. A list that cannot be read ends the walk at the
/// last address that could.
pub fn remote_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut sender = peer.to_canonical();
    if trusted.is_empty() {
        return sender;
    }
    let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
    let hops = lines
        .iter()
        .rev()
        .flat_map(|line| line.to_str().unwrap_or("?").rsplit(','));
    for hop in hops {
        if !is_trusted(sender, trusted) {
            break;
        }
        let Ok(address) = hop.trim().parse::<IpAddr>() else {
            break;
        };
        sender = address.to_canonical();
    }
    sender
}

/// Whether forwarded headers of this peer are believed.
pub fn is_trusted(peer: IpAddr, trusted: &[IpNet]) -> bool {
    let peer = peer.to_canonical();
    trusted.iter().any(|net| net.contains(&peer))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        remote_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn s256_s257_only_trusted_hops_are_believed_from_the_right() {
        assert_eq!(seen("192.0.2.1", &["1.2.3.4"], &[]), "192.0.2.1");
        assert_eq!(
            seen("192.0.2.1", &["1.2.3.4"], &["10.0.0.0/8"]),
            "192.0.2.1"
        );
        assert_eq!(
            seen("10.0.0.1", &["1.2.3.4, 198.51.100.7"], &["10.0.0.0/8"]),
            "198.51.100.7"
        );
        assert_eq!(
            seen(
                "10.0.0.1",
                &["1.2.3.4", "198.51.100.7, 10.0.0.2"],
                &["10.0.0.0/8"]
            ),
            "198.51.100.7"
        );
        assert_eq!(
            seen("10.0.0.1", &["198.51.100.7, nonsense"], &["10.0.0.0/8"]),
            "10.0.0.1"
        );
        assert_eq!(
            seen("::ffff:10.0.0.1", &["198.51.100.7"], &["10.0.0.0/8"]),
            "198.51.100.7"
        );
        assert_eq!(seen("10.0.0.1", &[], &["10.0.0.0/8"]), "10.0.0.1");
    }
}
