//! Introspection and revocation while two servers give tokens out: who knows a token answers for it.
//!
//! Grantor is asked first, with the very request: a token that it does not know is inactive there (RFC 7662 §2.2), and the
//! old server's. As long as there is no canary nobody has a token of Grantor, and everything is passed on.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use bytes::Bytes;

use super::answered::{self, Answer, refused};
use super::asked::Asked;
use super::door::{Asking, Door};
use super::gathered::{Gathered, gather};
use super::passage::NoAnswer;

impl Door {
    /// A question about a token; `ours` is where Grantor is asked it.
    pub(super) async fn introspection(
        &self,
        asking: Asking,
        ours: &str,
        body: Body,
    ) -> Response<Body> {
        let body = match self.small(body).await {
            Ok(body) => body,
            Err(Unread::Large(body)) => return self.pass(asking, body).await,
            Err(Unread::Broken(answer)) => return answer,
        };
        match self.ask_grantor(&asking, ours, body.clone()).await {
            Ok(answer) if knows(&answer) => answered::read(answer),
            Ok(answer) if !answer.status.is_server_error() => {
                self.pass(asking, Body::from(body)).await
            }
            failed => {
                say("a token could not be asked for", &failed);
                // It may be Grantor's: that the old server does not know it then says nothing.
                match self.ask_old(&asking, body).await {
                    Ok(answer) if knows(&answer) => answered::read(answer),
                    Ok(_) => refused(
                        StatusCode::SERVICE_UNAVAILABLE,
                        "Whether this token is good cannot be told at the moment.",
                    ),
                    Err(why) => self.unanswered(&why),
                }
            }
        }
    }

    /// The end of a token. What a client of the canary ends is ended on both sides: it may have tokens of either.
    pub(super) async fn revocation(&self, asking: Asking, body: Body) -> Response<Body> {
        let body = match self.small(body).await {
            Ok(body) => body,
            Err(Unread::Large(body)) => return self.pass(asking, body).await,
            Err(Unread::Broken(answer)) => return answer,
        };
        let environment = &self.of.environment;
        let asked = Asked::read(&environment.dialect, &asking.parts, &body);
        let paths = &environment.paths;
        if asked.client_ids.iter().any(|id| self.canary.holds(id)) {
            if let Err(why) = self.ask_old(&asking, body.clone()).await {
                return self.unanswered(&why);
            }
            let ended = self.ask_grantor(&asking, &paths.revocation, body).await;
            return ended.map_or_else(|why| why.answer(), answered::read);
        }
        let known = self.ask_grantor(&asking, &paths.introspection, body.clone());
        match known.await {
            Ok(answer) if knows(&answer) => {
                let ended = self.ask_grantor(&asking, &paths.revocation, body).await;
                ended.map_or_else(|why| why.answer(), answered::read)
            }
            other => {
                say("whose token is to end could not be asked", &other);
                self.pass(asking, Body::from(body)).await
            }
        }
    }

    /// The body, where Grantor has to be asked at all.
    async fn small(&self, body: Body) -> Result<Bytes, Unread> {
        if !self.canary.is_in_use() {
            return Err(Unread::Large(body));
        }
        match gather(body).await {
            Ok(Gathered::Whole(body)) => Ok(body),
            Ok(Gathered::Large(body)) => Err(Unread::Large(body)),
            Err(why) => Err(Unread::Broken(why.answer())),
        }
    }
}

/// A body that is not read here.
enum Unread {
    /// To be passed on as it comes.
    Large(Body),
    /// It did not arrive.
    Broken(Response<Body>),
}

/// Whether an answer says that a token is good.
fn knows(answer: &Answer) -> bool {
    let body = serde_json::from_slice::<serde_json::Value>(&answer.body).unwrap_or_default();
    answer.status == StatusCode::OK && body.is_object() && body.get("active") != Some(&false.into())
}

fn say(what: &'static str, failed: &Result<Answer, NoAnswer>) {
    match failed {
        Ok(answer) if !answer.status.is_server_error() => {}
        Ok(answer) => tracing::warn!(status = answer.status.as_u16(), what, "Grantor failed"),
        Err(why) => tracing::warn!(error = %why, what, "Grantor did not answer"),
    }
}
