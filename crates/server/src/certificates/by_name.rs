//! Which certificate is shown to whom: by the name that the handshake asks for (RFC 6066 §3), exactly.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// The certificates of a listener. Replaced as a whole when one of them changes; handshakes under way keep what they have.
#[derive(Debug, Default)]
pub struct Names(ArcSwap<Table>);

/// One state of it.
#[derive(Debug, Default)]
pub struct Table {
    /// By host name, in lower case.
    pub by_name: HashMap<String, Arc<CertifiedKey>>,
    /// For who asks for another name, or for none.
    pub otherwise: Option<Arc<CertifiedKey>>,
}

impl Names {
    /// From here on.
    pub fn replace(&self, table: Table) {
        self.0.store(Arc::new(table));
    }
}

impl ResolvesServerCert for Names {
    /// None refuses the handshake: a certificate of another name would be believed by nobody.
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let table = self.0.load();
        let asked = hello
            .server_name()
            .map(|name| name.trim_end_matches('.').to_ascii_lowercase());
        let named = asked.and_then(|name| table.by_name.get(&name).cloned());
        named.or_else(|| table.otherwise.clone())
    }
}
