//! Spans of OpenTelemetry's SDK, sent as OTLP over HTTP (protobuf) with our own client.

mod sending;

use std::time::{Duration, UNIX_EPOCH};

use anyhow::Context as _;
use axum::http::{HeaderMap, HeaderValue, Method};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{
    SpanBuilder, SpanKind, Status, TraceContextExt, Tracer, TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};
use store::Millis;

use crate::{clock, config};
use sending::Sending;

/// Methods that a span is named for; whatever else is sent counts as one (semantic conventions for HTTP).
const METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

/// Makes spans.
pub struct Exporter {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

/// A span, and who makes its children.
#[derive(Clone)]
pub struct Span {
    context: Context,
    tracer: SdkTracer,
    method: &'static str,
    began_at: Millis,
}

impl Exporter {
    /// Inside of a runtime, which the sending then uses.
    pub fn new(telemetry: &config::Telemetry) -> anyhow::Result<Self> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Sending::new(&telemetry.headers))
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(telemetry.traces_url.as_str())
            .build()
            .context("the OpenTelemetry collector of telemetry.otlp cannot be used")?;
        let service = Resource::builder()
            .with_service_name(telemetry.service_name.clone())
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        // Whoever traces a request already has decided whether it is kept.
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(telemetry.sample)));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(sampler)
            .with_resource(service)
            .build();
        let tracer = provider.tracer("grantor");
        Ok(Self { provider, tracer })
    }

    /// The span of a request.
    pub fn server(
        &self,
        method: &Method,
        headers: &HeaderMap,
        environment: &str,
        now: Millis,
    ) -> Span {
        let method = name_of(method);
        let propagator = TraceContextPropagator::new();
        let parent = propagator.extract_with_context(&Context::new(), &HeaderExtractor(headers));
        let builder = SpanBuilder::from_name(method)
            .with_kind(SpanKind::Server)
            .with_start_time(moment(now))
            .with_attributes([
                KeyValue::new("http.request.method", method),
                KeyValue::new("grantor.environment", environment.to_owned()),
            ]);
        let span = self.tracer.build_with_context(builder, &parent);
        Span {
            context: parent.with_span(span),
            tracer: self.tracer.clone(),
            method,
            began_at: now,
        }
    }

    /// Sends what waits.
    pub async fn flush(&self, within: Duration) {
        let provider = self.provider.clone();
        let flushed = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(within));
        // It may wait a little longer than it was told to.
        if !matches!(
            tokio::time::timeout(within * 2, flushed).await,
            Ok(Ok(Ok(())))
        ) {
            tracing::warn!("some spans were not sent before the end");
        }
    }
}

impl Span {
    /// Names the route.
    pub fn route(&self, route: &str) {
        let span = self.context.span();
        span.update_name(format!("{} {route}", self.method));
        span.set_attribute(KeyValue::new("http.route", route.to_owned()));
    }

    /// Names why it was refused.
    pub fn refused(&self, reason: &str) {
        let reason = KeyValue::new("error.type", reason.to_owned());
        self.context.span().set_attribute(reason);
    }

    /// The answer's status. An error is what the server is to blame for.
    pub fn status(&self, status: u16) {
        let span = self.context.span();
        span.set_attribute(KeyValue::new(
            "http.response.status_code",
            i64::from(status),
        ));
        if status >= 500 {
            span.set_status(Status::error(""));
        }
    }

    /// A child: what an upstream is asked. Its name goes with the request.
    pub fn client(&self, headers: &mut HeaderMap, method: &Method, upstream: &url::Url) -> Self {
        let method = name_of(method);
        let now = clock::now();
        let port = upstream.port_or_known_default().map(i64::from);
        let builder = SpanBuilder::from_name(method)
            .with_kind(SpanKind::Client)
            .with_start_time(moment(now))
            .with_attributes([
                KeyValue::new("http.request.method", method),
                KeyValue::new(
                    "server.address",
                    upstream.host_str().unwrap_or_default().to_owned(),
                ),
                KeyValue::new("server.port", port.unwrap_or_default()),
            ]);
        let span = self.tracer.build_with_context(builder, &self.context);
        let context = self.context.with_span(span);
        let named = context.span().span_context().clone();
        let text = format!(
            "00-{}-{}-{:02x}",
            named.trace_id(),
            named.span_id(),
            named.trace_flags()
        );
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert("traceparent", value);
        }
        // What stood beside a parent that could not be read belongs to nobody (W3C Trace Context §3.3).
        if named.trace_state().header().is_empty() {
            headers.remove("tracestate");
        }
        Self {
            context,
            tracer: self.tracer.clone(),
            method,
            began_at: now,
        }
    }

    /// Ends it with the answer's status, so long after it began.
    pub fn end(&self, status: u16, took: Duration) {
        self.status(status);
        let span = self.context.span();
        span.end_with_timestamp(moment(self.began_at) + took);
    }
}

fn moment(at: Millis) -> std::time::SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(at).unwrap_or_default())
}

fn name_of(method: &Method) -> &'static str {
    let known = METHODS.iter().find(|known| *known == method);
    match known.map(Method::as_str) {
        Some("GET") => "GET",
        Some("HEAD") => "HEAD",
        Some("POST") => "POST",
        Some("PUT") => "PUT",
        Some("PATCH") => "PATCH",
        Some("DELETE") => "DELETE",
        Some("OPTIONS") => "OPTIONS",
        _ => "_OTHER",
    }
}
