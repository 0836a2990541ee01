//! `[server]` and `[log]`: where to listen, whom to believe, what to print.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use tracing_subscriber::filter::Targets;

use super::findings::Findings;
use super::key::Key;
use super::raw::{RawLog, RawServer, RawTls};
use super::tls;
use crate::certificates::Files;

/// `[server]`
#[derive(Clone, Debug)]
pub struct Server {
    /// Where environments answer.
    pub listen: Vec<SocketAddr>,
    /// Where `/healthz`, `/readyz`, `/metrics` and `/admin/v1` answer.
    pub admin: SocketAddr,
    /// Where Envoy asks by gRPC; None: nowhere.
    pub ext_authz: Option<SocketAddr>,
    /// Where the master key lies, unless an environment variable holds it.
    pub master_key_file: PathBuf,
    /// Peers whose forwarded headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Seconds that everything is still served after a stop signal, while the server says that it is not ready.
    pub shutdown_delay: u64,
    /// Seconds that running requests get to finish after that.
    pub shutdown_grace: u64,
    /// Connections that one address may have open.
    pub connections_per_address: usize,
    /// Those of `listen` that speak no TLS though there is a certificate.
    pub plain_listen: Vec<SocketAddr>,
    /// The certificate for every name that has none of its own.
    pub tls: Option<Files>,
    /// The admin address's certificate.
    pub admin_tls: Option<Files>,
}

/// `[log]`
#[derive(Clone, Debug)]
pub struct Log {
    /// How a line looks.
    pub format: LogFormat,
    /// Levels, such as `info` or `info,grantor=debug`.
    pub level: String,
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people on a terminal, else one JSON object a line.
    Auto,
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// Resolves `[server]`; relative paths start at `folder`.
pub fn resolve(raw: &RawServer, folder: &Path, findings: &mut Findings) -> Option<Server> {
    let section = Key::top("server");
    let listen = listen(&section.name("listen"), raw, findings);
    let plain_listen = plain_listen(&section.name("plain_listen"), raw, &listen, findings);
    let tls = |name: &str, written: &Option<RawTls>, findings: &mut Findings| {
        tls::resolve(&section.name(name), written.as_ref()?, folder, findings)
    };
    let (tls, admin_tls) = (
        tls("tls", &raw.tls, findings),
        tls("admin_tls", &raw.admin_tls, findings),
    );
    if raw.connections_per_address == Some(0) {
        findings.mistake(
            &section.name("connections_per_address"),
            "nobody could connect; write 1 or more, or leave the key out",
        );
    }
    let admin_key = section.name("admin");
    let admin = address(
        &admin_key,
        raw.admin.as_deref().unwrap_or("127.0.0.1:9090"),
        findings,
    );
    if let Some(admin) = admin {
        if admin.port() != 0 && listen.contains(&admin) {
            findings.mistake(
                &admin_key,
                "the admin address is also in server.listen; give it a port of its own",
            );
        }
        if !admin.ip().is_loopback() {
            findings.warning(
                &admin_key,
                "other machines can reach the admin address, and /metrics there needs no login",
            );
        }
    }
    let ext_authz_key = section.name("ext_authz");
    let ext_authz = raw
        .ext_authz
        .as_deref()
        .and_then(|text| address(&ext_authz_key, text, findings));
    if ext_authz.is_some_and(|own| own.port() != 0 && (listen.contains(&own) || admin == Some(own)))
    {
        findings.mistake(
            &ext_authz_key,
            "another part of Grantor answers at this address; give it a port of its own",
        );
    }
    let master_key_file = raw.master_key_file.as_deref().unwrap_or("grantor.key");
    if master_key_file.is_empty() {
        findings.mistake(
            &section.name("master_key_file"),
            "name the file that holds the master key",
        );
    }
    Some(Server {
        listen,
        admin: admin?,
        ext_authz,
        master_key_file: folder.join(master_key_file),
        trusted_proxies: trusted_proxies(&section.name("trusted_proxies"), raw, findings),
        shutdown_delay: raw.shutdown_delay.map_or(0, |delay| delay.0),
        shutdown_grace: raw.shutdown_grace.map_or(30, |grace| grace.0),
        connections_per_address: raw
            .connections_per_address
            .and_then(|most| usize::try_from(most).ok())
            .unwrap_or(4096),
        plain_listen,
        tls,
        admin_tls,
    })
}

fn plain_listen(
    key: &Key,
    raw: &RawServer,
    listen: &[SocketAddr],
    findings: &mut Findings,
) -> Vec<SocketAddr> {
    let mut plain = Vec::new();
    for (index, text) in raw.plain_listen.iter().flatten().enumerate() {
        let key = key.index(index);
        match address(&key, text, findings) {
            Some(address) if listen.contains(&address) => plain.push(address),
            Some(address) => findings.mistake(
                &key,
                format!("{address} is not in server.listen, so nothing listens there"),
            ),
            None => {}
        }
    }
    plain
}

fn listen(key: &Key, raw: &RawServer, findings: &mut Findings) -> Vec<SocketAddr> {
    let Some(texts) = &raw.listen else {
        return vec![SocketAddr::from(([127, 0, 0, 1], 8080))];
    };
    if texts.is_empty() {
        findings.mistake(
            key,
            "no address to listen on; name one, such as \"127.0.0.1:8080\"",
        );
    }
    let mut addresses = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let key = key.index(index);
        let Some(address) = address(&key, text, findings) else {
            continue;
        };
        // Port 0 asks the system for a free port, a different one each time.
        if address.port() != 0 && addresses.contains(&address) {
            findings.mistake(
                &key,
                format!("{address} is in the list twice; take one out"),
            );
        }
        addresses.push(address);
    }
    addresses
}

/// Reads an address to listen on.
pub fn address(key: &Key, text: &str, findings: &mut Findings) -> Option<SocketAddr> {
    let address = text.parse().ok();
    if address.is_none() {
        let text = text.escape_debug();
        findings.mistake(key, format!("\"{text}\" is not an IP address with a port; write it as \"127.0.0.1:8080\" or \"[::]:8080\""));
    }
    address
}

fn trusted_proxies(key: &Key, raw: &RawServer, findings: &mut Findings) -> Vec<IpNet> {
    let mut networks = Vec::new();
    for (index, text) in raw.trusted_proxies.iter().flatten().enumerate() {
        let key = key.index(index);
        let network = text
            .parse::<IpNet>()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        match network {
            Ok(network) => {
                if network.prefix_len() == 0 {
                    findings.warning(
                        &key,
                        format!("{network} trusts every machine: anyone can forge the address that limits and the audit trail go by"),
                    );
                }
                networks.push(network);
            }
            Err(_) => {
                let text = text.escape_debug();
                findings.mistake(&key, format!("\"{text}\" is no address and no CIDR; write it as \"10.0.0.7\" or \"10.0.0.0/8\""));
            }
        }
    }
    networks
}

/// Resolves `[log]`.
pub fn resolve_log(raw: &RawLog, findings: &mut Findings) -> Log {
    let section = Key::top("log");
    let choices = [
        ("auto", LogFormat::Auto),
        ("json", LogFormat::Json),
        ("text", LogFormat::Text),
    ];
    let format = findings.choose(
        &section.name("format"),
        raw.format.as_deref().unwrap_or("auto"),
        &choices,
    );
    let level = raw.level.as_deref().unwrap_or("info");
    if level.parse::<Targets>().is_err() {
        let level = level.escape_debug();
        findings.mistake(
            &section.name("level"),
            format!("\"{level}\" is no log level; write error, warn, info, debug or trace"),
        );
    }
    Log {
        format: format.unwrap_or(LogFormat::Auto),
        level: level.to_owned(),
    }
}
