//! The way to another server: the old one, or `grantor serve` for the clients of the canary. Bounded in time; redirects are
//! an answer like any other.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{HeaderMap, TRANSFER_ENCODING};
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{Request, Response, StatusCode, Uri, Version};
use http_body_util::{LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::RootCertStore;

use super::answered::refused;
use crate::certificates;
use crate::config::Upstream;
use crate::text::with_causes;

const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// Below the five seconds after which common servers close idle connections, so that we close first.
const IDLE_AT_MOST: Duration = Duration::from_secs(4);
/// The largest body that is passed on. What authorization servers are sent is a thousandth of it.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// The way to one server.
pub struct Passage {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    upstream: Upstream,
    /// How long an answer may take to begin.
    pub head_within: Duration,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// No connection.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// Nothing came in time.
    #[error("it did not begin to answer within {} seconds", .0.as_secs())]
    Silent(Duration),
    /// The connection broke, or what came is no answer.
    #[error("it broke off: {0}")]
    Broken(String),
    /// The sender broke off.
    #[error("the sender did not send the whole body")]
    SenderBroke,
    /// The sender sends too much.
    #[error("the body is larger than 16 MiB")]
    TooLarge,
}

impl NoAnswer {
    /// What the sender hears instead. It says nothing of where the other server is.
    pub fn answer(&self) -> Response<Body> {
        let (status, sentence) = match self {
            Self::Unreachable(_) => (
                StatusCode::BAD_GATEWAY,
                "The authorization server behind this address cannot be reached.",
            ),
            Self::Broken(_) => (
                StatusCode::BAD_GATEWAY,
                "The authorization server behind this address broke its answer off.",
            ),
            Self::Silent(_) => (
                StatusCode::GATEWAY_TIMEOUT,
                "The authorization server behind this address does not answer.",
            ),
            Self::SenderBroke => (
                StatusCode::BAD_REQUEST,
                "The body of the request did not arrive.",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "The body of the request is too large.",
            ),
        };
        refused(status, sentence)
    }
}

impl Passage {
    /// To a server.
    ///
    /// # Errors
    /// The machine's certificate authorities, where they are needed and cannot be read.
    pub fn to(upstream: Upstream, head_within: Duration) -> anyhow::Result<Self> {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(CONNECT_WITHIN));
        connector.set_nodelay(true);
        let builder = HttpsConnectorBuilder::new();
        let connector = if upstream.url.scheme() == "https" {
            builder
                .with_native_roots()?
                .https_only()
                .enable_http1()
                .wrap_connector(connector)
        } else {
            let tls = rustls::ClientConfig::builder_with_provider(certificates::provider())
                .with_safe_default_protocol_versions()?
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth();
            builder
                .with_tls_config(tls)
                .https_or_http()
                .enable_http1()
                .wrap_connector(connector)
        };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_AT_MOST)
            .build(connector);
        Ok(Self {
            client,
            upstream,
            head_within,
        })
    }

    /// Asks with these headers; the method, the query and, unless another is given, the path are those that were received.
    ///
    /// # Errors
    /// See [`NoAnswer`].
    pub async fn ask(
        &self,
        parts: &Parts,
        path: Option<&str>,
        headers: HeaderMap,
        body: Body,
    ) -> Result<Response<Incoming>, NoAnswer> {
        let unusable = || NoAnswer::Broken("the request's target is no path".to_owned());
        let asked = match path {
            Some(path) => elsewhere(&parts.uri, path).ok_or_else(unusable)?,
            None => parts.uri.clone(),
        };
        let mut request = Request::new(Body::new(Limited::new(body, LARGEST_BODY)));
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = self.upstream.uri(&asked).ok_or_else(unusable)?;
        *request.version_mut() = Version::HTTP_11;
        *request.headers_mut() = headers;
        let asking = self.client.request(request);
        let answer = match tokio::time::timeout(self.head_within, asking).await {
            Ok(answer) => answer.map_err(|error| reason(&error))?,
            Err(_) => return Err(NoAnswer::Silent(self.head_within)),
        };
        let switched = answer.status() == StatusCode::SWITCHING_PROTOCOLS;
        let mut codings = answer.headers().get_all(TRANSFER_ENCODING).iter();
        if switched || codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"chunked")) {
            let what = "it changed the protocol or coded its answer without being asked";
            return Err(NoAnswer::Broken(what.to_owned()));
        }
        Ok(answer)
    }
}

/// The same query at another path.
fn elsewhere(uri: &Uri, path: &str) -> Option<Uri> {
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let target = PathAndQuery::try_from(target).ok()?;
    Some(Uri::from(target))
}

fn reason(error: &ClientError) -> NoAnswer {
    if error.is_connect() {
        return NoAnswer::Unreachable(with_causes(error));
    }
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let mut of_sender = false;
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return NoAnswer::TooLarge;
        }
        // hyper calls it the user's error when the body it was given to send fails.
        let user = error.downcast_ref::<hyper::Error>();
        of_sender |= user.is_some_and(hyper::Error::is_user);
        cause = error.source();
    }
    if of_sender {
        NoAnswer::SenderBroke
    } else {
        NoAnswer::Broken(with_causes(error))
    }
}
