//! `[shadow]`: the old server that `grantor shadow` stands before, and for whom Grantor answers already.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;

use super::base_url;
use super::environment::Environment;
use super::findings::Findings;
use super::key::Key;
use super::raw::RawShadow;
use super::server::{Server, address};
use super::upstream::Upstream;

/// `[shadow]`
#[derive(Clone, Debug)]
pub struct Shadow {
    /// The old server.
    pub upstream: Upstream,
    /// Where it is stood in for.
    pub listen: SocketAddr,
    /// Whether TLS is somebody else's matter there.
    pub plain: bool,
    /// The environment that is rehearsed.
    pub environment: Arc<Environment>,
    /// The `Host` for the old server; None: the one that was asked for.
    pub host: Option<HeaderValue>,
    /// Where the old server answers token requests.
    pub token_path: String,
    /// Where it answers introspection.
    pub introspection_path: String,
    /// Where it revokes.
    pub revocation_path: String,
    /// How long an answer may take to begin, and stand still.
    pub timeout: Duration,
    /// Requests under way to the old server.
    pub requests_at_once: usize,
    /// Rehearsals under way.
    pub rehearsals_at_once: usize,
    /// Where the report is.
    pub report_listen: SocketAddr,
    /// Clients that Grantor answers.
    pub canary: Vec<String>,
    /// More of them.
    pub canary_file: Option<PathBuf>,
    /// Whether the old server answers for them when Grantor cannot.
    pub canary_fallback: bool,
    /// The running Grantor, where there may be such clients.
    pub grantor: Option<Upstream>,
}

/// Resolves `[shadow]`; None: there is no old server. Relative paths start at `folder`.
pub fn resolve(
    raw: &RawShadow,
    folder: &Path,
    (server, environments): (Option<&Server>, &[Arc<Environment>]),
    findings: &mut Findings,
) -> Option<Shadow> {
    let section = Key::top("shadow");
    let Some(text) = raw.upstream.as_deref() else {
        if *raw != RawShadow::default() {
            findings.warning(
                &section,
                "nothing is passed on without shadow.upstream, or `grantor shadow --upstream URL`",
            );
        }
        return None;
    };
    let upstream = upstream(&section.name("upstream"), text, findings);
    let environment = environment(&section.name("environment"), raw, environments, findings);
    let listens = |name: &str, text: &Option<String>, default: &str, findings: &mut Findings| {
        let key = section.name(name);
        let found = address(&key, text.as_deref().unwrap_or(default), findings)?;
        let taken = |server: &Server| server.listen.contains(&found) || server.admin == found;
        if found.port() != 0 && server.is_some_and(taken) {
            findings.mistake(
                &key,
                "`grantor serve` answers at this address; give this a port of its own",
            );
        }
        Some(found)
    };
    let listen = listens("listen", &raw.listen, "127.0.0.1:8090", findings);
    let report_listen = listens(
        "report_listen",
        &raw.report_listen,
        "127.0.0.1:9091",
        findings,
    );
    if report_listen.is_some_and(|own| !own.ip().is_loopback()) {
        findings.warning(
            &section.name("report_listen"),
            "other machines can read the report, and it needs no login",
        );
    }
    let host = host(&section.name("host"), raw, findings);
    let mut at_once = |name: &str, written: Option<u32>, default: u32| {
        if written == Some(0) {
            let message = "nothing would be let through; write 1 or more, or leave the key out";
            findings.mistake(&section.name(name), message);
        }
        usize::try_from(written.unwrap_or(default)).unwrap_or(usize::MAX)
    };
    let requests_at_once = at_once("requests_at_once", raw.requests_at_once, 1024);
    let rehearsals_at_once = at_once("rehearsals_at_once", raw.rehearsals_at_once, 16);
    let mut path = |name: &str, written: &Option<String>, default: &str| {
        let path = written.as_deref().unwrap_or(default);
        if !path.starts_with('/') || path.contains(['?', '#']) {
            let message = "this is a path; write it as \"/oauth/token\", without a query";
            findings.mistake(&section.name(name), message);
        }
        path.to_owned()
    };
    let environment = environment?;
    let paths = &environment.paths;
    let token_path = path("token_path", &raw.token_path, &paths.token);
    let introspection_path = path(
        "introspection_path",
        &raw.introspection_path,
        &paths.introspection,
    );
    let revocation_path = path("revocation_path", &raw.revocation_path, &paths.revocation);
    let grantor = grantor(raw, server, findings);
    Some(Shadow {
        upstream: upstream?,
        listen: listen?,
        plain: raw.plain.unwrap_or(false),
        host,
        token_path,
        introspection_path,
        revocation_path,
        timeout: Duration::from_secs(raw.timeout.map_or(30, |timeout| timeout.0)),
        requests_at_once,
        rehearsals_at_once,
        report_listen: report_listen?,
        canary: raw.canary.clone().unwrap_or_default(),
        canary_file: raw.canary_file.as_ref().map(|file| folder.join(file)),
        canary_fallback: raw.canary_fallback.unwrap_or(false),
        grantor,
        environment,
    })
}

fn upstream(key: &Key, text: &str, findings: &mut Findings) -> Option<Upstream> {
    match Upstream::parse(text) {
        Ok(upstream) => {
            if upstream.url.scheme() == "http" && !base_url::is_loopback(&upstream.url) {
                findings.warning(
                    key,
                    "the clients' secrets cross the network to the old server without TLS",
                );
            }
            Some(upstream)
        }
        Err(message) => {
            findings.mistake(key, message);
            None
        }
    }
}

fn environment(
    key: &Key,
    raw: &RawShadow,
    environments: &[Arc<Environment>],
    findings: &mut Findings,
) -> Option<Arc<Environment>> {
    match (raw.environment.as_deref(), environments) {
        (Some(name), all) => {
            let found = all
                .iter()
                .find(|environment| environment.name.as_str() == name);
            if found.is_none() {
                let name = name.escape_debug();
                findings.mistake(key, format!("there is no environment \"{name}\""));
            }
            found.cloned()
        }
        (None, [only]) => Some(Arc::clone(only)),
        // An environment that could not be read is a mistake already.
        (None, []) => None,
        (None, _) => {
            let message = "there are several environments; name the one that the old server's clients came to (grantor shadow --environment E)";
            findings.mistake(key, message);
            None
        }
    }
}

fn host(key: &Key, raw: &RawShadow, findings: &mut Findings) -> Option<HeaderValue> {
    let text = raw.host.as_deref()?;
    let value = text
        .parse::<axum::http::uri::Authority>()
        .ok()
        .and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    if value.is_none() {
        let message = "this is no host; write it as \"auth.example.com\", with a port where one is";
        findings.mistake(key, message);
    }
    value
}

/// What only a look at the files says: whether the canary's can be read.
pub fn judge(shadow: Option<&Shadow>, findings: &mut Findings) {
    let Some(file) = shadow.and_then(|shadow| shadow.canary_file.as_deref()) else {
        return;
    };
    if let Err(error) = std::fs::read_to_string(file) {
        let key = Key::top("shadow").name("canary_file");
        let message = format!("{} cannot be read ({error})", file.display());
        findings.warning(&key, message);
    }
}

/// Where the running server is asked; it is needed only where clients may be answered by it.
fn grantor(raw: &RawShadow, server: Option<&Server>, findings: &mut Findings) -> Option<Upstream> {
    let key = Key::top("shadow").name("grantor");
    if let Some(text) = raw.grantor.as_deref() {
        let parsed = Upstream::parse(text);
        return parsed
            .map_err(|message| findings.mistake(&key, message))
            .ok();
    }
    if raw.canary.is_none() && raw.canary_file.is_none() {
        return None;
    }
    let server = server?;
    let found = server.listen.iter().find(|address| {
        let has_tls = server.tls.is_some() && !server.plain_listen.contains(address);
        address.port() != 0 && !has_tls
    });
    let Some(address) = found else {
        let message = "no address of server.listen speaks plain HTTP; say where Grantor is asked, such as \"https://auth.example.com\"";
        findings.mistake(&key, message);
        return None;
    };
    let believed = |net: &ipnet::IpNet| net.contains(&reached(address.ip()));
    if !server.trusted_proxies.iter().any(believed) {
        findings.warning(
            &key,
            "`grantor serve` does not believe this machine's forwarded addresses: limits and the audit trail will take all clients of the canary for one address; put it into server.trusted_proxies",
        );
    }
    let address = SocketAddr::new(reached(address.ip()), address.port());
    Upstream::parse(&format!("http://{address}")).ok()
}

/// A server that listens everywhere is reached on loopback.
fn reached(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}
