//! Remembers a request with its answer, for a talk with support: text is kept as it passes, and the record is
//! complete when the answer has gone out or either side broke off.

use std::borrow::Cow;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as Task, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use store::RecordKind;

use super::refusal::GatewayRefusal;
use crate::context::Context;
use crate::platform::Platform;
use crate::request_records::{Body as Kept, Door, Half, Kind, Passing, Taken, Whose};
use crate::tokens::jwt::JwtRefusal;
use crate::tokens::verify::DeadToken;

/// A body that is watched on its way.
struct Watched {
    body: Body,
    passed: Arc<Mutex<Passing>>,
    /// With an answer's body, what is to be done at its end.
    at_end: Option<Box<AtEnd>>,
}

/// What a record lacks when the answer goes out: the bodies.
struct AtEnd {
    platform: Arc<Platform>,
    taken: Taken,
    request: Option<Arc<Mutex<Passing>>>,
}

/// Watches a request; the body that comes back takes its place.
pub struct Recording {
    request: Arc<Mutex<Passing>>,
}

impl Recording {
    /// Watches the body, where bodies are kept.
    pub fn begin(context: &Context, parts: &Parts, body: Body) -> (Option<Self>, Body) {
        if !context.issuer.environment.request_records.are_kept() {
            return (None, body);
        }
        let mut passed = passing(context, &parts.headers);
        // Of a request without a body there is nothing to see.
        let is_empty = body.size_hint().exact() == Some(0);
        if is_empty {
            passed.read();
        }
        let request = Arc::new(Mutex::new(passed));
        let recording = Some(Self {
            request: Arc::clone(&request),
        });
        if is_empty || !context.issuer.environment.request_records.bodies {
            return (recording, body);
        }
        let watched = Watched {
            body,
            passed: request,
            at_end: None,
        };
        (recording, Body::new(watched))
    }

    /// The answer on its way out. What is nobody's is not kept.
    pub fn end(
        self,
        context: &Context,
        parts: Parts,
        owner: Option<Arc<str>>,
        answer: Response,
        refusal: Option<&GatewayRefusal>,
    ) -> Response {
        let took = context.started.elapsed();
        let status = answer.status();
        let Some((whose, kind)) = whose(owner, status, refusal) else {
            return answer;
        };
        let reason = refusal.map(|refusal| Cow::Borrowed(refusal.name()));
        let (head, body) = answer.into_parts();
        let taken = taken(
            context,
            parts,
            &head.headers,
            (whose, kind),
            (status, reason, took),
        );
        let keeps = context.issuer.environment.request_records.bodies;
        let at_end = AtEnd {
            platform: Arc::clone(&context.platform),
            taken,
            request: keeps.then_some(self.request),
        };
        let mut passed = passing(context, &head.headers);
        passed.read();
        let watched = Watched {
            body,
            passed: Arc::new(Mutex::new(passed)),
            at_end: Some(Box::new(at_end)),
        };
        Response::from_parts(head, Body::new(watched))
    }
}

fn whose(
    owner: Option<Arc<str>>,
    status: StatusCode,
    refusal: Option<&GatewayRefusal>,
) -> Option<(Whose, RecordKind)> {
    match (owner, refusal) {
        (Some(uuid), None) if status.as_u16() < 400 => {
            Some((Whose::Proven(uuid), RecordKind::Answered))
        }
        (Some(uuid), _) => Some((Whose::Proven(uuid), RecordKind::Refused)),
        // A token that is over was somebody's, and that is the question that support is asked most.
        (None, Some(GatewayRefusal::TokenDead(dead))) => match dead {
            DeadToken::Expired
            | DeadToken::Jwt(JwtRefusal::Expired)
            | DeadToken::Revoked
            | DeadToken::ClientGone
            | DeadToken::FamilyEnded => Some((Whose::Claimed, RecordKind::Unproven)),
            DeadToken::Unknown | DeadToken::Jwt(_) => None,
        },
        (None, _) => None,
    }
}

fn taken(
    context: &Context,
    parts: Parts,
    answered: &HeaderMap,
    (whose, kind): (Whose, RecordKind),
    (status, reason, took): (StatusCode, Option<Cow<'static, str>>, Duration),
) -> Taken {
    let half = |headers| Half {
        headers,
        body: Kept::NotKept,
    };
    Taken {
        door: Door::Gateway,
        environment: context.issuer.name().clone(),
        id: context.request_id,
        at: context.now,
        remote_address: context.remote_address,
        whose,
        kind,
        method: parts.method,
        uri: parts.uri,
        request: half(parts.headers),
        answer: half(answered.clone()),
        status,
        reason,
        took,
    }
}

/// A body with this head, as far as its record will want it.
fn passing(context: &Context, headers: &HeaderMap) -> Passing {
    let room = &context.platform.request_records.passing;
    room.body(Kind::of(headers) != Kind::Other)
}

fn locked(passed: &Mutex<Passing>) -> std::sync::MutexGuard<'_, Passing> {
    passed.lock().unwrap_or_else(PoisonError::into_inner)
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(task);
        if let Poll::Ready(frame) = &polled {
            let mut passed = locked(&self.passed);
            passed.read();
            if let Some(piece) = frame
                .as_ref()
                .and_then(|frame| frame.as_ref().ok()?.data_ref())
            {
                passed.add(piece);
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let Some(at_end) = self.at_end.take() else {
            return;
        };
        let AtEnd {
            platform,
            mut taken,
            request,
        } = *at_end;
        if let Some(request) = request {
            taken.request.body = locked(&request).take();
            taken.answer.body = locked(&self.passed).take();
        }
        platform.request_records.add(taken);
    }
}
