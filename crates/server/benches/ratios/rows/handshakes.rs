//! TLS: what a handshake costs the server, full and resumed, each with one small request on its connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, HandshakeKind, RootCertStore, StreamOwned};

use super::Bench;
use crate::cpu::{Used, settled};
use crate::pairs::Figure;
use crate::server::Place;
use crate::table::{Asked, Row};

const ROUNDS: usize = 7;
const SLICE: Duration = Duration::from_millis(500);

pub fn handshakes(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let folder = bench.folder.join("handshakes");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("chain.pem"), made.cert.pem())?;
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem())?;
    let tls = "\n[server.tls]\ncertificate = \"chain.pem\"\nkey = \"key.pem\"\n";
    let place = Place::with(bench.folder, "handshakes", None, tls)?;
    let server = place.serve()?;
    let address = place.address("opaque");

    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone())?;
    let config = |resumption| {
        let config = ClientConfig::builder().with_root_certificates(roots.clone());
        let mut config = config.with_no_client_auth();
        config.resumption = resumption;
        Arc::new(config)
    };
    let (full, resumed) = (
        config(Resumption::disabled()),
        config(Resumption::in_memory_sessions(16)),
    );
    let measure = |config: &Arc<ClientConfig>, expected| {
        let before = Used::read(server.processes())?;
        let begun = Instant::now();
        let mut count = 0_u64;
        while begun.elapsed() < SLICE {
            let kind = connect(address, config)?;
            ensure!(
                kind == Some(expected),
                "a handshake was {kind:?} and not {expected:?}"
            );
            count += 1;
        }
        let used = settled(server.processes())?.since(&before);
        anyhow::Ok((used.as_secs_f64() * 1e6 / count as f64, count))
    };
    // The first gives the tickets with which the others resume.
    connect(address, &resumed)?;
    let (mut fulls, mut resumeds, mut counted) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let (cost, count) = measure(&full, HandshakeKind::Full)?;
        fulls.push(cost);
        let (cost, more) = measure(&resumed, HandshakeKind::Resumed)?;
        resumeds.push(cost);
        counted += count + more;
    }
    let ratios = resumeds
        .iter()
        .zip(&fulls)
        .map(|(resumed, full)| resumed / full);
    let row = Asked::ratio(1.0, 1.1).row(
        "TLS",
        "a connection with a resumed handshake / a full one, CPU",
        Figure::of(ratios.collect()),
    );
    let (full, resumed) = (Figure::of(fulls).median, Figure::of(resumeds).median);
    Ok(vec![row.with(
        counted,
        format!("{full:.0} → {resumed:.0} µs, each with its connection and one request; TLS 1.3, ECDSA P-256"),
    )])
}

/// Opens a connection, asks for one small answer, in which the tickets come along, and closes.
fn connect(address: SocketAddr, config: &Arc<ClientConfig>) -> Result<Option<HandshakeKind>> {
    let name = ServerName::try_from("localhost").context("a name")?;
    let client = ClientConnection::new(Arc::clone(config), name)?;
    let socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    let mut stream = StreamOwned::new(client, socket);
    write!(
        stream,
        "GET /.well-known/jwks.json HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    ensure!(answer.starts_with(b"HTTP/1.1 "), "no answer over TLS");
    Ok(stream.conn.handshake_kind())
}
