//! Connections to upstreams, kept and used again: HTTP/1.1, HTTP/2, and either of them over TLS.
//!
//! They are shared by all environments and routes: an upstream does not belong to one. Over TLS the certificate is always
//! verified, and HTTP/2 is spoken where both sides want it (ALPN). Many requests then share one connection, each with a
//! window of its own: a client that reads slowly holds up nobody's answer but its own, and as much of it as its window.

mod borrowed;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};

use self::borrowed::{Borrowing, is_without_file};
use super::refusal::GatewayRefusal;
use super::upload::Upload;
use crate::config::Route;
use crate::listener::places::Places;
use crate::text::with_causes;

/// Packets that nobody answers must not keep a caller waiting; a network round the world takes a tenth of it.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// Below the five seconds after which common servers close idle connections, so that we close first.
const IDLE_AT_MOST: Duration = Duration::from_secs(4);
/// Connections that are kept to one upstream while nobody uses them; those in use are as many as requests.
const IDLE_PER_UPSTREAM: usize = 256;
/// And no more than one in so many of all that there may be: the next upstream needs some too.
const IDLE_ONE_IN: usize = 8;
/// Notices an upstream that vanished from the network in the middle of an answer.
const PROBE_EVERY: Duration = Duration::from_secs(60);
/// The same over HTTP/2, where many answers share a connection.
const PING_EVERY: Duration = Duration::from_secs(20);
const PING_WITHIN: Duration = Duration::from_secs(10);
/// What may wait of one answer over HTTP/2 while its client does not read.
const STREAM_WINDOW: u32 = 128 * 1024;
/// The most that HTTP/2 knows, so that those who wait take nothing away from the others (RFC 9113 §6.9.1).
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;

/// Speaks to upstreams of one kind.
pub type UpstreamClient = Client<HttpsConnector<Borrowing<HttpConnector>>, Upload>;

/// Whose descriptors connections to upstreams are taken from: of the process, as the connections are.
static PLACES: OnceLock<Arc<Places>> = OnceLock::new();

/// From here on each connection to an upstream takes its descriptor out of those of the listeners' connections.
pub fn borrow_from(places: &Arc<Places>) {
    let _ = PLACES.set(Arc::clone(places));
}

/// An upstream to which no connection was made because there was no descriptor for one is not to blame.
pub fn told_apart(refusal: GatewayRefusal) -> GatewayRefusal {
    match refusal {
        GatewayRefusal::UpstreamUnreachable(cause) if is_without_file(&cause) => {
            GatewayRefusal::NoFileForUpstream
        }
        other => other,
    }
}

/// What connections have in common that may be used for one another, where they are not the plain ones.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// HTTP/2 without TLS and without being asked for it ("prior knowledge", RFC 9113 §3.3).
    PlainHttp2,
    Tls {
        /// The file of the authorities that are believed; None: the machine's.
        roots: Option<PathBuf>,
        /// For connections that are to change their protocol, which HTTP/2 cannot.
        http1_only: bool,
    },
}

/// The usual one, found without a lock.
static PLAIN: LazyLock<Result<UpstreamClient, String>> = LazyLock::new(|| {
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(tls(RootCertStore::empty())?)
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp());
    Ok(client(false, connector))
});
static OTHERS: LazyLock<Mutex<HashMap<Kind, UpstreamClient>>> = LazyLock::new(Mutex::default);

/// The client for a route. `upgrades`: the connection is to change its protocol.
///
/// # Errors
/// A sentence, such as that the machine's certificate authorities cannot be read.
pub fn client_of(route: &Route, upgrades: bool) -> Result<UpstreamClient, String> {
    let passage = &route.passage;
    let kind = match (route.upstream.url.scheme(), passage.http2 && !upgrades) {
        ("https", _) => Kind::Tls {
            roots: passage.roots.as_ref().map(|roots| roots.file.clone()),
            http1_only: upgrades,
        },
        (_, true) => Kind::PlainHttp2,
        (_, false) => return PLAIN.clone(),
    };
    if let Some(known) = locked().get(&kind) {
        return Ok(known.clone());
    }
    let made = make(&kind, route)?;
    // Two at once: either will do, and both get the same.
    Ok(locked().entry(kind).or_insert(made).clone())
}

fn locked() -> std::sync::MutexGuard<'static, HashMap<Kind, UpstreamClient>> {
    OTHERS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn make(kind: &Kind, route: &Route) -> Result<UpstreamClient, String> {
    let Kind::Tls { http1_only, .. } = kind else {
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(RootCertStore::empty())?)
            .https_or_http()
            .enable_http2()
            .wrap_connector(tcp());
        return Ok(client(true, connector));
    };
    let builder = HttpsConnectorBuilder::new();
    let builder = match &route.passage.roots {
        Some(roots) => builder.with_tls_config(tls(RootCertStore::clone(&roots.store))?),
        None => builder.with_native_roots().map_err(|error| {
            format!(
                "the machine's certificate authorities cannot be read ({}); is ca-certificates installed?",
                with_causes(&error)
            )
        })?,
    };
    let builder = builder.https_only();
    let connector = match http1_only {
        true => builder.enable_http1().wrap_connector(tcp()),
        false => builder.enable_all_versions().wrap_connector(tcp()),
    };
    Ok(client(false, connector))
}

fn tls(roots: RootCertStore) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn tcp() -> Borrowing<HttpConnector> {
    let mut connector = HttpConnector::new();
    connector.enforce_http(false);
    connector.set_connect_timeout(Some(CONNECT_WITHIN));
    connector.set_keepalive(Some(PROBE_EVERY));
    connector.set_nodelay(true);
    Borrowing::new(connector, PLACES.get().cloned())
}

fn client(http2_only: bool, connector: HttpsConnector<Borrowing<HttpConnector>>) -> UpstreamClient {
    let idle = PLACES.get().map_or(IDLE_PER_UPSTREAM, |places| {
        places.most_lent().div_ceil(IDLE_ONE_IN)
    });
    Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_AT_MOST)
        .pool_max_idle_per_host(idle.min(IDLE_PER_UPSTREAM))
        .http2_only(http2_only)
        .http2_initial_stream_window_size(STREAM_WINDOW)
        .http2_initial_connection_window_size(CONNECTION_WINDOW)
        .http2_keep_alive_interval(PING_EVERY)
        .http2_keep_alive_timeout(PING_WITHIN)
        .build(connector)
}
