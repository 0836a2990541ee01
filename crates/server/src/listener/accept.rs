//! Accepts connections and gives each a bounded time to speak.
//!
//! HTTP/1.1. A connection that sends no complete head within [`HEAD_TIMEOUT`] is closed, an idle
//! one as well. The number of open connections is bounded; at the bound, accepting waits.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::metrics::gauge::Gauge;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

/// How long a request's head may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest head: request line and headers together.
const LARGEST_HEAD: usize = 16 * 1024;
/// Headers in one head.
const MOST_HEADERS: usize = 100;
/// Connections open at once per listener.
const MOST_CONNECTIONS: u32 = 16 * 1024;
/// How long accepting waits after the process ran out of file descriptors.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(50);

/// What answers requests.
pub trait Answers: Send + Sync + 'static {
    /// Answers one.
    fn answer(
        self: Arc<Self>,
        peer: IpAddr,
        request: Request<Incoming>,
    ) -> impl Future<Output = Response<Body>> + Send;
}

/// Opens a listening socket; the error is a sentence for the operator.
pub async fn bind(address: SocketAddr, key: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => anyhow::anyhow!(
            "{address} is taken by another program; stop it or set another address in {key}"
        ),
        std::io::ErrorKind::PermissionDenied => anyhow::anyhow!(
            "listening on {address} is not permitted; ports below 1024 need a privilege, or set another address in {key}"
        ),
        _ => anyhow::anyhow!("cannot listen on {address} ({key}): {error}"),
    })
}

/// Serves a listener, counting its open connections, until `stop` turns true; then lets running requests finish and returns when all have.
pub async fn serve<A: Answers>(
    listener: TcpListener,
    answers: Arc<A>,
    open: Gauge,
    mut stop: watch::Receiver<bool>,
) {
    let connections = Arc::new(Semaphore::new(MOST_CONNECTIONS as usize));
    loop {
        let Ok(place) = Arc::clone(&connections).acquire_owned().await else {
            break;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // A connection that ended before it was accepted is nobody's fault; without file
                // descriptors a tight loop would only make it worse.
                tracing::warn!(%error, "accepting a connection failed");
                tokio::time::sleep(EXHAUSTED_PAUSE).await;
                continue;
            }
        };
        let (answers, stop, open) = (Arc::clone(&answers), stop.clone(), open.clone());
        tokio::spawn(async move {
            open.inc();
            converse(stream, peer.ip(), answers, stop).await;
            open.dec();
            drop(place);
        });
    }
    drop(listener);
    // Every place is back when every connection has ended.
    let _ = connections.acquire_many(MOST_CONNECTIONS).await;
}

/// Speaks HTTP on one connection until either side ends it.
async fn converse<A: Answers>(
    stream: TcpStream,
    peer: IpAddr,
    answers: Arc<A>,
    mut stop: watch::Receiver<bool>,
) {
    // Small answers must not wait for a full segment.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let answers = Arc::clone(&answers);
        async move { Ok::<_, Infallible>(answers.answer(peer, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(LARGEST_HEAD)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection ended early");
    }
}

/// Returns when the stop was told (or can never be told any more).
pub async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
