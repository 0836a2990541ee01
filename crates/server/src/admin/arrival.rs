//! When a management request arrived, from where, and what it is called.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use store::{Actor, AuditEvent, Millis};

use crate::clock;
use crate::listener::admin::Caller;
use crate::listener::request_id::RequestId;

/// The listener says who calls. A request that the command line makes within its own process comes
/// from no address.
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
        let now = clock::now();
        let caller = parts.extensions.get::<Caller>();
        Ok(Self {
            now,
            remote_address: caller.and_then(|caller| caller.address),
            request_id: caller.map_or_else(|| RequestId::new(now), |caller| caller.request_id),
        })
    }
}
