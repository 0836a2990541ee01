//! `[server]` and `[log]`: where to listen, whom to believe, what to print.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;

/// `[server]`
#[derive(Clone, Debug)]
pub struct Server {
    /// Where environments answer.
    pub listen: Vec<SocketAddr>,
    /// Where `/healthz`, `/readyz`, `/metrics` and `/admin/v1` answer.
    pub admin: SocketAddr,
    /// Where the master key lies, unless an environment variable holds it.
    pub master_key_file: PathBuf,
    /// Peers whose forwarded headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Seconds that running requests get to finish after a stop signal.
    pub shutdown_grace: u64,
}

/// `[log]`
#[derive(Clone, Debug)]
pub struct Log {
    /// How a line looks.
    pub format: LogFormat,
    /// An `EnvFilter` directive, such as `info` or `grantor=debug`.
    pub level: String,
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}
