//! `[server]` with its TLS, `[log]`, `[storage]` and `[counters]`, as written.

use serde::Deserialize;

use super::Texts;
use crate::config::duration::Seconds;

/// `[server]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawServer {
    /// Addresses on which the environments answer. Which environment is meant, the authority (host and port) of the request
    /// says: it is compared with the environments' `url` and `aliases`.
    #[cfg_attr(test, schemars(extend("x-default" = ["127.0.0.1:8080"])))]
    pub listen: Option<Texts>,
    /// Address of `/healthz`, `/readyz`, `/metrics` and, behind a bearer token, `/admin/v1`.
    #[cfg_attr(test, schemars(extend("x-default" = "127.0.0.1:9090")))]
    pub admin: Option<String>,
    /// File that holds the master key, unless GRANTOR_MASTER_KEY_FILE or GRANTOR_MASTER_KEY says otherwise. It is made, readable
    /// by you alone, with a new database and never beside an old one. A relative path starts at this file's folder.
    #[cfg_attr(test, schemars(extend("x-default" = "grantor.key")))]
    pub master_key_file: Option<String>,
    /// Proxies, as addresses or CIDRs, whose `X-Forwarded-For` and `X-Forwarded-Host` are believed; anyone else's are ignored.
    /// With a trusted proxy in front, an environment's `url` may be plain http for any host, since the proxy ends TLS.
    #[cfg_attr(test, schemars(extend("x-default" = [])))]
    pub trusted_proxies: Option<Texts>,
    /// How long everything is still served after a stop signal while `/readyz` says 503 already: longer than a balancer takes to
    /// notice, and no request meets a closed door. Default: not at all.
    #[cfg_attr(test, schemars(extend("x-example" = "5s")))]
    pub shutdown_delay: Option<Seconds>,
    /// How long running requests may take to finish after that.
    #[cfg_attr(test, schemars(extend("x-default" = "30s")))]
    pub shutdown_grace: Option<Seconds>,
    /// Address on which Envoy asks by gRPC (`ext_authz`) whether a request may pass, in cleartext HTTP/2. It answers for the
    /// environments whose `forward_auth.kind` is envoy. Default: nowhere.
    #[cfg_attr(test, schemars(extend("x-example" = "127.0.0.1:9191")))]
    pub ext_authz: Option<String>,
    /// Connections that one address may have open at a time; the next is closed at once. Trusted proxies may have any number. A
    /// network of 64 bits counts as one address in IPv6.
    #[cfg_attr(test, schemars(extend("x-default" = 4096)))]
    pub connections_per_address: Option<u32>,
    /// Addresses of `listen` that speak no TLS though there is a certificate: for a proxy on the same machine, say.
    #[cfg_attr(test, schemars(extend("x-default" = [])))]
    pub plain_listen: Option<Texts>,
    /// Grantor ends TLS itself: what is shown to whoever asks for no name, or for one that has no certificate of its own.
    pub tls: Option<RawTls>,
    /// TLS on the admin address. The commands of this machine know the certificate by its file.
    pub admin_tls: Option<RawTls>,
}

/// `server.tls`, `server.admin_tls` and `environments.NAME.tls`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawTls {
    /// The certificate and what leads from it to its issuer, in PEM, ours first. Read again when it changes, without a restart.
    #[cfg_attr(test, schemars(extend("x-example" = "chain.pem", "x-required" = true)))]
    pub certificate: Option<String>,
    /// Its private key, in PEM, without a passphrase. Only Grantor should be able to read it.
    #[cfg_attr(test, schemars(extend("x-example" = "key.pem", "x-required" = true)))]
    pub key: Option<String>,
}

/// `[log]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawLog {
    /// "text" for people, "json" for programs (one object a line), or "auto": text on a terminal, json elsewhere.
    #[cfg_attr(test, schemars(extend("x-default" = "auto")))]
    pub format: Option<String>,
    /// What is logged: error, warn, info, debug or trace, also per module ("info,grantor::gateway=debug").
    #[cfg_attr(test, schemars(extend("x-default" = "info")))]
    pub level: Option<String>,
}

/// `[storage]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawStorage {
    /// "sqlite:FILE", made when it is absent, or "postgres://USER:PASSWORD@HOST/DATABASE". A relative path starts at this file's
    /// folder. A password is better set by the variable than written here.
    #[cfg_attr(test, schemars(extend("x-default" = "sqlite:grantor.db")))]
    pub url: Option<String>,
    /// Whether `grantor serve` brings a PostgreSQL database up to date by itself; otherwise `grantor migrate up` does. SQLite
    /// always is.
    #[cfg_attr(test, schemars(extend("x-default" = false)))]
    pub migrate: Option<bool>,
}

/// `[counters]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawCounters {
    /// Where requests are counted for `token_requests_per_minute` and `concurrent_requests`. "memory:" counts in this process.
    /// With several nodes "redis://USER:PASSWORD@HOST:6379/0", or "rediss://…" for TLS, counts over all of them, in a Redis or
    /// Valkey. While that is away, each node enforces its share. A password is better set by the variable than written here.
    #[cfg_attr(test, schemars(extend("x-default" = "memory:")))]
    pub url: Option<String>,
    /// How many nodes there are at least. Nodes find each other by what they share; this counts where they cannot, such as
    /// when they start while it is away: each then enforces the limit divided by this number.
    #[cfg_attr(test, schemars(extend("x-default" = 1)))]
    pub nodes: Option<u32>,
}
