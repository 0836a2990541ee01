//! A request as a test writes it, and what a dialect makes of it in one line.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oauth::{Dialect, PresentedMethod, RequestParts, WrittenResponse};

pub const FORM: &str = "application/x-www-form-urlencoded";
pub const JSON: &str = "application/json";

#[derive(Clone, Default)]
pub struct Request {
    query: Option<String>,
    content_type: Vec<String>,
    content_encoding: Option<String>,
    authorization: Vec<String>,
    body: Vec<u8>,
}

/// A POST with neither body nor header.
pub fn empty() -> Request {
    Request::default()
}

/// A POST with a form body.
pub fn form(body: &str) -> Request {
    empty().content_type(FORM).body(body.as_bytes())
}

/// A POST with a JSON body.
pub fn json(body: &str) -> Request {
    empty().content_type(JSON).body(body.as_bytes())
}

impl Request {
    pub fn query(mut self, query: &str) -> Self {
        self.query = Some(query.to_owned());
        self
    }
    pub fn content_type(mut self, value: &str) -> Self {
        self.content_type.push(value.to_owned());
        self
    }
    pub fn content_encoding(mut self, value: &str) -> Self {
        self.content_encoding = Some(value.to_owned());
        self
    }
    pub fn authorization(mut self, value: &str) -> Self {
        self.authorization.push(value.to_owned());
        self
    }
    pub fn basic(self, user_and_password: &str) -> Self {
        let encoded = STANDARD.encode(user_and_password);
        self.authorization(&format!("Basic {encoded}"))
    }
    pub fn body(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }

    pub fn read<R>(&self, read: impl FnOnce(&RequestParts<'_>) -> R) -> R {
        let bytes = |values: &'_ [String]| -> Vec<Vec<u8>> {
            values
                .iter()
                .map(|value| value.clone().into_bytes())
                .collect()
        };
        let (content_type, authorization) = (bytes(&self.content_type), bytes(&self.authorization));
        let content_type: Vec<&[u8]> = content_type.iter().map(Vec::as_slice).collect();
        let authorization: Vec<&[u8]> = authorization.iter().map(Vec::as_slice).collect();
        read(&RequestParts {
            query: self.query.as_deref(),
            content_type: &content_type,
            content_encoding: self.content_encoding.as_deref().map(str::as_bytes),
            authorization: &authorization,
            body: &self.body,
        })
    }
}

/// What a token request comes to, as the token endpoint reads it: either the answer's status and
/// error code, or the grant, the scope, the method and every reading of the credentials.
pub fn outcome(dialect: &Dialect, request: &Request) -> String {
    request.read(|parts| {
        let parameters = match dialect.read_token_parameters(parts) {
            Ok(parameters) => parameters,
            Err(refusal) => return said(&dialect.write_request_refusal(refusal, "realm")),
        };
        let token_request = match dialect.read_token_request(&parameters) {
            Ok(token_request) => token_request,
            Err(refusal) => return said(&dialect.write_error(refusal.code(), "realm")),
        };
        let presented = match dialect.read_client_credentials(parts, &parameters) {
            Ok(presented) => presented,
            Err(refusal) => return said(&dialect.write_error(refusal.code(), "realm")),
        };
        let mut line = token_request.grant_type().to_string();
        if let Some(scope) = token_request.scope() {
            line += &format!(" [{scope}]");
        }
        if presented.method != PresentedMethod::None {
            line += &format!(" {}", presented.method.as_str());
        }
        for candidate in presented.candidates() {
            line += &format!(
                " {}/{}",
                candidate.client_id,
                candidate.client_secret.as_deref().unwrap_or("-")
            );
        }
        line
    })
}

pub fn said(response: &WrittenResponse) -> String {
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    format!("{} {}", response.status, body["error"].as_str().unwrap())
}

/// Holds a dialect against a table of what is sent and what comes of it.
pub fn hold(dialect: &Dialect, table: &[(&str, Request, &str)]) {
    for (case, request, expected) in table {
        assert_eq!(
            &outcome(dialect, request),
            expected,
            "{}: {case}",
            dialect.name
        );
    }
}
