//! What is asked of the issuer over HTTP.
//!
//! One client with kept connections, over TLS with the machine's own roots (`SSL_CERT_FILE` names others). Redirects are
//! not followed: the address that was configured is the address that is asked. Answers are bounded in time and in size.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

const IDLE_AT_MOST: Duration = Duration::from_secs(30);
/// The largest answer that is read: metadata and key sets are a hundredth of it.
const LARGEST_ANSWER: usize = 256 * 1024;

type HttpsClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Why the issuer was of no use. Never holds a secret or a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// The machine's roots cannot be read.
    #[error(
        "the machine's certificate authorities cannot be read ({0}); is ca-certificates installed?"
    )]
    NoRoots(String),
    /// No connection, or it broke off, or the answer was too long.
    #[error("{url} cannot be asked: {cause}")]
    Unreachable {
        /// What was asked.
        url: String,
        /// Why.
        cause: String,
    },
    /// No answer in time.
    #[error("{0} did not answer in time")]
    TooSlow(String),
    /// Another status than 200.
    #[error("{url} answered {status}")]
    Status {
        /// What was asked.
        url: String,
        /// What it said.
        status: StatusCode,
    },
    /// 200, and nothing one can use.
    #[error("{url} answered something else than was asked for: {what}")]
    Unusable {
        /// What was asked.
        url: String,
        /// What is wrong.
        what: String,
    },
    /// It calls itself otherwise than it was called.
    #[error("{told:?} says that it is the issuer {says:?}; give the guard exactly that one")]
    AnotherIssuer {
        /// As it was configured.
        told: String,
        /// As it calls itself.
        says: String,
    },
    /// It does not take the guard's own credential.
    #[error(
        "the issuer does not take the guard's own client id and secret; are they a live credential of this environment?"
    )]
    CredentialRefused,
}

/// Asks. The roots are read with the first request.
pub struct Outbound {
    client: OnceLock<HttpsClient>,
    within: Duration,
}

impl Outbound {
    /// Waits so long for a whole answer.
    pub fn new(within: Duration) -> Self {
        Self {
            client: OnceLock::new(),
            within,
        }
    }

    /// How long an answer may take.
    pub fn within(&self) -> Duration {
        self.within
    }

    /// The body of an answer that is 200.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn ask(&self, request: Request<Full<Bytes>>) -> Result<Bytes, IssuerError> {
        let url = request.uri().to_string();
        match tokio::time::timeout(self.within, self.answer(request, &url)).await {
            Ok(answer) => answer,
            Err(_) => Err(IssuerError::TooSlow(url)),
        }
    }

    async fn answer(&self, request: Request<Full<Bytes>>, url: &str) -> Result<Bytes, IssuerError> {
        let unreachable = |cause: String| IssuerError::Unreachable {
            url: url.to_owned(),
            cause,
        };
        let answer = self.client()?.request(request).await;
        let (parts, body) = answer
            .map_err(|error| unreachable(with_causes(&error)))?
            .into_parts();
        // Read whatever the status, so that the connection can be used again.
        let body = Limited::new(body, LARGEST_ANSWER).collect().await;
        let body = body.map_err(|error| unreachable(error.to_string()))?;
        if parts.status != StatusCode::OK {
            return Err(IssuerError::Status {
                url: url.to_owned(),
                status: parts.status,
            });
        }
        Ok(body.to_bytes())
    }

    fn client(&self) -> Result<&HttpsClient, IssuerError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(self.within));
        connector.set_nodelay(true);
        // Named, since the service around may have chosen another provider, or none.
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(provider)
            .map_err(|error| IssuerError::NoRoots(error.to_string()))?
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_AT_MOST)
            .build(connector);
        // Two at once: either will do.
        Ok(self.client.get_or_init(|| client))
    }
}

/// An error with what caused it: the outermost of hyper's errors says nothing.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
