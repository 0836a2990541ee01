//! One line per request. Never its query, its headers or its body: that is where secrets travel.

use std::net::IpAddr;
use std::time::Instant;

use axum::http::{Method, Request, StatusCode};

use super::address;
use crate::platform::Issuer;

/// The longest path that is logged.
const LONGEST_PATH: usize = 256;

/// What the line will say of the request.
pub struct Line {
    method: Method,
    path: String,
    remote_address: IpAddr,
}

/// The monotonic moment a request arrived.
pub fn start() -> Instant {
    Instant::now()
}

impl Line {
    /// Takes what it needs before the request is given away.
    pub fn of<B>(request: &Request<B>, remote_address: IpAddr) -> Self {
        let path = request.uri().path();
        let end = path.floor_char_boundary(LONGEST_PATH.min(path.len()));
        Self {
            method: request.method().clone(),
            path: path.get(..end).unwrap_or_default().to_owned(),
            remote_address,
        }
    }

    /// Writes and counts the answer.
    pub fn write(&self, issuer: &Issuer, status: StatusCode, started: Instant) {
        let took = started.elapsed();
        issuer.metrics.answers(status.as_u16()).inc();
        issuer.metrics.durations.observe(took);
        tracing::info!(
            target: "request",
            environment = issuer.realm(),
            method = self.method.as_str(),
            path = self.path.as_str(),
            status = u64::from(status.as_u16()),
            microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            remote_address = address::text(self.remote_address).as_str(),
            "answered"
        );
    }
}
