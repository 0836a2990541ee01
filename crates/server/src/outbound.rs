//! What we ask of others over HTTP: the company's identity provider, the receivers of webhooks.
//!
//! One client with kept connections, over TLS with the machine's own roots (`SSL_CERT_FILE` names others). Redirects are
//! not followed: an address that was configured is the address that is asked. Answers are bounded in time and in size.

use std::sync::OnceLock;
use std::time::Duration;

use axum::http::{Request, Response, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::text::with_causes;

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const IDLE_AT_MOST: Duration = Duration::from_secs(30);
/// From the request to the last byte of its answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// For the rest of an answer that nobody reads.
const REST_WITHIN: Duration = Duration::from_secs(1);
/// The largest answer that is read: documents of an identity provider are a tenth of it.
const LARGEST_ANSWER: usize = 256 * 1024;

type HttpsClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Asks others. The roots are read with the first request, so that whoever asks nobody waits for nothing.
#[derive(Default)]
pub struct Outbound(OnceLock<HttpsClient>);

/// What the other side said.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// All of its body.
    pub body: Bytes,
}

/// Why there is no answer. Never holds anything of the request beyond its host.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The machine's roots cannot be read.
    #[error(
        "the machine's certificate authorities cannot be read ({0}); is ca-certificates installed?"
    )]
    NoRoots(String),
    /// No connection, or it broke.
    #[error("{host} cannot be reached: {cause}")]
    Unreachable {
        /// Whom.
        host: String,
        /// Why.
        cause: String,
    },
    /// Too slow.
    #[error("{0} did not answer within 10 seconds")]
    TooSlow(String),
    /// Too much.
    #[error("{0} answered more than 256 KiB, or broke off")]
    TooLarge(String),
}

impl Outbound {
    /// Sends a request whose URI is absolute, and answers the status alone: whoever was only to be told has been told,
    /// whatever it says about that.
    ///
    /// # Errors
    /// See [`OutboundError`].
    pub async fn tell(&self, request: Request<Full<Bytes>>) -> Result<StatusCode, OutboundError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let told = async {
            let answer = self.head(request, &host).await?;
            let status = answer.status();
            // Read, so that the connection can be used again.
            let rest = Limited::new(answer.into_body(), LARGEST_ANSWER).collect();
            let _ = tokio::time::timeout(REST_WITHIN, rest).await;
            Ok(status)
        };
        match tokio::time::timeout(ANSWER_WITHIN + REST_WITHIN, told).await {
            Ok(told) => told,
            Err(_) => Err(OutboundError::TooSlow(host)),
        }
    }

    /// Sends a request whose URI is absolute, and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// See [`OutboundError`].
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, OutboundError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let asked = self.ask(request, &host);
        match tokio::time::timeout(ANSWER_WITHIN, asked).await {
            Ok(answered) => answered,
            Err(_) => Err(OutboundError::TooSlow(host)),
        }
    }

    async fn ask(
        &self,
        request: Request<Full<Bytes>>,
        host: &str,
    ) -> Result<Answer, OutboundError> {
        let (parts, body) = self.head(request, host).await?.into_parts();
        let body = Limited::new(body, LARGEST_ANSWER).collect().await;
        let body = body.map_err(|_| OutboundError::TooLarge(host.to_owned()))?;
        Ok(Answer {
            status: parts.status,
            body: body.to_bytes(),
        })
    }

    async fn head(
        &self,
        request: Request<Full<Bytes>>,
        host: &str,
    ) -> Result<Response<Incoming>, OutboundError> {
        let asked = self.client()?.request(request);
        match tokio::time::timeout(ANSWER_WITHIN, asked).await {
            Ok(answered) => answered.map_err(|error| OutboundError::Unreachable {
                host: host.to_owned(),
                cause: with_causes(&error),
            }),
            Err(_) => Err(OutboundError::TooSlow(host.to_owned())),
        }
    }

    fn client(&self) -> Result<&HttpsClient, OutboundError> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(CONNECT_WITHIN));
        connector.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|error| OutboundError::NoRoots(error.to_string()))?
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_AT_MOST)
            .build(connector);
        // Two at once: either will do.
        Ok(self.0.get_or_init(|| client))
    }
}
