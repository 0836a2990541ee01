//! A build without OpenTelemetry: nothing can be configured, and so nothing is ever made.

#![allow(dead_code, reason = "nothing of this can be made")]

use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderMap, Method};
use store::Millis;

use crate::config;

/// There is none.
pub struct Exporter(Infallible);

/// There is none.
#[derive(Clone)]
pub struct Span(Infallible);

impl Exporter {
    /// Refuses.
    pub fn new(_: &config::Telemetry) -> anyhow::Result<Self> {
        anyhow::bail!("this build was made without OpenTelemetry (feature otlp)")
    }

    /// Never called.
    pub fn server(&self, _: &Method, _: &HeaderMap, _: &str, _: Millis) -> Span {
        match self.0 {}
    }

    /// Never called.
    pub async fn flush(&self, _: Duration) {
        match self.0 {}
    }
}

impl Span {
    /// Never called.
    pub fn route(&self, _: &str) {
        match self.0 {}
    }

    /// Never called.
    pub fn refused(&self, _: &str) {
        match self.0 {}
    }

    /// Never called.
    pub fn status(&self, _: u16) {
        match self.0 {}
    }

    /// Never called.
    pub fn client(&self, _: &mut HeaderMap, _: &Method, _: &url::Url) -> Self {
        match self.0 {}
    }

    /// Never called.
    pub fn end(&self, _: u16, _: Duration) {
        match self.0 {}
    }
}
