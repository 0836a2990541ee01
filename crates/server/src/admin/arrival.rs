//! When a management request arrived, from where, and what it is called.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use store::{Actor, AuditEvent, Millis};

use crate::clock;
use crate::listener::request_id::RequestId;

/// Put into the request by the listener. A request that the command line makes within its own
/// process has none, and gets the present moment and no address.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// When.
    pub now: Millis,
    /// From where; None within the process.
    pub remote_address: Option<IpAddr>,
    /// The request's name.
    pub request_id: RequestId,
}

impl Arrival {
    /// Of a request that never crossed a socket.
    fn within_the_process() -> Self {
        let now = clock::now();
        Self { now, remote_address: None, request_id: RequestId::new(now) }
    }

    /// An audit event of this request.
    pub fn audit(&self, event: &'static str, actor: Actor) -> AuditEvent {
        AuditEvent {
            at: self.now,
            actor,
            environment: None,
            account_id: None,
            event,
            subject: None,
            remote_address: self.remote_address.map(|address| address.to_string()),
            request_id: Some(self.request_id.to_string()),
            details: String::new(),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Arrival {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Arrival>().copied().unwrap_or_else(Self::within_the_process))
    }
}
