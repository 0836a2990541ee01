//! Door 2, traffic: whatever is no endpoint of ours is a request for the platform's own API.
//!
//! The order of things:
//! ① the path is in its one form, ② a route leads there and knows the method, ③ a public route
//! lets everybody through, elsewhere ④ the method needs a permission, ⑤ the bearer token is live,
//! ⑥ its credential was made for the route's version, ⑦ it reaches this far; ⑧ the account has a place
//! free, ⑨ the credential's budgets a request left; ⑩ the request goes upstream and its answer comes back, both as they stream. What fails is
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

pub mod answer;
mod body;
mod cookies;
pub mod date_times;
mod decision;
pub mod ext_authz;
pub mod forward_auth;
pub mod headers;
mod progress;
mod proxy;
mod record;
pub mod refusal;
pub mod rehearsal;
mod tunnel;
mod upload;
pub mod upstreams;
mod vigil;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::response::Response;
use hyper::body::Body as _;
use oauth::access;

use crate::context::Context;
use crate::limits::Place;
use crate::limits::budgets::{self, Left};
use crate::memory::standing::Moment;
use crate::status::components::Of;
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
    let (mut owner, mut part) = (None, None);
    let (mut answer, refusal) = match pass(&context, &parts, body, &mut owner, &mut part).await {
        Ok(answer) => (answer, None),
        Err(refusal) => {
            owner = count_refusal(&context, &refusal).or(owner);
            (answer::refuse(&context, &refusal), Some(refusal))
        }
    };
    // Where it failed before its route was told, the route is looked for once more: that is rare.
    let failed = answer.status().is_server_error();
    if let Some(part) = part.or_else(|| failed.then(|| part_of(&context, &parts)).flatten()) {
        answer.extensions_mut().insert(Of(part));
    }
    match recording {
        Some(recording) => recording.end(&context, parts, owner, answer, refusal.as_ref()),
        None => answer,
    }
}

/// The part of the environment that a request asks, as the status page tells them apart.
fn part_of(context: &Context, parts: &Parts) -> Option<usize> {
    let issuer = &context.issuer;
    let names = parts.headers.keys().map(|name| name.as_str());
    let demand = access::demand(&issuer.routes, decision::head(parts).ok()?, names).ok()?;
    let version = demand.route.access.version.as_deref();
    issuer.status.part_of_version(version)
}

/// `owner` becomes the UUID of the credential whose token was live, `part` the part of the environment that was asked.
async fn pass(
    context: &Context,
    parts: &Parts,
    body: Body,
    owner: &mut Option<Arc<str>>,
    part: &mut Option<usize>,
) -> Result<Response, GatewayRefusal> {
    // Read before the token is judged, so that nothing is missed that changes after it.
    let judged_at = context.issuer.standing.now();
    let decision = decision::decide(context, decision::head(parts)?, &parts.headers).await?;
    let route = &decision.route.access;
    telemetry::route(&route.path);
    *part = context
        .issuer
        .status
        .part_of_version(route.version.as_deref());
    *owner = decision
        .token
        .as_ref()
        .map(|token| Arc::clone(&token.client.shared_uuid));
    if proxy::has_unknown_coding(&parts.headers) {
        return Err(GatewayRefusal::TransferCodingUnknown);
    }
    let place = take_place(context, &decision)
        .await
        .inspect_err(|_| count(context, &decision, Used::Refusal))?;
    let kind = (
        body.size_hint().exact() != Some(0),
        decision.token.is_some(),
    );
    let wanted = tunnel::wanted(context, parts, kind)
        .inspect_err(|_| count(context, &decision, Used::Refusal))?;
    let left = spend(context, &decision).await?;
    let held = Held {
        place,
        vigil: vigil(context, &decision, judged_at),
        wanted,
    };
    let passed = proxy::pass(context, &decision, parts, body, held).await;
    let mut answer = passed.map_err(upstreams::told_apart)?;
    if let Some(left) = left {
        answer::too_many::say_left(answer.headers_mut(), left);
    }
    Ok(answer)
}

/// Takes the request out of its credential's budgets; says what is left of the day, where a day is limited.
async fn spend(context: &Context, decision: &Decision<'_>) -> Result<Option<Left>, GatewayRefusal> {
    let Some(token) = &decision.token else {
        return Ok(None);
    };
    budgets::spend(context, &token.client.client.credential)
        .await
        .map_err(|used_up| GatewayRefusal::BudgetUsedUp(Box::new(used_up)))
}

/// Counts a refusal of a credential whose token was live, and did not reach this far or is used up; answers its UUID.
fn count_refusal(context: &Context, refusal: &GatewayRefusal) -> Option<Arc<str>> {
    if let GatewayRefusal::VersionForeign(lacking) | GatewayRefusal::ScopeMissing(lacking) = refusal
    {
        telemetry::route(&lacking.route);
    }
    let credential = refusal.credential()?;
    let uses = &context.platform.credential_uses;
    uses.count(credential, Used::Refusal, context.now);
    Some(credential.into())
}

fn vigil(context: &Context, decision: &Decision<'_>, judged_at: Moment) -> Vigil {
    let bearer = decision.token.as_ref().zip(decision.presented);
    let bearer = bearer.map(|(token, text)| Bearer::new(text, token, judged_at));
    Vigil::new(context, bearer, decision.route.passage.idle_at_most)
}

fn count(context: &Context, decision: &Decision<'_>, used: Used) {
    if let Some(token) = &decision.token {
        let uses = &context.platform.credential_uses;
        uses.count(token.client.uuid(), used, context.now);
    }
}

/// A place among the account's running requests; given back when the answer's body, or this request, ends.
async fn take_place(
    context: &Context,
    decision: &Decision<'_>,
) -> Result<Option<Place>, GatewayRefusal> {
    let Some(token) = &decision.token else {
        return Ok(None);
    };
    let credential = &token.client.client.credential;
    let limit = &context.issuer.limits.concurrent_requests;
    let place = limit.take(&credential.account_id).await;
    let at_limit = || AtLimit {
        account: credential.account_name.clone(),
        limit: limit.limit(),
    };
    if place.is_none() {
        // The company hears of it, from the background.
        let reached = &context.issuer.limits.reached;
        let most = ("concurrent_requests", limit.limit());
        reached.note_of(context, most, &credential.account_id, Some(credential));
    }
    place
        .map(Some)
        .ok_or_else(|| GatewayRefusal::TooManyRequests(at_limit()))
}
