//! What comes to the old server's address: passed on to it, and of token requests seen what both sides answer.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::header::HeaderValue;
use axum::http::request::Parts;
use axum::http::{Method, Request, Response, StatusCode};
use bytes::Bytes;
use hyper::body::Incoming;
use ipnet::IpNet;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::answered::{self, Answer, Copied, LARGEST_COMPARED, refused};
use super::asked::{Asked, NotCompared};
use super::canary::Canary;
use super::gathered::{Gathered, gather};
use super::ledger::{Canaried, Ledger};
use super::passage::{NoAnswer, Passage};
use super::rehearsal::{Passed, Rehearsals};
use super::whence::{self, Whence};
use crate::config::{Config, Shadow, base_url};
use crate::listener::accept::Answers;

/// Everything that is asked for at the old server's address.
pub struct Door {
    pub(super) of: Shadow,
    old: Passage,
    /// Where clients of the canary are answered, and as whom.
    grantor: Option<(Passage, HeaderValue)>,
    trusted: Vec<IpNet>,
    has_tls: bool,
    places: Arc<Semaphore>,
    pub(super) canary: Arc<Canary>,
    rehearsals: Arc<Rehearsals>,
    pub(super) ledger: Arc<Ledger>,
}

/// A request under way: its head, whence it came, and its place.
pub struct Asking {
    pub(super) parts: Parts,
    whence: Whence,
    place: OwnedSemaphorePermit,
}

impl Door {
    /// Opens the ways to both servers; no connection is made yet.
    ///
    /// # Errors
    /// The machine's certificate authorities, where they are needed.
    pub fn new(
        config: &Config,
        of: &Shadow,
        has_tls: bool,
        (canary, rehearsals, ledger): (&Arc<Canary>, &Arc<Rehearsals>, &Arc<Ledger>),
    ) -> anyhow::Result<Self> {
        let grantor = of.grantor.clone().map(|upstream| {
            let base = of.environment.bases.first();
            let authority = base.map(base_url::written_authority).unwrap_or_default();
            let authority = HeaderValue::from_str(&authority)?;
            anyhow::Ok((Passage::to(upstream, of.timeout)?, authority))
        });
        Ok(Self {
            old: Passage::to(of.upstream.clone(), of.timeout)?,
            grantor: grantor.transpose()?,
            trusted: config.server.trusted_proxies.clone(),
            has_tls,
            places: Arc::new(Semaphore::new(of.requests_at_once)),
            canary: Arc::clone(canary),
            rehearsals: Arc::clone(rehearsals),
            ledger: Arc::clone(ledger),
            of: of.clone(),
        })
    }

    /// The old server's answer, passed on as it comes.
    pub(super) async fn pass(&self, asking: Asking, body: Body) -> Response<Body> {
        self.pass_and_copy(asking, body).await.0
    }

    async fn pass_and_copy(&self, asking: Asking, body: Body) -> (Response<Body>, Option<Copied>) {
        let Asking {
            parts,
            whence,
            place,
        } = asking;
        let headers = whence.to_old_server(&parts, self.of.host.as_ref());
        match self.old.ask(&parts, None, headers, body).await {
            Ok(answer) => {
                let (response, copied) = answered::passed_on(answer, self.of.timeout, place);
                (response, Some(copied))
            }
            Err(why) => (self.unanswered(&why), None),
        }
    }

    /// The old server's whole answer, for who must know it before he answers.
    pub(super) async fn ask_old(&self, asking: &Asking, body: Bytes) -> Result<Answer, NoAnswer> {
        let parts = &asking.parts;
        let headers = asking.whence.to_old_server(parts, self.of.host.as_ref());
        let asked = self.old.ask(parts, None, headers, Body::from(body)).await;
        self.whole(asked?, Instant::now()).await
    }

    /// The whole answer of `grantor serve` at a path of the environment.
    pub(super) async fn ask_grantor(
        &self,
        asking: &Asking,
        path: &str,
        body: Bytes,
    ) -> Result<Answer, NoAnswer> {
        let Some((grantor, authority)) = &self.grantor else {
            return Err(NoAnswer::Unreachable(
                "shadow.grantor is not set".to_owned(),
            ));
        };
        let headers = asking.whence.to_grantor(&asking.parts, authority);
        let asked = Instant::now();
        let asking = grantor.ask(&asking.parts, Some(path), headers, Body::from(body));
        self.whole(asking.await?, asked).await
    }

    /// An answer with all of its body, which may take as long again as its head.
    async fn whole(&self, answer: Response<Incoming>, asked: Instant) -> Result<Answer, NoAnswer> {
        let (head, body) = answer.into_parts();
        let body = axum::body::to_bytes(Body::new(body), LARGEST_COMPARED);
        let broken = |_| NoAnswer::Broken("its answer is too large or incomplete".to_owned());
        let body = tokio::time::timeout(self.of.timeout, body).await;
        let body = body.map_err(|_| NoAnswer::Silent(self.of.timeout))?;
        Ok(Answer {
            status: head.status,
            headers: whence::back(&head.headers),
            body: body.map_err(broken)?,
            took: asked.elapsed(),
        })
    }

    pub(super) fn unanswered(&self, why: &NoAnswer) -> Response<Body> {
        if !matches!(why, NoAnswer::SenderBroke | NoAnswer::TooLarge) {
            self.ledger.counts().unanswered += 1;
            tracing::warn!(error = %why, upstream = self.ledger.upstream, "the old server did not answer");
        }
        why.answer()
    }

    async fn token(&self, asking: Asking, body: Body) -> Response<Body> {
        let at = Instant::now();
        self.ledger.counts().token_requests += 1;
        let body = match gather(body).await {
            Ok(Gathered::Whole(body)) => body,
            Ok(Gathered::Large(body)) => {
                self.ledger.not_compared(NotCompared::TooLarge);
                return self.pass(asking, body).await;
            }
            Err(why) => return self.unanswered(&why),
        };
        let dialect = &self.of.environment.dialect;
        let asked = Asked::read(dialect, &asking.parts, &body);
        if asked.client_ids.iter().any(|id| self.canary.holds(id)) {
            return self.canaried(asking, body, &asked).await;
        }
        let (head, remote) = (asking.parts.clone(), asking.whence.remote);
        let passed = self.pass_and_copy(asking, Body::from(body.clone())).await;
        let (response, Some(copied)) = passed else {
            self.ledger.not_compared(NotCompared::OldServerFailed);
            return passed.0;
        };
        let passed = Passed {
            asked,
            head,
            body,
            remote,
            at,
            answered: (response.status(), response.headers().clone()),
        };
        self.rehearsals.begin(passed, copied);
        response
    }

    /// A token request that Grantor answers. A code or a refresh token that it does not know is the old server's; for
    /// Grantor to look at one spends nothing.
    async fn canaried(&self, asking: Asking, body: Bytes, asked: &Asked) -> Response<Body> {
        let path = &self.of.environment.paths.token;
        let answered = self.ask_grantor(&asking, path, body.clone()).await;
        let failed = match answered {
            Ok(answer) if !answer.status.is_server_error() => {
                if asked.brings_what_was_given_out() && is_invalid_grant(&answer) {
                    self.ledger.canaried(Canaried::OfOldServer);
                    return self.pass(asking, Body::from(body)).await;
                }
                self.ledger.canaried(Canaried::Answered);
                return answered::read(answer);
            }
            Ok(answer) => {
                let status = answer.status.as_u16();
                tracing::error!(status, "Grantor failed a client of the canary");
                answered::read(answer)
            }
            Err(why) => {
                tracing::error!(error = %why, "Grantor did not answer a client of the canary");
                why.answer()
            }
        };
        if self.of.canary_fallback {
            self.ledger.canaried(Canaried::FellBack);
            return self.pass(asking, Body::from(body)).await;
        }
        self.ledger.canaried(Canaried::Failed);
        failed
    }
}

impl Answers for Door {
    async fn answer(self: Arc<Self>, peer: IpAddr, request: Request<Body>) -> Response<Body> {
        self.ledger.request();
        let (parts, body) = request.into_parts();
        if whence::came_by_here(&parts.headers) {
            tracing::error!(
                upstream = self.ledger.upstream,
                "the old server's address leads back here: name it by its own address in shadow.upstream"
            );
            let sentence =
                "The address of the authorization server behind this one leads back to this one.";
            return refused(StatusCode::BAD_GATEWAY, sentence);
        }
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            let sentence = "Too many requests are under way; come back in a moment.";
            return refused(StatusCode::SERVICE_UNAVAILABLE, sentence);
        };
        let whence = Whence::of(peer, &parts.headers, &self.trusted, self.has_tls);
        let (is_post, path) = (parts.method == Method::POST, parts.uri.path().to_owned());
        let asking = Asking {
            parts,
            whence,
            place,
        };
        let checks = self.of.environment.paths.check_token.as_deref();
        // Each by itself: the future of what is only passed on would else be as large.
        match path.as_str() {
            path if is_post && path == self.of.token_path => {
                Box::pin(self.token(asking, body)).await
            }
            path if is_post && path == self.of.introspection_path => {
                let ours = &self.of.environment.paths.introspection;
                Box::pin(self.introspection(asking, ours, body)).await
            }
            path if is_post && checks == Some(path) => {
                Box::pin(self.introspection(asking, path, body)).await
            }
            path if is_post && path == self.of.revocation_path => {
                Box::pin(self.revocation(asking, body)).await
            }
            _ => self.pass(asking, body).await,
        }
    }
}

/// RFC 6749 §5.2
fn is_invalid_grant(answer: &Answer) -> bool {
    let body = serde_json::from_slice::<serde_json::Value>(&answer.body);
    let is_it = |body: serde_json::Value| {
        body.get("error").and_then(|error| error.as_str()) == Some("invalid_grant")
    };
    answer.status.is_client_error() && body.is_ok_and(is_it)
}
