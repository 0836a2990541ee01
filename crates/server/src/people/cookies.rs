//! The two cookies: one says which browser this is, the other that someone is signed in.
//!
//! Both are 256 random bits and are kept as SHA-256. Their names hold the environment's name, since
//! browsers do not tell ports apart. Where the environment is https they have the prefix `__Host-`
//! (RFC 6265bis §4.1.3.2), so that no neighbouring host can set them; over plain http, which only
//! loopback addresses may use, no HTTP client but a browser would send such a cookie back.

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::config::Environment;
use crate::random::{self, NoRandomness};

/// Which cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// A browser, signed in or not: what a flow is bound to.
    Browser,
    /// A session.
    Session,
}

/// A cookie's value.
#[derive(Clone)]
pub struct CookieValue(String);

impl CookieValue {
    /// A new one.
    ///
    /// # Errors
    /// The operating system gives no random numbers.
    pub fn generate() -> Result<Self, NoRandomness> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random::bytes::<32>()?)))
    }

    /// What is kept of it.
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, self.0.as_bytes()).as_ref());
        hash
    }

    /// As the browser sends it.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Cookie {
    /// Its name in an environment.
    pub fn name(self, environment: &Environment) -> String {
        let kind = match self {
            Self::Browser => "browser",
            Self::Session => "session",
        };
        let prefix = if is_secure(environment) {
            "__Host-"
        } else {
            ""
        };
        format!("{prefix}grantor-{}-{kind}", environment.name.as_str())
    }

    /// What the browser sent; None unless it sent exactly one that looks like ours.
    pub fn read(self, environment: &Environment, headers: &HeaderMap) -> Option<CookieValue> {
        let name = self.name(environment);
        let mut found = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(known, _)| *known == name)
            .map(|(_, value)| value);
        match (found.next(), found.next()) {
            (Some(value), None) if URL_SAFE_NO_PAD.decode(value).is_ok_and(|b| b.len() == 32) => {
                Some(CookieValue(value.to_owned()))
            }
            _ => None,
        }
    }

    /// `Set-Cookie`. It ends with the browser; the server knows its own end.
    pub fn set(self, environment: &Environment, value: &CookieValue) -> Option<HeaderValue> {
        self.line(environment, &value.0, "")
    }

    /// `Set-Cookie` that takes it away.
    pub fn clear(self, environment: &Environment) -> Option<HeaderValue> {
        self.line(environment, "", "; Max-Age=0")
    }

    fn line(self, environment: &Environment, value: &str, end: &str) -> Option<HeaderValue> {
        let secure = if is_secure(environment) {
            "; Secure"
        } else {
            ""
        };
        let name = self.name(environment);
        HeaderValue::from_str(&format!(
            "{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{end}"
        ))
        .ok()
    }
}

fn is_secure(environment: &Environment) -> bool {
    environment.url.starts_with("https://")
}
