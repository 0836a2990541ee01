//! Which request a proxy asks about.
//!
//! Each kind of proxy describes the request in one set of headers, and its configuration sees to it that no client can
//! set them. What another set says is not read: if it is there, the request is refused, since somebody may believe it.
//! The same goes for a header that is there twice, for two values in one, and for another spelling of its name.

use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use oauth::access::Head;
use oauth::access::header_name::{begins_alike, spelled_alike};

use super::PATH;
use super::gate::Gate;
use crate::config::ProxyKind;
use crate::gateway::refusal::{GatewayRefusal, Unusable};

/// The headers of one kind of proxy: method, path with query, host, scheme.
type Names = [&'static str; 4];

/// We chose these: what stands there is written in the proxy's own configuration.
const BY_CONFIGURATION: Names = [
    "x-original-method",
    "x-original-uri",
    "x-original-host",
    "x-original-proto",
];
/// These are what the proxy sends on its own.
const BY_CONVENTION: Names = [
    "x-forwarded-method",
    "x-forwarded-uri",
    "x-forwarded-host",
    "x-forwarded-proto",
];
/// Headers that say to somebody which request is meant; the hosts and schemes of others are not among them, since proxies
/// further out send those.
const DESCRIBING: [&str; 8] = [
    "x-original-method",
    "x-original-uri",
    "x-original-url",
    "x-original-path",
    "x-forwarded-method",
    "x-forwarded-uri",
    "x-forwarded-path",
    "x-rewrite-url",
];
/// From where a request came, beside `x-forwarded-…`. As they are written here each proxy's configuration sets them or takes
/// them out.
const ORIGINS: [&str; 5] = [
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
];
const SCHEMES: [&str; 4] = ["http", "https", "ws", "wss"];

/// Reads the request that is asked about. For Envoy the question itself is that request, its path behind ours.
///
/// # Errors
/// It cannot be told which request is meant, it was sent to another environment's host, or it claims an identity.
pub fn read<'a>(
    gate: &Gate,
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
) -> Result<Head<'a>, GatewayRefusal> {
    match gate.kind() {
        ProxyKind::Nginx | ProxyKind::Haproxy => described(gate, &BY_CONFIGURATION, headers),
        ProxyKind::Traefik | ProxyKind::Caddy => described(gate, &BY_CONVENTION, headers),
        ProxyKind::Envoy => itself(gate, method, uri, headers),
    }
    .map_err(|fault| match fault {
        Fault::Unusable(why) => GatewayRefusal::ForwardedUnusable(why),
        Fault::HostForeign => GatewayRefusal::HostForeign,
        Fault::IdentityClaimed => GatewayRefusal::IdentityClaimed,
    })
}

enum Fault {
    Unusable(Unusable),
    HostForeign,
    IdentityClaimed,
}

impl From<Unusable> for Fault {
    fn from(why: Unusable) -> Self {
        Self::Unusable(why)
    }
}

fn described<'a>(gate: &Gate, names: &Names, headers: &'a HeaderMap) -> Result<Head<'a>, Fault> {
    let [method, target, host, scheme] = collect(names, headers)?;
    let [method_name, target_name, host_name, scheme_name] = *names;
    let scheme = scheme
        .map(|value| visible(value, scheme_name))
        .transpose()?;
    if scheme.is_some_and(|scheme| !SCHEMES.contains(&scheme)) {
        return Err(Unusable::Malformed(scheme_name).into());
    }
    let required = |value: Option<&'a HeaderValue>, name| {
        let value = value.ok_or(Unusable::Missing(name))?;
        visible(value, name)
    };
    if !gate.answers_at(required(host, host_name)?) {
        return Err(Fault::HostForeign);
    }
    let target = required(target, target_name)?;
    Ok(head(required(method, method_name)?, target, target_name)?)
}

fn itself<'a>(
    gate: &Gate,
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
) -> Result<Head<'a>, Fault> {
    collect(&["", "", "", ""], headers)?;
    let mut hosts = headers.get_all(header::HOST).iter();
    // HTTP/2 says it in `:authority`, HTTP/1.1 may say it in the target as well (RFC 9112 §3.2.2).
    let authority = uri.authority().map(Authority::as_str);
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => visible(host, "host")?,
        (Some(_), Some(_)) => return Err(Unusable::Repeated("host").into()),
        (None, _) => authority.ok_or(Unusable::Missing("host"))?,
    };
    if authority.is_some_and(|authority| !authority.eq_ignore_ascii_case(host)) {
        return Err(Unusable::Contradicting.into());
    }
    if !gate.answers_at(host) {
        return Err(Fault::HostForeign);
    }
    let target = uri.path_and_query().map_or("", |target| target.as_str());
    let behind = target
        .strip_prefix(PATH)
        .ok_or(Unusable::Malformed("path"))?;
    Ok(head(method.as_str(), behind, "path")?)
}

/// The values of the kind's own headers. The identity of whoever calls is for the answer to say, in every spelling.
fn collect<'a>(
    names: &Names,
    headers: &'a HeaderMap,
) -> Result<[Option<&'a HeaderValue>; 4], Fault> {
    let mut values = [None; 4];
    for (name, value) in headers {
        let name = name.as_str();
        if is_disguised(name) {
            return Err(Unusable::Contradicting.into());
        }
        if !begins_alike(name, "x-") {
            continue;
        }
        if let Some((own, place)) = names.iter().zip(&mut values).find(|(own, _)| **own == name) {
            if place.replace(value).is_some() {
                return Err(Unusable::Repeated(own).into());
            }
        } else if names
            .iter()
            .chain(&DESCRIBING)
            .any(|known| spelled_alike(name, known))
        {
            return Err(Unusable::Contradicting.into());
        } else if begins_alike(name, "x-grantor-") {
            return Err(Fault::IdentityClaimed);
        }
    }
    Ok(values)
}

/// Whether a header says from where a request came in a spelling that no proxy uses, and so none takes out, but that many a
/// server reads as the usual one: nobody but a forger sends it.
pub fn is_disguised(name: &str) -> bool {
    let forwarded = "x-forwarded-";
    (begins_alike(name, forwarded) && !name.starts_with(forwarded))
        || ORIGINS
            .iter()
            .any(|usual| name != *usual && spelled_alike(name, usual))
}

/// A value without blanks: two values in one have at least that between them.
fn visible<'a>(value: &'a HeaderValue, name: &'static str) -> Result<&'a str, Unusable> {
    let bytes = value.as_bytes();
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_graphic) {
        return Err(Unusable::Malformed(name));
    }
    std::str::from_utf8(bytes).map_err(|_| Unusable::Malformed(name))
}

/// Takes path and query apart. A fragment is nothing that a server is told (RFC 9112 §3.2).
fn head<'a>(method: &'a str, target: &'a str, name: &'static str) -> Result<Head<'a>, Unusable> {
    if !target.starts_with('/') || target.contains('#') {
        return Err(Unusable::Malformed(name));
    }
    // Two paths in one: somebody added to a header instead of setting it.
    if target.contains(",/") {
        return Err(Unusable::Repeated(name));
    }
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    Ok(Head {
        method,
        path,
        query,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::gate::tests::gate;
    use super::*;
    use axum::http::HeaderName;

    fn asked(
        kind: ProxyKind,
        target: &str,
        lines: &[(&str, &str)],
    ) -> Result<String, (&'static str, String)> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(
                HeaderName::try_from(*name).unwrap(),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        read(
            &gate(kind),
            &Method::GET,
            &target.parse().unwrap(),
            &headers,
        )
        .map(|head| format!("{} {} {:?}", head.method, head.path, head.query))
        .map_err(|refusal| (refusal.name(), refusal.detail()))
    }

    const DESCRIBED: [(&str, &str); 4] = [
        ("X-Forwarded-Method", "POST"),
        ("X-Forwarded-Uri", "/v1/orders?x=/public/"),
        ("X-Forwarded-Host", "API.example.com"),
        ("X-Forwarded-Proto", "https"),
    ];

    fn described_and(more: &[(&str, &str)]) -> Result<String, (&'static str, String)> {
        asked(ProxyKind::Traefik, PATH, &[&DESCRIBED[..], more].concat())
    }

    #[test]
    fn each_kind_reads_its_own_headers() {
        let as_sent = Ok("POST /v1/orders Some(\"x=/public/\")".to_owned());
        let usual = [("X-Forwarded-For", "a, b"), ("X-Real-IP", "a")];
        assert_eq!(described_and(&usual), as_sent);
        let original =
            DESCRIBED.map(|(name, value)| (name.replace("Forwarded", "Original"), value));
        let original: Vec<_> = original
            .iter()
            .map(|(name, value)| (name.as_str(), *value))
            .collect();
        assert_eq!(asked(ProxyKind::Nginx, PATH, &original), as_sent);
        assert_eq!(
            asked(
                ProxyKind::Envoy,
                "/forward-auth/v1/orders?x=1",
                &[("Host", "api.example.com:443")]
            ),
            Ok("GET /v1/orders Some(\"x=1\")".to_owned())
        );
    }

    #[test]
    fn s234_contradicting_repeated_and_joined_headers_are_refused() {
        for more in [
            ("X-Original-URL", "/public/x"),
            ("X-Original-Uri", "/public/x"),
            ("X-Rewrite-Url", "/public/x"),
            ("X_Forwarded_Uri", "/public/x"),
            ("X.Forwarded.Host", "api.example.com"),
            ("X_Forwarded_For", "203.0.113.7"),
            ("X-Forwarded~Port", "443"),
            ("X.Real.IP", "203.0.113.7"),
            ("CF_Connecting_IP", "203.0.113.7"),
            ("X-Forwarded-Uri", "/public/x"),
            ("X-Forwarded-Method", "POST"),
            ("X-Forwarded-Host", "api.example.com"),
            ("X-Forwarded-Proto", "https"),
        ] {
            assert_eq!(
                described_and(&[more]).unwrap_err().0,
                "ForwardedUnusable",
                "{more:?}"
            );
        }
        for joined in [
            "/public/x, /v1/orders",
            "/public/x,/v1/orders",
            "/public?,/v1",
        ] {
            let mut lines = DESCRIBED;
            lines[1].1 = joined;
            assert!(asked(ProxyKind::Caddy, PATH, &lines).is_err(), "{joined}");
        }
    }

    #[test]
    fn s242_what_is_malformed_or_missing_is_refused() {
        for (place, value) in [
            (1, "http://[::"),
            (1, "http://api.example.com/v1"),
            (1, ""),
            (1, "*"),
            (1, "/v1/ord ers"),
            (1, "/v1/orders#x"),
            (1, "/v1/\u{e9}"),
            (0, ""),
            (0, "GET POST"),
            (2, ""),
            (3, "gopher"),
            (3, "https, http"),
        ] {
            let mut lines = DESCRIBED;
            lines[place].1 = value;
            let refused = asked(ProxyKind::Traefik, PATH, &lines).unwrap_err();
            assert_eq!(refused.0, "ForwardedUnusable", "{value}");
        }
        for missing in 0..3 {
            let mut lines = DESCRIBED.to_vec();
            lines.remove(missing);
            let refused = asked(ProxyKind::Traefik, PATH, &lines).unwrap_err();
            assert!(refused.1.starts_with("Missing"), "{refused:?}");
        }
        assert!(asked(ProxyKind::Envoy, "/forward-auth/x", &[]).is_err());
        assert!(asked(ProxyKind::Envoy, PATH, &[("host", "api.example.com")]).is_err());
    }

    #[test]
    fn a_foreign_host_is_refused() {
        for host in [
            "rc.example.com",
            "api.example.com.evil",
            "api.example.com:8443",
        ] {
            let mut lines = DESCRIBED;
            lines[2].1 = host;
            assert_eq!(
                asked(ProxyKind::Traefik, PATH, &lines).unwrap_err().0,
                "HostForeign"
            );
            let refused = asked(ProxyKind::Envoy, "/forward-auth/v1", &[("Host", host)]);
            assert_eq!(refused.unwrap_err().0, "HostForeign");
        }
    }

    #[test]
    fn s234_the_host_is_the_one_of_the_target_too() {
        let envoy = |authority: &str, lines: &[(&str, &str)]| {
            let target = format!("http://{authority}/forward-auth/v1");
            asked(ProxyKind::Envoy, &target, lines).map_err(|refused| refused.0)
        };
        let as_sent = Ok("GET /v1 None".to_owned());
        assert_eq!(envoy("api.example.com", &[]), as_sent);
        let same = [("Host", "API.example.com")];
        assert_eq!(envoy("api.example.com", &same), as_sent);
        assert_eq!(envoy("rc.example.com", &[]), Err("HostForeign"));
        assert_eq!(envoy("rc.example.com", &same), Err("ForwardedUnusable"));
        assert_eq!(
            envoy("api.example.com", &[("Host", "rc.example.com")]),
            Err("ForwardedUnusable")
        );
    }

    #[test]
    fn s237_an_identity_that_the_sender_claims_is_refused_in_every_spelling() {
        for name in [
            "X-Grantor-Account",
            "x_grantor_account",
            "X.Grantor.Scope",
            "X~Grantor!Any",
        ] {
            assert_eq!(
                described_and(&[(name, "admin")]).unwrap_err().0,
                "IdentityClaimed",
                "{name}"
            );
        }
    }
}
