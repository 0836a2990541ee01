//! Door 2, traffic: whatever is no endpoint of ours is a request for the platform's own API.
//!
//! The order of things:
//! ① the path is in its one form, ② a route leads there and knows the method, ③ a public route
//! lets everybody through, elsewhere ④ the method needs a permission, ⑤ the bearer token is live,
//! ⑥ its credential was made for the route's version, ⑦ it reaches this far; ⑧ the account has a place
//! free; ⑨ the request goes upstream and its answer comes back, both as they stream. What fails is
//! refused, and what cannot be found out is refused too: nothing here fails open.
//!
//! What the upstream gets: the method, path, query and body that were judged, byte for byte; its own
//! authority in `Host`; who calls in `X-Grantor-Account`, `-Client-Id`, `-Credential`, `-Scope` and
//! `-Environment` (names that hold more than visible ASCII are percent-encoded); where from in
//! `Forwarded` and `X-Forwarded-*`; and the request's name in `X-Request-Id`. It can believe these,
//! as long as nobody but the gateway can reach it.
//!
//! What it does not get: on a protected route the `Authorization` header. The token has done its
//! work, and an upstream that logs or loses it would lose a live key to every other route. On a
//! public route nobody looked at that header, and it passes: there it can only be meant for the
//! upstream's own sign-in. No trailers, no cookies of our pages, and no header that claims to be one of ours.

mod answer;
mod bearer;
mod body;
mod canonical_path;
mod cookies;
mod date_times;
mod decision;
mod headers;
mod proxy;
mod record;
mod refusal;
mod routing;
mod tunnel;
mod upstreams;
mod vigil;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::response::Response;

use crate::context::Context;
use crate::limits::{Hit, Place};
use crate::telemetry;
use crate::uses::Used;
use decision::Decision;
use proxy::Held;
use record::Recording;
use refusal::{AtLimit, GatewayRefusal};
use vigil::{Bearer, Vigil};

/// Everything under an environment that is no endpoint: the fallback of its router.
pub async fn endpoint(context: Context, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (recording, body) = Recording::begin(&context, &parts, body);
    let mut owner = None;
    let (answer, refusal) = match pass(&context, &parts, body, &mut owner).await {
        Ok(answer) => (answer, None),
        Err(refusal) => {
            if let GatewayRefusal::VersionForeign(lacking) | GatewayRefusal::ScopeMissing(lacking) =
                &refusal
            {
                let uses = &context.platform.credential_uses;
                uses.count(&lacking.credential, Used::Refusal, context.now);
                owner = Some(lacking.credential.as_str().into());
                telemetry::route(&lacking.route);
            }
            (answer::refuse(&context, &refusal), Some(refusal))
        }
    };
    match recording {
        Some(recording) => recording.end(&context, parts, owner, answer, refusal.as_ref()),
        None => answer,
    }
}

/// `owner` becomes the UUID of the credential whose token was live.
async fn pass(
    context: &Context,
    parts: &Parts,
    body: Body,
    owner: &mut Option<Arc<str>>,
) -> Result<Response, GatewayRefusal> {
    // Read before the token is judged, so that nothing is missed that changes after it.
    let generation = context.issuer.tokens.generation();
    let decision = decision::decide(context, parts).await?;
    telemetry::route(&decision.route.path);
    *owner = decision
        .token
        .as_ref()
        .map(|token| Arc::clone(&token.client.shared_uuid));
    if proxy::has_unknown_coding(&parts.headers) {
        return Err(GatewayRefusal::TransferCodingUnknown);
    }
    let place =
        take_place(context, &decision).inspect_err(|_| count(context, &decision, Used::Refusal))?;
    count(context, &decision, Used::Request);
    let held = Held {
        place,
        vigil: vigil(context, &decision, parts, generation),
    };
    proxy::pass(context, &decision, parts, body, held).await
}

fn vigil(context: &Context, decision: &Decision, parts: &Parts, generation: u64) -> Vigil {
    let presented = bearer::token(&parts.headers).ok();
    let bearer = decision.token.as_ref().zip(presented);
    let bearer = bearer.map(|(token, text)| Bearer::new(text, token, generation));
    Vigil::new(context, bearer, decision.route.passage.idle_at_most)
}

fn count(context: &Context, decision: &Decision, used: Used) {
    if let Some(token) = &decision.token {
        let uses = &context.platform.credential_uses;
        uses.count(token.client.uuid(), used, context.now);
    }
}

/// A place among the account's running requests; given back when the answer's body, or this request, ends.
fn take_place(context: &Context, decision: &Decision) -> Result<Option<Place>, GatewayRefusal> {
    let Some(token) = &decision.token else {
        return Ok(None);
    };
    let credential = &token.client.client.credential;
    let limit = &context.issuer.limits.concurrent_requests;
    let place = limit.take(&credential.account_id);
    let at_limit = || AtLimit {
        account: credential.account_name.clone(),
        limit: limit.limit(),
    };
    if place.is_none() {
        note_limit(context, credential);
    }
    place
        .map(Some)
        .ok_or_else(|| GatewayRefusal::TooManyRequests(at_limit()))
}

/// The company hears of it, from the background.
fn note_limit(context: &Context, credential: &store::Credential) {
    let limits = &context.issuer.limits;
    let hit = || Hit {
        at: context.now,
        limit: "concurrent_requests",
        most: limits.concurrent_requests.limit(),
        account_id: Some(credential.account_id.clone()),
        credential: Some(credential.uuid.clone()),
        remote_address: context.remote_address.to_string(),
        request_id: context.request_id.to_string(),
    };
    let account = &credential.account_id;
    limits
        .reached
        .note("concurrent_requests", account, context.now, hit);
}
