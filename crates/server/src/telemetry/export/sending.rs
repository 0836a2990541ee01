//! Sends what the SDK has put together. The SDK works on a thread of its own, the sending on our runtime.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{HeaderName, HeaderValue, Request, Response};
use bytes::Bytes;
use http_body_util::Full;
use opentelemetry_http::{HttpClient, HttpError};
use secrecy::{ExposeSecret, SecretString};
use tokio::runtime::Handle;

use crate::outbound::{Outbound, OutboundError};

/// A client of the collector.
pub struct Sending {
    runtime: Handle,
    shared: Arc<Shared>,
}

struct Shared {
    outbound: Outbound,
    headers: Vec<(HeaderName, SecretString)>,
    /// Whether the last attempt failed: the log hears of the first one only.
    failed: AtomicBool,
}

impl std::fmt::Debug for Sending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sending")
    }
}

impl Sending {
    /// With these headers in every request.
    pub fn new(headers: &[(HeaderName, SecretString)]) -> Self {
        Self {
            runtime: Handle::current(),
            shared: Arc::new(Shared {
                outbound: Outbound::default(),
                headers: headers.to_vec(),
                failed: AtomicBool::new(false),
            }),
        }
    }
}

impl Shared {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, OutboundError> {
        let mut request = request.map(Full::new);
        for (name, value) in &self.headers {
            if let Ok(mut value) = HeaderValue::from_str(value.expose_secret()) {
                value.set_sensitive(true);
                request.headers_mut().insert(name, value);
            }
        }
        let answer = self.outbound.send(request).await;
        let why = match &answer {
            Ok(answer) if answer.status.is_success() => None,
            Ok(answer) => Some(format!("it answered {}", answer.status.as_u16())),
            Err(error) => Some(error.to_string()),
        };
        let failed_before = self.failed.swap(why.is_some(), Ordering::Relaxed);
        if let Some(why) = why.filter(|_| !failed_before) {
            tracing::warn!(
                why,
                "spans could not be sent to the OpenTelemetry collector, and are lost"
            );
        }
        let answer = answer?;
        let mut response = Response::new(answer.body);
        *response.status_mut() = answer.status;
        Ok(response)
    }
}

impl HttpClient for Sending {
    // Written as `async_trait` has it, of which this is the one use.
    fn send_bytes<'life0, 'async_trait>(
        &'life0 self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        let shared = Arc::clone(&self.shared);
        let sent = self
            .runtime
            .spawn(async move { shared.send(request).await });
        Box::pin(async move { Ok(sent.await??) })
    }
}
