//! The listeners as the configuration wants them: their bounds and their certificates.

use std::sync::Arc;

use anyhow::Context as _;
use prometheus_client::metrics::gauge::Gauge;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::certificates::{self, Files, Shown};
use crate::config::{Config, tls};
use crate::gateway::upstreams;
use crate::listener::accept::Listening;
use crate::listener::files::{Kept, share};
use crate::listener::places::{Bounds, Places};
use crate::metrics::Metrics;

/// What the listeners share.
pub struct Front {
    config: Arc<Config>,
    places: Arc<Places>,
    admin_places: Arc<Places>,
    tls: Option<TlsAcceptor>,
    admin_tls: Option<TlsAcceptor>,
}

impl Front {
    /// Reads the certificates and begins to look whether they change. `files` is how many this process may have open.
    ///
    /// # Errors
    /// A certificate that cannot be shown, in words for the operator.
    pub fn new(
        config: &Arc<Config>,
        metrics: &Metrics,
        files: u64,
        stop: &watch::Receiver<bool>,
    ) -> anyhow::Result<Self> {
        let server = &config.server;
        let shares = share(files);
        let bounds = Bounds {
            most: shares.clients,
            upstreams: shares.upstreams,
            together: shares.together,
            // However few files there are, half of them are for others.
            of_one_address: server
                .connections_per_address
                .min((shares.clients / 2).max(1)),
            trusted: server.trusted_proxies.clone(),
        };
        let admin_bounds = Bounds {
            most: shares.admin,
            upstreams: 0,
            together: shares.admin,
            of_one_address: shares.admin,
            trusted: Vec::new(),
        };
        let acceptor = |shown: Vec<Shown>| -> anyhow::Result<Option<TlsAcceptor>> {
            if shown.is_empty() {
                return Ok(None);
            }
            let names = certificates::watch(shown, metrics.front.clone(), stop.clone())?;
            Ok(Some(TlsAcceptor::from(certificates::server(names)?)))
        };
        let places = Places::new(bounds, metrics.connections.clone(), metrics.front.clone());
        upstreams::borrow_from(&places);
        Ok(Self {
            config: Arc::clone(config),
            places,
            admin_places: Places::new(admin_bounds, Gauge::default(), metrics.front.clone()),
            tls: acceptor(shown(config)?)?,
            admin_tls: acceptor(
                server
                    .admin_tls
                    .iter()
                    .map(|files| read("admin", "server.admin_tls", files, Vec::new()))
                    .collect::<Result<_, _>>()?,
            )?,
        })
    }

    /// A listener for the environments.
    ///
    /// # Errors
    /// The operating system does not tell the address.
    pub fn public(&self, listener: TcpListener) -> anyhow::Result<Listening> {
        let address = listener.local_addr()?;
        let plain = self.config.server.plain_listen.contains(&address);
        Ok(self.listening(listener, plain))
    }

    /// A listener beside those of the environments, with their bounds and, unless it is `plain`, their certificates.
    pub fn listening(&self, listener: TcpListener, plain: bool) -> Listening {
        Listening {
            listener,
            tls: self.tls.clone().filter(|_| !plain),
            places: Arc::clone(&self.places),
            crowd: Arc::clone(&self.places),
            kept: Kept::none(),
        }
    }

    /// A listener for this machine's own questions: bounded as the admin address, without TLS.
    pub fn local(&self, listener: TcpListener) -> Listening {
        Listening {
            tls: None,
            ..self.admin(listener)
        }
    }

    /// The listener of the admin address.
    pub fn admin(&self, listener: TcpListener) -> Listening {
        Listening {
            listener,
            tls: self.admin_tls.clone(),
            places: Arc::clone(&self.admin_places),
            crowd: Arc::clone(&self.places),
            kept: Kept::some(),
        }
    }
}

/// Every certificate of the environments' listeners.
fn shown(config: &Config) -> anyhow::Result<Vec<Shown>> {
    let mut all = Vec::new();
    if let Some(files) = &config.server.tls {
        all.push(read("server", "server.tls", files, Vec::new())?);
    }
    for environment in &config.environments {
        let name = environment.name.as_str();
        if let Some(files) = &environment.tls {
            let key = format!("environments.{name}.tls");
            let label = format!("environment:{name}");
            all.push(read(&label, &key, files, tls::hosts(&environment.bases))?);
        }
    }
    Ok(all)
}

fn read(label: &str, key: &str, files: &Files, hosts: Vec<String>) -> anyhow::Result<Shown> {
    Shown::new(label.to_owned(), files.clone(), hosts)
        .with_context(|| format!("the certificate of {key} cannot be shown"))
}
