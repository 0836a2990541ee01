//! A request in the making. It can be wrong in every way that HTTP can be wrong.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::cli::Credential;
use super::wire::{Answer, Connection};

pub const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Clone)]
pub struct Request {
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    pub fn post(target: &str) -> Self {
        Self::new("POST", target)
    }

    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("Authorization", format!("Bearer {token}"))
    }

    pub fn basic(self, credential: &Credential) -> Self {
        self.basic_text(&credential.client_id, &credential.client_secret)
    }

    pub fn basic_text(self, id: &str, secret: &str) -> Self {
        self.header("Authorization", basic(id, secret))
    }

    /// A form body, written as it stands.
    pub fn form(self, encoded: impl AsRef<[u8]>) -> Self {
        self.body(FORM, encoded)
    }

    pub fn body(mut self, content_type: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.body = bytes.as_ref().to_vec();
        self.header("Content-Type", content_type)
    }

    /// The bytes on the wire. `Host`, `Content-Length` and `Connection` are added where they were not given.
    pub fn bytes(&self, authority: &str) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        let mut line = |name: &str, value: &[u8]| {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        };
        if !self.has("host") {
            line("Host", authority.as_bytes());
        }
        for (name, value) in &self.headers {
            line(name, value);
        }
        let framed = self.has("content-length") || self.has("transfer-encoding");
        if !framed && (self.method == "POST" || !self.body.is_empty()) {
            line("Content-Length", self.body.len().to_string().as_bytes());
        }
        if !self.has("connection") {
            line("Connection", b"close");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// The same for HTTP/2, where the authority stands in the URL.
    pub fn over_http2(
        &self,
        scheme: &str,
        authority: &str,
    ) -> hyper::Request<http_body_util::Full<bytes::Bytes>> {
        let mut request = hyper::Request::builder()
            .method(self.method.as_str())
            .uri(format!("{scheme}://{authority}{}", self.target));
        for (name, value) in &self.headers {
            request = request.header(name.as_str(), value.as_slice());
        }
        let body = bytes::Bytes::from(self.body.clone());
        request.body(http_body_util::Full::new(body)).unwrap()
    }

    /// Sends it on a connection of its own.
    pub fn send(&self, authority: &str) -> Answer {
        let mut connection = Connection::open(authority);
        let _ = connection.send(&self.bytes(authority));
        let answer = connection.answer(self.method == "HEAD");
        answer
            .unwrap_or_else(|| panic!("closed without an answer: {} {}", self.method, self.target))
    }

    fn has(&self, name: &str) -> bool {
        self.headers
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(name))
    }
}

/// `Basic …`
pub fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// A form out of names and values, encoded.
pub fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}
