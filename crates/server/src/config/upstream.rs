//! Where a route leads: an upstream's address, taken apart once for all the requests to it.

use axum::http::Uri;
use axum::http::uri::{Authority, Parts, Scheme};
use url::Url;

use super::base_url;

/// An upstream; scheme and authority only count, the path reaches it unchanged.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// As it was written.
    pub url: Url,
    scheme: Scheme,
    authority: Authority,
}

impl Upstream {
    /// Reads an address.
    ///
    /// # Errors
    /// A sentence for whoever wrote it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = base_url::parse(text)?;
        let unusable = |_| "the upstream's host and port can stand in no HTTP request".to_owned();
        let scheme = Scheme::try_from(url.scheme()).map_err(unusable)?;
        let authority = Authority::try_from(base_url::written_authority(&url)).map_err(unusable)?;
        Ok(Self {
            url,
            scheme,
            authority,
        })
    }

    /// The URL at which it is asked: its authority with exactly the path and query received. None without a path (CONNECT).
    pub fn uri(&self, received: &Uri) -> Option<Uri> {
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(received.path_and_query()?.clone());
        Uri::from_parts(parts).ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn s253_path_and_query_reach_the_upstream_byte_for_byte() {
        let received: Uri = "http://asked.example/v2/k%C3%B6ln/a:b?x=/public/..&y=%zz&z"
            .parse()
            .unwrap();
        for (written, asked) in [
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
            ("http://127.0.0.1:80/", "http://127.0.0.1"),
            ("https://[::1]:8443", "https://[::1]:8443"),
        ] {
            let uri = Upstream::parse(written).unwrap().uri(&received).unwrap();
            assert_eq!(
                uri.to_string(),
                format!("{asked}/v2/k%C3%B6ln/a:b?x=/public/..&y=%zz&z")
            );
        }
    }
}
