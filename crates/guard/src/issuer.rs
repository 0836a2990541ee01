//! The issuer: one environment of Grantor, known by its URL, and what it says about itself (RFC 8414).

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde::Deserialize;
use url::{Host, Url};

use crate::outbound::{IssuerError, Outbound};

/// RFC 8414 §3.1. An issuer of Grantor has no path, so nothing is put between.
const METADATA: &str = "/.well-known/oauth-authorization-server";

/// The issuer, and the way to it.
pub struct Issuer {
    /// As it stands in `iss`, byte for byte.
    pub url: String,
    /// As it stands in `aud`.
    pub audience: String,
    /// How it is asked.
    pub outbound: Outbound,
}

/// What the issuer says about itself, as far as a guard needs it (RFC 8414 §2).
#[derive(Debug, Deserialize)]
pub struct Metadata {
    issuer: String,
    /// Where its keys lie.
    pub jwks_uri: Option<String>,
    /// Where it is asked about tokens.
    pub introspection_endpoint: Option<String>,
    /// How who asks there says who it is.
    #[serde(default)]
    pub introspection_endpoint_auth_methods_supported: Vec<String>,
}

/// Whether a text can be an issuer's URL: https (or http to this machine alone), host and port, and no slash behind,
/// since it is compared with `iss` byte for byte.
pub fn is_issuer(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        let base = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let nobody = url.username().is_empty() && url.password().is_none();
        base && nobody && is_safe(&url) && !text.ends_with('/')
    })
}

/// Whether what is said to a URL stays secret on the way.
fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(url),
        _ => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

impl Issuer {
    /// What it says about itself.
    ///
    /// # Errors
    /// It cannot be asked, or is another issuer: RFC 8414 §3.3 wants the very same text.
    pub async fn metadata(&self) -> Result<Metadata, IssuerError> {
        let url = format!("{}{METADATA}", self.url);
        let metadata: Metadata = read(&url, &self.get(&url).await?)?;
        if metadata.issuer != self.url {
            return Err(IssuerError::AnotherIssuer {
                told: self.url.clone(),
                says: metadata.issuer,
            });
        }
        Ok(metadata)
    }

    /// The body of a `GET`.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn get(&self, url: &str) -> Result<Bytes, IssuerError> {
        let request = Request::get(url)
            .body(Full::default())
            .map_err(|error| unusable(url, error.to_string()))?;
        self.outbound.ask(request).await
    }

    /// An endpoint that the metadata names.
    ///
    /// # Errors
    /// It is not there, or what is said to it could be read on the way.
    pub fn endpoint(&self, name: &str, url: Option<String>) -> Result<String, IssuerError> {
        match url {
            Some(url) if Url::parse(&url).is_ok_and(|parsed| is_safe(&parsed)) => Ok(url),
            Some(_) => Err(unusable(&self.url, format!("{name} is no https URL"))),
            None => Err(unusable(&self.url, format!("no {name}"))),
        }
    }
}

/// Reads an answer's JSON.
///
/// # Errors
/// [`IssuerError::Unusable`]; it says where the mistake is and nothing of the answer.
pub fn read<'b, T: Deserialize<'b>>(url: &str, body: &'b [u8]) -> Result<T, IssuerError> {
    serde_json::from_slice(body).map_err(|error| {
        let place = (error.line(), error.column());
        unusable(
            url,
            format!("{:?} error in its JSON at {place:?}", error.classify()),
        )
    })
}

/// 200, and nothing one can use.
pub fn unusable(url: &str, what: String) -> IssuerError {
    IssuerError::Unusable {
        url: url.to_owned(),
        what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s202_an_issuer_is_written_as_it_calls_itself() {
        for good in [
            "https://auth.example.com",
            "https://auth.example.com:8443",
            "http://127.0.0.1:8080",
            "http://localhost:8080",
            "http://[::1]:1",
        ] {
            assert!(is_issuer(good), "{good}");
        }
        for bad in [
            "",
            "auth.example.com",
            "https://auth.example.com/",
            "https://auth.example.com/a",
            "http://auth.example.com",
            "https://a:b@auth.example.com",
            "https://auth.example.com?x",
            "ftp://auth.example.com",
            "http://127.0.0.1.example.com",
        ] {
            assert!(!is_issuer(bad), "{bad}");
        }
    }
}
