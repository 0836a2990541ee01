//! Remembers a token request with its answer, for a talk with support: what is at hand anyway is moved, not copied.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http_body_util::BodyExt;
use store::RecordKind;

use super::refusal::TokenRefusal;
use crate::clients::KnownClient;
use crate::context::Context;
use crate::endpoints::request::Received;
use crate::request_records::{Body as Kept, Door, Half, Taken, Whose};

/// Takes the request, and the answer on its way out.
pub async fn remember(
    context: &Context,
    received: Received,
    proven: Option<Arc<KnownClient>>,
    response: Response,
    refusal: Option<&TokenRefusal>,
) -> Response {
    if !context.issuer.environment.request_records.are_kept() {
        return response;
    }
    let took = context.started.elapsed();
    let (head, body) = response.into_parts();
    // It is all there: an answer of ours is never a stream.
    let body = body
        .collect()
        .await
        .map(|body| body.to_bytes())
        .unwrap_or_default();
    let (whose, kind) = match (proven, refusal) {
        (Some(client), None) => (
            Whose::Proven(Arc::clone(&client.shared_uuid)),
            RecordKind::Answered,
        ),
        // A client without a secret is named, not proven, until something was granted.
        (Some(client), Some(_)) if !client.client.credential.public => (
            Whose::Proven(Arc::clone(&client.shared_uuid)),
            RecordKind::Refused,
        ),
        _ => (Whose::Claimed, RecordKind::Unproven),
    };
    let request = received.head;
    context.platform.request_records.add(Taken {
        door: Door::Token,
        environment: context.issuer.name().clone(),
        id: context.request_id,
        at: context.now,
        remote_address: context.remote_address,
        whose,
        kind,
        method: request.method,
        uri: request.uri,
        request: Half {
            headers: request.headers,
            body: Kept::Pieces(vec![received.body]),
        },
        answer: Half {
            headers: head.headers.clone(),
            body: Kept::Pieces(vec![body.clone()]),
        },
        status: head.status,
        reason: refusal.map(TokenRefusal::name),
        took,
    });
    Response::from_parts(head, Body::from(body))
}
