//! Listens, and lets in as many as there is room for.
//!
//! Connections are bounded in number, also per address ([`Places`]); when all places are taken, those
//! that have been quiet for longest make room. Without file descriptors accepting waits and does not
//! spin; the admin address has a few of its own, so that it can be asked what is going on.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

use super::files::Kept;
use super::places::Places;
use super::speak::{Accepted, speak};

/// How long accepting waits after the process ran out of file descriptors.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(50);
/// How often that is said.
const SAY_EVERY: Duration = Duration::from_secs(10);
/// What the system keeps at most of an answer that its reader has not taken; doubled by Linux for its own books. Left to
/// itself it keeps megabytes, which a slow reader would hold as long as it likes. The price: at most so much per round trip.
pub const SEND_BUFFER: u32 = 128 * 1024;
/// Connections that wait to be accepted.
const BACKLOG: u32 = 1024;
/// How often a stop that waits looks whether the last connection is gone.
const LOOK: Duration = Duration::from_millis(20);

/// What answers requests.
pub trait Answers: Send + Sync + 'static {
    /// Answers one.
    fn answer(
        self: Arc<Self>,
        peer: IpAddr,
        request: Request<Body>,
    ) -> impl Future<Output = Response<Body>> + Send;
}

/// Opens a listening socket; the error is a sentence for the operator.
pub async fn bind(address: SocketAddr, key: &str) -> anyhow::Result<TcpListener> {
    listen(address).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => anyhow::anyhow!(
            "{address} is taken by another program; stop it or set another address in {key}"
        ),
        std::io::ErrorKind::PermissionDenied => anyhow::anyhow!(
            "listening on {address} is not permitted; ports below 1024 need a privilege, or set another address in {key}"
        ),
        _ => anyhow::anyhow!("cannot listen on {address} ({key}): {error}"),
    })
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A restart must not wait for the last connections of its predecessor to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// A listening socket with its bounds.
pub struct Listening {
    /// The socket.
    pub listener: TcpListener,
    /// What is spoken under HTTP; None: nothing.
    pub tls: Option<TlsAcceptor>,
    /// Who may be connected to it.
    pub places: Arc<Places>,
    /// Who makes room when descriptors run out.
    pub crowd: Arc<Places>,
    /// Descriptors for then.
    pub kept: Kept,
}

/// Serves a listener until `stop` turns true; then lets running requests finish and returns when all have.
pub async fn serve<A: Answers>(
    mut listening: Listening,
    answers: Arc<A>,
    mut stop: watch::Receiver<bool>,
) {
    let mut said: Option<Instant> = None;
    loop {
        let accepted = tokio::select! {
            accepted = next(&listening) => accepted,
            () = stopped(&mut stop) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let peer = peer.ip();
                listening.kept.fill();
                if let Some((place, conversation)) = listening.places.take(peer) {
                    let accepted = Accepted {
                        stream,
                        peer,
                        place,
                        conversation,
                    };
                    let tls = listening.tls.clone();
                    tokio::spawn(speak(accepted, tls, Arc::clone(&answers), stop.clone()));
                }
            }
            // Whoever went away before being accepted is nobody's fault.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                listening.places.out_of_descriptors();
                if said.is_none_or(|said| said.elapsed() >= SAY_EVERY) {
                    said = Some(Instant::now());
                    tracing::warn!(%error, "connections cannot be accepted");
                }
                listening.crowd.make_room();
                if !listening.kept.give_up_one() {
                    tokio::time::sleep(EXHAUSTED_PAUSE).await;
                }
            }
        }
    }
    let Listening {
        listener, places, ..
    } = listening;
    drop(listener);
    while places.open() > 0 {
        tokio::time::sleep(LOOK).await;
    }
}

async fn next(listening: &Listening) -> std::io::Result<(TcpStream, SocketAddr)> {
    listening.places.room().await;
    listening.listener.accept().await
}

/// Returns when the stop was told (or can never be told any more).
pub async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
