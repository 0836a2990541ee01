//! Forward-auth: a proxy asks whether a request may pass, and passes it on itself.
//!
//! The decision is the gateway's own ([`decision`](super::decision)); here is what differs: who may ask ([`gate`]), in
//! which words each kind of proxy describes the request ([`asked`]), and what it can make of an answer ([`answer`]).
//!
//! The question ends before the request begins, so that requests in flight cannot be counted here. Uses are, and budgets hold.

mod answer;
mod asked;
mod gate;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use oauth::access::Head;

use super::decision::{Decision, decide};
use super::record::Recording;
use super::refusal::GatewayRefusal;
use crate::config::ProxyKind;
use crate::context::Context;

pub use asked::is_disguised;
pub use gate::Gate;

/// Where proxies ask.
pub const PATH: &str = "/forward-auth";

/// Whether proxies ask at a path: most kinds at one, Envoy at every path behind ours.
///
/// They are ours everywhere. A question that nobody is to answer would otherwise go to the gateway as a request, and an
/// open route that leads to every path would answer 200, which a proxy reads as "may pass".
pub fn is_asked_at(path: &str) -> bool {
    path.strip_prefix(PATH)
        .is_some_and(|behind| behind.is_empty() || behind.starts_with('/'))
}

/// Answers a proxy's question. `gate` is None where nobody is to ask.
pub async fn answer(gate: Option<&Gate>, context: &Context, request: Request) -> Response {
    let is_exact = request.uri().path() == PATH;
    match gate {
        Some(gate) if is_exact || gate.kind() == ProxyKind::Envoy => {
            endpoint(gate, context, request).await
        }
        _ => super::answer::refuse(context, &GatewayRefusal::NotAskedHere),
    }
}

async fn endpoint(gate: &Gate, context: &Context, request: Request) -> Response {
    let (parts, _unread) = request.into_parts();
    let asked = gate
        .lets_ask(context.peer)
        .and_then(|()| asked::read(gate, &parts.method, &parts.uri, &parts.headers));
    let head = match asked {
        Ok(head) => head,
        Err(refusal) => {
            return answer::fitting(gate.kind(), refuse(gate, context, &refusal).await);
        }
    };
    match judge(context, head, &parts.headers).await {
        Ok(decision) => answer::allowed(gate.kind(), context, &decision),
        Err(refusal) => {
            let refused = refuse(gate, context, &refusal).await;
            let refused = remember(context, head, &parts.headers, refused, &refusal);
            answer::fitting(gate.kind(), refused)
        }
    }
}

/// Decides about a request that is elsewhere, and takes it out of its credential's budgets.
///
/// # Errors
/// The first check that fails.
pub async fn judge<'h>(
    context: &Context,
    head: Head<'_>,
    headers: &'h HeaderMap,
) -> Result<Decision<'h>, GatewayRefusal> {
    let decision = decide(context, head, headers).await?;
    super::spend(context, &decision).await?;
    Ok(decision)
}

/// What the gateway itself would answer; logged and counted.
pub async fn refuse(gate: &Gate, context: &Context, refusal: &GatewayRefusal) -> Response {
    super::count_refusal(context, refusal);
    if let GatewayRefusal::ProxyUnlisted(peer) = refusal {
        gate.tell_of(*peer, context).await;
    }
    super::answer::refuse(context, refusal)
}

/// Keeps a refused request for a talk with support. How one ended that may pass is the proxy's to know.
pub fn remember(
    context: &Context,
    head: Head<'_>,
    headers: &HeaderMap,
    refused: Response,
    refusal: &GatewayRefusal,
) -> Response {
    let owner = refusal.credential().map(Arc::from);
    let target = match head.query {
        Some(query) => format!("{}?{query}", head.path),
        None => head.path.to_owned(),
    };
    let described = Request::builder().method(head.method).uri(target).body(());
    let Ok(described) = described else {
        return refused;
    };
    let (mut parts, ()) = described.into_parts();
    parts.headers = headers.clone();
    let (recording, _) = Recording::begin(context, &parts, Body::empty());
    match recording {
        Some(recording) => recording.end(context, parts, owner, refused, Some(refusal)),
        None => refused,
    }
}
