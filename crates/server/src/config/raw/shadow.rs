//! `[shadow]`, as written.

use serde::Deserialize;

use super::Texts;
use crate::config::duration::Seconds;

/// `[shadow]`
#[derive(Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawShadow {
    /// The old server: scheme, host and port. Every request is passed on to it, its path unchanged. `grantor shadow
    /// --upstream URL` says the same.
    #[cfg_attr(test, schemars(extend("x-example" = "http://127.0.0.1:8000")))]
    pub upstream: Option<String>,
    /// Where `grantor shadow` listens: point the balancer that stands before the old server here.
    #[cfg_attr(test, schemars(extend("x-default" = "127.0.0.1:8090")))]
    pub listen: Option<String>,
    /// Speak no TLS at `listen` though server.tls or the environment's tls names a certificate: a balancer ends it.
    #[cfg_attr(test, schemars(extend("x-default" = false)))]
    pub plain: Option<bool>,
    /// The environment that the clients of the old server came to. May be left out where there is one.
    #[cfg_attr(test, schemars(extend("x-example" = "production")))]
    pub environment: Option<String>,
    /// The Host header that the old server is sent. Without it, the one that was asked for.
    #[cfg_attr(test, schemars(extend("x-example" = "auth.example.com")))]
    pub host: Option<String>,
    /// Where the old server answers token requests. Without it, where the environment does.
    #[cfg_attr(test, schemars(extend("x-example" = "/oauth/token")))]
    pub token_path: Option<String>,
    /// Where the old server answers introspection. Without it, where the environment does.
    #[cfg_attr(test, schemars(extend("x-example" = "/oauth/introspect")))]
    pub introspection_path: Option<String>,
    /// Where the old server revokes tokens. Without it, where the environment does.
    #[cfg_attr(test, schemars(extend("x-example" = "/oauth/revoke")))]
    pub revocation_path: Option<String>,
    /// How long the old server may take to begin its answer, and to go on with it.
    #[cfg_attr(test, schemars(extend("x-default" = "30s")))]
    pub timeout: Option<Seconds>,
    /// Requests that may be under way to the old server; the next one is answered 503.
    #[cfg_attr(test, schemars(extend("x-default" = 1024)))]
    pub requests_at_once: Option<u32>,
    /// Rehearsals that may be under way; a token request beyond them is passed on all the same, and not compared.
    #[cfg_attr(test, schemars(extend("x-default" = 16)))]
    pub rehearsals_at_once: Option<u32>,
    /// Where `GET /_shadow` tells what was seen, and `GET /metrics` counts it. It has no login: keep it on this machine.
    #[cfg_attr(test, schemars(extend("x-default" = "127.0.0.1:9091")))]
    pub report_listen: Option<String>,
    /// Clients whose token requests Grantor answers, and no longer the old server.
    #[cfg_attr(test, schemars(extend("x-example" = ["client-id-1"])))]
    pub canary: Option<Texts>,
    /// A file with more of them, one client id a line. It is read again when it changes, and on SIGHUP.
    #[cfg_attr(test, schemars(extend("x-example" = "canary.txt")))]
    pub canary_file: Option<String>,
    /// When Grantor is away or answers 5xx for such a client, let the old server answer.
    #[cfg_attr(test, schemars(extend("x-default" = false)))]
    pub canary_fallback: Option<bool>,
    /// Where the running `grantor serve` is asked for those clients. Without it, the first of server.listen that speaks
    /// plain HTTP.
    #[cfg_attr(test, schemars(extend("x-example" = "http://127.0.0.1:8080")))]
    pub grantor: Option<String>,
}
