//! The tower layer, and the service it wraps around another.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body_util::Either;
use tower_layer::Layer;
use tower_service::Service;

use crate::answer::GuardBody;
use crate::builder::Builder;
use crate::decision::{Judge, prepare};
use crate::outbound::IssuerError;

/// Guards a service: only requests that its routes and a live token of the issuer open reach it.
///
/// Clones share what is remembered, so one layer can stand before several services.
#[derive(Clone)]
pub struct GuardLayer {
    judge: Arc<Judge>,
}

impl GuardLayer {
    /// Begins a guard for the tokens of one environment, whose URL is the issuer: `https://auth.example.com`, as
    /// `grantor environments list` shows it.
    pub fn builder(issuer: impl Into<String>) -> Builder {
        Builder::new(issuer.into())
    }

    pub(crate) fn of(judge: Judge) -> Self {
        Self {
            judge: Arc::new(judge),
        }
    }

    /// Asks the issuer once, so that a wrong URL or a wrong secret shows when the service starts and not with its first
    /// request. Nobody has to: without it, the first request asks.
    ///
    /// # Errors
    /// The issuer cannot be reached, is another one, or does not take the credential.
    pub async fn ready(&self) -> Result<(), IssuerError> {
        self.judge.tokens.ready().await
    }
}

impl fmt::Debug for GuardLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardLayer")
            .field("routes", &self.judge.routes)
            .finish_non_exhaustive()
    }
}

impl<S> Layer<S> for GuardLayer {
    type Service = Guard<S>;

    fn layer(&self, service: S) -> Guard<S> {
        Guard {
            judge: Arc::clone(&self.judge),
            service,
        }
    }
}

/// A guarded service.
#[derive(Clone)]
pub struct Guard<S> {
    judge: Arc<Judge>,
    service: S,
}

impl<S: fmt::Debug> fmt::Debug for Guard<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

impl<S, B, R> Service<Request<B>> for Guard<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = Response<GuardBody<R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that is ready is the one that was polled; its clone may not be.
        let waiting = self.service.clone();
        let mut service = std::mem::replace(&mut self.service, waiting);
        let judge = Arc::clone(&self.judge);
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match judge.decide(&parts).await {
                Ok(caller) => {
                    prepare(&mut parts, caller);
                    let answered = service.call(Request::from_parts(parts, body)).await?;
                    Ok(answered.map(Either::Left))
                }
                Err(refusal) => {
                    let answer = refusal.answer(&judge.realm);
                    tracing::info!(
                        reason = refusal.name(),
                        status = answer.status().as_u16(),
                        detail = refusal.detail(),
                        "refused"
                    );
                    Ok(answer)
                }
            }
        })
    }
}
