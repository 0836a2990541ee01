//! Passes a judged request on and its answer back, both as streams.
//!
//! The answer's head has as long as the route says, counted from the last sign of life of the request's body, so that a
//! long upload is no timeout.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::TRANSFER_ENCODING;
use axum::http::{HeaderMap, Method, StatusCode, Uri, Version, request};
use axum::response::Response;
use hyper::body::{Body as _, Incoming};
use hyper_util::client::legacy::Error as ClientError;
use url::Url;

use super::body::Download;
use super::date_times::{self, Rewritten};
use super::decision::Decision;
use super::progress::Progress;
use super::refusal::GatewayRefusal;
use super::tunnel::Wanted;
use super::upload::{self, Upload};
use super::upstreams::{UpstreamClient, client_of};
use super::vigil::{CutShort, Vigil};
use super::{headers, tunnel};
use crate::context::Context;
use crate::limits::Place;
use crate::telemetry;
use crate::text::with_causes;
use crate::tokens::verify::DeadToken;

/// A body that is through sooner is not watched: what it could do is done.
const WATCHED_AFTER: Duration = Duration::from_secs(1);

/// What an answer holds until its last byte.
pub struct Held {
    /// The account's place.
    pub place: Option<Place>,
    /// Ends it when it may not go on.
    pub vigil: Vigil,
    /// The protocol that its connection is to change to.
    pub wanted: Option<Wanted>,
}

/// Asks the upstream and gives its answer, which keeps what is `held` until its last byte.
///
/// # Errors
/// Whatever keeps the answer's head from coming; nothing of an answer has been sent then.
pub async fn pass(
    context: &Context,
    decision: &Decision<'_>,
    parts: &request::Parts,
    body: Body,
    mut held: Held,
) -> Result<Response, GatewayRefusal> {
    let length = body.size_hint().exact();
    let (route, unreachable) = (&decision.route, GatewayRefusal::UpstreamUnreachable);
    let uri = route
        .upstream
        .uri(&parts.uri)
        .ok_or_else(|| unreachable("the route's upstream is no HTTP address".to_owned()))?;
    let wanted = held.wanted.take();
    let sent = || {
        let mut sent = headers::upstream(context, decision, parts, length);
        if date_times::are_wanted(&parts.headers) {
            date_times::ask_for_plain(&mut sent);
        }
        if let Some(wanted) = &wanted {
            tunnel::say_upgrade(&mut sent, wanted.protocol.clone());
        }
        sent
    };
    let client = client_of(route, wanted.is_some()).map_err(unreachable)?;
    let asking = Asking {
        client,
        method: &parts.method,
        upstream: &route.upstream.url,
        uri,
        head_within: route.passage.head_within,
    };
    // Only what changes nothing and has no body may be sent twice (RFC 9110 §9.2.2).
    let may_be_repeated = parts.method.is_safe() && length == Some(0);
    let vigil = &mut held.vigil;
    let (answer, upload) = match asking.ask(sent(), body, vigil).await {
        // A kept connection that the upstream was just closing: nobody's fault, so one more time on a new one.
        Err(GatewayRefusal::UpstreamBroken(_)) if may_be_repeated => {
            asking.ask(sent(), Body::empty(), vigil).await?
        }
        answer => answer?,
    };
    // The answer's head is a sign of life.
    held.vigil.moved();
    match (answer.status(), wanted) {
        (StatusCode::SWITCHING_PROTOCOLS, Some(wanted)) => {
            tunnel::switch(context, wanted, answer, (held.place, held.vigil))
        }
        _ => {
            let back = answer_back(context, decision, parts, answer, (held, &upload));
            if back.is_err() {
                upload.cut();
            }
            back
        }
    }
}

struct Asking<'r> {
    client: UpstreamClient,
    method: &'r Method,
    upstream: &'r Url,
    uri: Uri,
    head_within: Duration,
}

impl Asking<'_> {
    /// The answer's head, and how the request's body gets along, which may go on.
    async fn ask(
        &self,
        mut headers: HeaderMap,
        body: Body,
        vigil: &mut Vigil,
    ) -> Result<(Response<Incoming>, Arc<Progress>), GatewayRefusal> {
        let span = telemetry::asking(&mut headers, self.method, self.upstream);
        let progress = Progress::new();
        let answered = self.ask_plainly(headers, body, &progress, vigil).await;
        match &answered {
            Ok(answer) => span.answered(answer.status().as_u16()),
            Err(refusal) => {
                progress.cut();
                span.failed(refusal.name());
            }
        }
        answered.map(|answer| (answer, progress))
    }

    async fn ask_plainly(
        &self,
        headers: HeaderMap,
        body: Body,
        progress: &Arc<Progress>,
        vigil: &mut Vigil,
    ) -> Result<Response<Incoming>, GatewayRefusal> {
        let has_body = body.size_hint().exact() != Some(0);
        let mut request = Request::new(Upload::new(body, Arc::clone(progress)));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        // Where the connection is one of HTTP/2, the client writes it so.
        *request.version_mut() = Version::HTTP_11;
        *request.headers_mut() = headers;
        let mut answer = std::pin::pin!(self.client.request(request));
        let mut unwatched_until = has_body.then(|| progress.last() + WATCHED_AFTER);
        let mut is_watched = false;
        loop {
            let until = progress.last() + self.head_within;
            let rings_at = unwatched_until.map_or(until, |moment| moment.min(until));
            tokio::select! {
                biased;
                answer = &mut answer => return answer.map_err(|error| refusal_of(&error)),
                why = vigil.token_is_over(), if is_watched => return Err(refusal_of_token(why)),
                () = tokio::time::sleep_until(rings_at) => {
                    if unwatched_until.take_if(|moment| *moment <= rings_at).is_some() {
                        is_watched = true;
                    }
                    if rings_at == until && progress.last() + self.head_within <= until {
                        return Err(if progress.awaits_sender() { GatewayRefusal::RequestStalled } else { GatewayRefusal::UpstreamSilent });
                    }
                }
            }
        }
    }
}

fn answer_back(
    context: &Context,
    decision: &Decision<'_>,
    asked: &request::Parts,
    answer: Response<Incoming>,
    (held, upload): (Held, &Arc<Progress>),
) -> Result<Response, GatewayRefusal> {
    if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Err(GatewayRefusal::UpstreamBroken(
            "the upstream switched protocols without being asked".to_owned(),
        ));
    }
    if has_unknown_coding(answer.headers()) {
        return Err(GatewayRefusal::UpstreamBroken(
            "the upstream's answer has a transfer coding beside chunked".to_owned(),
        ));
    }
    let (parts, body) = answer.into_parts();
    let mut headers = headers::client(context, &parts.headers);
    let of_head = asked.method == Method::HEAD;
    let place = held.place.map(Arc::new);
    if !upload.is_over() {
        upload::watch(Arc::clone(upload), held.vigil.another(), place.clone());
    }
    let download = Download::new(body, of_head, (place, held.vigil), Arc::clone(upload));
    let wanted = date_times::are_wanted(&asked.headers);
    let head = (parts.status, &mut headers);
    let body = match date_times::apply(&decision.route, wanted, &asked.method, head) {
        true => Body::new(Rewritten::new(download, Arc::clone(&decision.route))),
        false => Body::new(download),
    };
    let mut back = Response::new(body);
    *back.status_mut() = parts.status;
    *back.headers_mut() = headers;
    Ok(back)
}

/// A coding that is taken off with the `Transfer-Encoding` header and would leave a body nobody can read (RFC 9112 §7).
pub fn has_unknown_coding(headers: &HeaderMap) -> bool {
    headers
        .get_all(TRANSFER_ENCODING)
        .iter()
        .any(|line| !line.as_bytes().eq_ignore_ascii_case(b"chunked"))
}

/// Nothing of an answer was sent, so that it can be what it would have been a moment later.
fn refusal_of_token(why: CutShort) -> GatewayRefusal {
    match why {
        CutShort::TokenExpired => GatewayRefusal::TokenDead(DeadToken::Expired),
        CutShort::TokenUnjudged => GatewayRefusal::DatabaseUnavailable(why.to_string()),
        CutShort::TokenEnded | CutShort::StoodStill => {
            GatewayRefusal::TokenDead(DeadToken::Revoked)
        }
    }
}

fn refusal_of(error: &ClientError) -> GatewayRefusal {
    let cause = with_causes(error);
    if error.is_connect() {
        return GatewayRefusal::UpstreamUnreachable(cause);
    }
    // hyper calls it the user's error when the body it was given to send fails: the sender broke off.
    let of_sender = error
        .source()
        .and_then(|source| source.downcast_ref::<hyper::Error>())
        .is_some_and(hyper::Error::is_user);
    if of_sender {
        GatewayRefusal::RequestBroken
    } else {
        GatewayRefusal::UpstreamBroken(cause)
    }
}
