//! `[environments.NAME.forward_auth]`, as written.

use serde::Deserialize;

use super::Texts;

/// `[environments.NAME.forward_auth]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawForwardAuth {
    /// The proxy that asks: nginx, traefik, caddy, haproxy or envoy. It says in which headers the request is described; no others
    /// are read. See docs/forward-auth.md.
    #[cfg_attr(test, schemars(extend("x-example" = "nginx", "x-required" = true)))]
    pub kind: Option<String>,
    /// Addresses or CIDRs of the proxies that may ask, compared with the connection's own address. Whoever is not listed is
    /// answered 403; an empty list lists nobody.
    #[cfg_attr(test, schemars(extend("x-example" = ["10.0.0.7"], "x-required" = true)))]
    pub trusted_peers: Option<Texts>,
}
