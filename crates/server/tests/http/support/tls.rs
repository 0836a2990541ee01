//! Certificates of the tests' own, and a client that believes them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// A certificate that vouches for itself.
pub struct Made {
    pub certificate: String,
    pub key: String,
    pub der: CertificateDer<'static>,
}

/// For these names, until far in the future.
pub fn made(names: &[&str]) -> Made {
    made_until(names, 2099)
}

/// For these names, until the beginning of a year.
pub fn made_until(names: &[&str], year: i32) -> Made {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.not_after = rcgen::date_time_ymd(year, 1, 1);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Made {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
        der: certificate.der().clone(),
    }
}

impl Made {
    /// Writes `NAME.pem` and `NAME.key`.
    pub fn write(&self, folder: &Path, name: &str) -> (PathBuf, PathBuf) {
        use std::os::unix::fs::PermissionsExt;
        let (certificate, key) = (
            folder.join(format!("{name}.pem")),
            folder.join(format!("{name}.key")),
        );
        std::fs::write(&certificate, &self.certificate).unwrap();
        std::fs::write(&key, &self.key).unwrap();
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        (certificate, key)
    }
}

/// Believes these certificates and nobody else.
pub fn client(believed: &[&Made], protocols: &[&str]) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    for made in believed {
        roots.add(made.der.clone()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    config
}

pub type Stream = StreamOwned<ClientConnection, std::net::TcpStream>;

/// Connects and shakes hands; the error is the handshake's.
pub fn connect(config: &Arc<ClientConfig>, name: &str, authority: &str) -> std::io::Result<Stream> {
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connection = ClientConnection::new(Arc::clone(config), name).unwrap();
    let socket = std::net::TcpStream::connect(authority)?;
    socket.set_read_timeout(Some(std::time::Duration::from_secs(30)))?;
    let mut stream = StreamOwned::new(connection, socket);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}

/// The certificate that is shown for a name.
pub fn shown(
    config: &Arc<ClientConfig>,
    name: &str,
    authority: &str,
) -> Option<CertificateDer<'static>> {
    let stream = connect(config, name, authority).ok()?;
    stream
        .conn
        .peer_certificates()?
        .first()
        .cloned()
        .map(CertificateDer::into_owned)
}
