//! What upstreams are told in headers of environments and clients, as values that are made once and not for every request.

use axum::http::HeaderValue;
use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use store::Credential;
use url::Url;

use crate::config::{Environment, base_url};

/// What an account's name or a client id may hold beside this is percent-encoded: always readable back.
const IN_A_HEADER: &AsciiSet = &CONTROLS.add(b' ').add(b'%').add(b'"').add(b',').add(b';');

/// A name as a header can hold it. None where it cannot stand in one: an upstream then sees nobody, never somebody else.
pub fn name(text: &str) -> Option<HeaderValue> {
    value(utf8_percent_encode(text, IN_A_HEADER).to_string())
}

/// A text that needs no encoding.
pub fn value(text: String) -> Option<HeaderValue> {
    HeaderValue::from_maybe_shared(Bytes::from(text)).ok()
}

/// Of a client.
#[derive(Debug)]
pub struct OfClient {
    /// `X-Grantor-Account`
    pub account: Option<HeaderValue>,
    /// `X-Grantor-Client-Id`
    pub client_id: Option<HeaderValue>,
    /// `X-Grantor-Credential`
    pub credential: Option<HeaderValue>,
}

impl OfClient {
    /// As its row says.
    pub fn new(credential: &Credential) -> Self {
        Self {
            account: name(&credential.account_name),
            client_id: name(&credential.client_id),
            credential: value(credential.uuid.clone()),
        }
    }
}

/// Of an environment.
pub struct OfEnvironment {
    /// `X-Grantor-Environment`
    pub name: Option<HeaderValue>,
    /// Its addresses; the first is its own, the others aliases.
    bases: Vec<Base>,
}

/// One address of an environment.
pub struct Base {
    authority: String,
    /// `X-Forwarded-Host`
    pub host: Option<HeaderValue>,
    /// `X-Forwarded-Proto`
    pub proto: Option<HeaderValue>,
    /// What `Forwarded` says behind `for=…`.
    pub forwarded: String,
}

impl OfEnvironment {
    /// As it is configured.
    pub fn new(environment: &Environment) -> Self {
        Self {
            name: value(environment.name.as_str().to_owned()),
            bases: environment.bases.iter().map(Base::new).collect(),
        }
    }

    /// The address that was asked: an alias, or the first.
    pub fn base_at(&self, authority: Option<&str>) -> Option<&Base> {
        let asked = |base: &&Base| {
            authority.is_some_and(|asked| base.authority.eq_ignore_ascii_case(asked))
        };
        self.bases.iter().find(asked).or_else(|| self.bases.first())
    }
}

impl Base {
    fn new(url: &Url) -> Self {
        let authority = base_url::written_authority(url);
        Self {
            host: value(authority.clone()),
            proto: value(url.scheme().to_owned()),
            forwarded: format!(";host=\"{authority}\";proto={}", url.scheme()),
            authority,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_headers_can_be_read_back() {
        let said = |text| name(text).map(|value| value.as_bytes().to_owned());
        assert_eq!(said("acme").as_deref(), Some(&b"acme"[..]));
        assert_eq!(
            said("Köln 100%\r\n").as_deref(),
            Some(&b"K%C3%B6ln%20100%25%0D%0A"[..])
        );
    }
}
