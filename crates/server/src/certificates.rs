//! What the listeners show of themselves under TLS: certificates and their keys, read from files and read again when they change.
//!
//! A file is replaced while Grantor runs, by whatever renews certificates. So the files are looked at
//! every few seconds, by their contents, and at once on SIGHUP. What does not fit together or has
//! ended is refused by name, and what was shown before is shown on.

mod by_name;
mod pair;
mod pinned;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::version::{TLS12, TLS13};

pub use by_name::Names;
pub use pair::{Pair, not_for};
pub use pinned::client_of;
pub use watch::{Shown, watch};

/// Where a certificate and its key lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The chain in PEM, ours first.
    pub certificate: PathBuf,
    /// Its private key in PEM.
    pub key: PathBuf,
}

/// The one library that signs and encrypts here, named wherever one is asked for: a build that holds another cannot choose that.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// TLS 1.3 and 1.2, `h2` before `http/1.1`, tickets for coming back. No early data: it can be sent twice (RFC 8446 §8).
///
/// # Errors
/// The library's, in words.
pub fn server(names: Arc<Names>) -> anyhow::Result<Arc<rustls::ServerConfig>> {
    let mut config = rustls::ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(names);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.ticketer = rustls::crypto::aws_lc_rs::Ticketer::new()?;
    config.max_early_data_size = 0;
    Ok(Arc::new(config))
}
