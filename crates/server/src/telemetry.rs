//! Requests as OpenTelemetry spans, where the configuration names a collector. Without one, nothing here does anything.
//!
//! A span per request, from its head to its answer's head, and one for what the upstream was asked in between. They say
//! method, route, status, environment and the name of a refusal; never a path as it was sent, a query, a header's value or a
//! token. Whoever sends a valid `traceparent` (W3C Trace Context) is the parent; the upstream gets the span's own in its
//! place. Without a collector `traceparent` passes as it came, and none is made.
//!
//! Exporting goes on beside the requests, out of a queue that is bounded: what finds no room, or a collector that does not
//! answer, is lost, and no request waits for it.

#[cfg(feature = "otlp")]
mod export;
#[cfg(not(feature = "otlp"))]
#[path = "telemetry/none.rs"]
mod export;

use std::time::Duration;

use axum::http::{HeaderMap, Method};
use store::Millis;

use crate::config;
use export::{Exporter, Span};

/// Makes spans and sends them.
pub struct Telemetry(Option<Exporter>);

/// The span of one request, or none.
#[derive(Clone)]
pub struct Trace(Option<Span>);

/// The span of what the upstream was asked, or none. Ends when it is dropped.
pub struct Asking(Option<Span>);

tokio::task_local! {
    /// The span of the request the current task works for.
    static CURRENT: Span;
}

impl Telemetry {
    /// Sends to what the configuration names, if it does.
    ///
    /// # Errors
    /// A sentence: the collector's address cannot be used.
    pub fn new(telemetry: Option<&config::Telemetry>) -> anyhow::Result<Self> {
        telemetry.map(Exporter::new).transpose().map(Self)
    }

    /// Begins the span of a request.
    pub fn begin(
        &self,
        method: &Method,
        headers: &HeaderMap,
        environment: &str,
        now: Millis,
    ) -> Trace {
        let begun = |exporter: &Exporter| exporter.server(method, headers, environment, now);
        Trace(self.0.as_ref().map(begun))
    }

    /// Sends what waits, within that time.
    pub async fn flush(&self, within: Duration) {
        if let Some(exporter) = &self.0 {
            exporter.flush(within).await;
        }
    }
}

impl Trace {
    /// Works on the request: what is said of [`route`], [`refused`] and [`asking`] in there, is said of this span.
    pub async fn around<F: Future>(&self, work: F) -> F::Output {
        match &self.0 {
            Some(span) => CURRENT.scope(span.clone(), work).await,
            None => work.await,
        }
    }

    /// Ends the span: the answer's head goes out, so long after the request came.
    pub fn end(self, status: u16, took: Duration) {
        if let Some(span) = self.0 {
            span.end(status, took);
        }
    }
}

/// Names the route of the current request, as it is configured.
pub fn route(route: &str) {
    with_current(|span| span.route(route));
}

/// Names why the current request is refused.
pub fn refused(reason: &str) {
    with_current(|span| span.refused(reason));
}

/// Begins the span of what an upstream is asked, and puts its name into the request's head.
pub fn asking(headers: &mut HeaderMap, method: &Method, upstream: &url::Url) -> Asking {
    let asked = CURRENT.try_with(|span| span.client(headers, method, upstream));
    Asking(asked.ok())
}

impl Asking {
    /// The upstream answered.
    pub fn answered(&self, status: u16) {
        if let Some(span) = &self.0 {
            span.status(status);
        }
    }

    /// It did not, for a reason of that name.
    pub fn failed(&self, reason: &str) {
        if let Some(span) = &self.0 {
            span.refused(reason);
        }
    }
}

fn with_current(say: impl FnOnce(&Span)) {
    // Outside of a request, and where nothing is exported, there is nobody to tell.
    let _ = CURRENT.try_with(say);
}
