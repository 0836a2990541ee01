//! What is known about a request before it is read: when, where to, from whom.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::StatusCode;
use axum::http::request::Parts;
use store::{Actor, AuditEvent, Millis};

use crate::clock;
use crate::listener::request_id::RequestId;
use crate::platform::{Issuer, Platform};
use crate::telemetry;

/// The facts of one request. Every door takes it, every room gets values out of it.
#[derive(Clone)]
pub struct Context {
    /// The running server.
    pub platform: Arc<Platform>,
    /// The environment that was asked.
    pub issuer: Arc<Issuer>,
    /// When the request arrived.
    pub now: Millis,
    /// The same for measuring how long it takes.
    pub started: Instant,
    /// The socket's own peer, whatever anyone forwards.
    pub peer: IpAddr,
    /// Who sent it: the socket's peer, or what a trusted proxy says.
    pub remote_address: IpAddr,
    /// The name of this request in the answer, the log and the audit trail.
    pub request_id: RequestId,
    /// Whether it is asked only to see what the answer would be (`grantor shadow`): then nothing is issued, and it counts
    /// for no limit, no statistic and no record of requests.
    pub rehearses: bool,
}

/// The name of the reason for which a rehearsed request was refused: beside its answer, never in it.
#[derive(Clone, Debug)]
pub struct RefusedFor(pub String);

impl Context {
    /// When the request arrived, by the clock that nobody sets: what limits go by.
    pub fn steady(&self) -> Millis {
        clock::steady(self.started)
    }

    /// An audit event of this request.
    pub fn audit(&self, event: &'static str, actor: Actor) -> AuditEvent {
        AuditEvent {
            at: self.now,
            actor,
            environment: Some(self.issuer.name().clone()),
            account_id: None,
            event,
            subject: None,
            remote_address: Some(self.remote_address.to_string()),
            request_id: Some(self.request_id.to_string()),
            details: String::new(),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Context {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        if let Some(matched) = parts.extensions.get::<MatchedPath>() {
            telemetry::route(matched.as_str());
        }
        // Put there by the listener for every request that belongs to an environment.
        parts
            .extensions
            .get::<Context>()
            .cloned()
            .ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
