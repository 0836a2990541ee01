//! The admin address: health, metrics and the management API, apart from what the internet reaches.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use tower::ServiceExt;

use super::accept::Answers;
use super::request_id::{self, CURRENT, RequestId};
use crate::platform::Platform;
use crate::{admin, clock};

/// What answers there.
pub struct AdminDoor {
    router: Router,
}

/// Who called: for the audit trail.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// The peer's address; none when the command line works without a server.
    pub address: Option<IpAddr>,
    /// The request's name.
    pub request_id: RequestId,
}

impl AdminDoor {
    /// Lays out its routes.
    pub fn new(platform: Arc<Platform>) -> Self {
        Self {
            router: admin::router(platform),
        }
    }
}

impl Answers for AdminDoor {
    async fn answer(self: Arc<Self>, peer: IpAddr, mut request: Request<Body>) -> Response<Body> {
        let request_id = RequestId::new(clock::now());
        request.extensions_mut().insert(Caller {
            address: Some(peer),
            request_id,
        });
        let answered = CURRENT
            .scope(request_id, self.router.clone().oneshot(request))
            .await;
        let mut response = match answered {
            Ok(response) => response,
            Err(never) => match never {},
        };
        response
            .headers_mut()
            .insert(request_id::HEADER, request_id.header());
        response
    }
}
