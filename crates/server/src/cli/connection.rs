//! A request to the running server, on a connection of its own.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::ended::Ended;
use crate::certificates::{self, Pair};
use crate::config::Server;

/// How long a server on this machine may take to accept.
const CONNECTING: Duration = Duration::from_secs(3);
/// How long an answer may take.
pub const ANSWERING: Duration = Duration::from_secs(60);

/// How the server of a configuration is reached.
#[derive(Clone)]
pub struct Way {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where the admin address speaks TLS.
    tls: Option<TlsConnector>,
}

/// A connection, with or without TLS.
pub type Connection = Box<dyn Duplex>;

/// What goes both ways.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

impl Way {
    /// To the server that this configuration starts.
    ///
    /// # Errors
    /// The certificate by which it would be known.
    pub fn to(server: &Server) -> Result<Self, Ended> {
        let known = |files| {
            let pair = Pair::read(files).map_err(anyhow::Error::from)?;
            anyhow::Ok(TlsConnector::from(certificates::client_of(&pair)?))
        };
        let tls = server.admin_tls.as_ref().map(known).transpose();
        Ok(Self {
            address: reachable(server.admin),
            tls: tls.map_err(|error| Ended::usage(format!("server.admin_tls: {error}.")))?,
        })
    }

    /// Connects; None when nothing listens there.
    pub async fn connect(&self) -> Result<Option<Connection>, Ended> {
        let Some(stream) = connect(self.address).await? else {
            return Ok(None);
        };
        let Some(tls) = &self.tls else {
            return Ok(Some(Box::new(stream)));
        };
        let name = ServerName::from(self.address.ip());
        match timeout(CONNECTING, tls.connect(name, stream)).await {
            Ok(Ok(stream)) => Ok(Some(Box::new(stream))),
            Ok(Err(error)) => Err(Ended::refused(format!(
                "The program on {} does not show the certificate of server.admin_tls: {error}.",
                self.address
            ))),
            Err(_) => Err(Ended::refused(format!(
                "The program on {} (server.admin) speaks no TLS in time.",
                self.address
            ))),
        }
    }
}

/// Where a server that listens on `admin` is reached from this machine.
fn reachable(admin: SocketAddr) -> SocketAddr {
    let ip = match admin.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, admin.port())
}

async fn connect(address: SocketAddr) -> Result<Option<TcpStream>, Ended> {
    if address.port() == 0 {
        // A port that the operating system chose is known to nobody else.
        return Ok(None);
    }
    match timeout(CONNECTING, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => Ok(Some(stream)),
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => Ok(None),
        Ok(Err(error)) => Err(Ended::refused(format!(
            "Whether Grantor runs on {address} (server.admin) cannot be seen: {error}."
        ))),
        Err(_) => Err(Ended::refused(format!(
            "The program on {address} (server.admin) does not accept connections; is it stuck?"
        ))),
    }
}

/// Sends one request and waits for the head of its answer, no longer than `patience`.
pub async fn send(
    stream: Connection,
    request: Request<Body>,
    patience: Duration,
) -> Result<Response<Body>, Ended> {
    let gone = |what: &dyn std::fmt::Display| {
        Ended::refused(format!(
            "The server at server.admin did not answer: {what}."
        ))
    };
    let answering = async {
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| gone(&error))?;
        tokio::spawn(connection);
        sender
            .send_request(request)
            .await
            .map_err(|error| gone(&error))
    };
    let answered = timeout(patience, answering).await.map_err(|_| {
        gone(&format!(
            "it took longer than {} seconds",
            patience.as_secs()
        ))
    })??;
    Ok(answered.map(Body::new))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_server_on_every_address_is_reached_on_loopback() {
        let reached = |text: &str| reachable(text.parse().unwrap()).to_string();
        assert_eq!(reached("0.0.0.0:9090"), "127.0.0.1:9090");
        assert_eq!(reached("[::]:9090"), "[::1]:9090");
        assert_eq!(reached("10.0.0.1:9090"), "10.0.0.1:9090");
    }
}
