//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request that makes something and is sent
//! twice makes it once, and the second answer says what the first one did.
//!
//! One write decides who runs a request. Its answer is kept for a day, without what is told once: a secret is in
//! the database only as its hash, here as anywhere (docs/decisions/0008). What is made gets an id that is drawn
//! with the claim, so that an attempt that was broken off and is sent again cannot make a second one either.

use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::{Claim, KeptAnswer, KeyedRequest, Millis};
use utoipa::IntoParams;

use super::body;
use super::operator::Operator;
use super::problem::Problem;
use crate::listener::request_id::CURRENT;
use crate::platform::Platform;
use crate::random;
use crate::secrets::master_key::MasterKeys;

/// The header's name.
pub const HEADER: &str = "Idempotency-Key";
/// How long an answer is kept, in milliseconds: a day.
const KEPT: Millis = 24 * 60 * 60 * 1000;
/// How long a request without an answer counts as running, in milliseconds: longer than any takes.
const RUNNING: Millis = 60 * 1000;
/// The longest key, in bytes.
const LONGEST_KEY: usize = 255;
/// Keeps these hashes apart from every other use of the same key.
const PURPOSE: &[u8] = b"grantor/idempotency/";

/// The answer of a request that makes something.
pub trait Told: Serialize + Send + 'static {
    /// Members that are told once. They are not kept, so an answer that is given again lacks them.
    const ONCE: &'static [&'static str];
}

/// A JSON body, and how to do what it asks only once.
pub struct Repeatable<T> {
    /// What is asked.
    pub asked: T,
    /// The way to answer.
    pub once: Once,
}

/// A request that may be sent again.
pub struct Once {
    key: Option<String>,
    target: String,
    body: Bytes,
}

/// The header, for the `params` of a handler.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code)] // only ever described; `Repeatable` reads the header
pub struct IdempotencyKey {
    /// Any text of your own, such as a UUID. The same request under the same key is done once within a day; sent again, it
    /// gets the same answer without what is told once, and a header `Idempotent-Replayed`.
    #[param(
        rename = "Idempotency-Key",
        max_length = 255,
        min_length = 1,
        pattern = "^[!#-~]+$"
    )]
    idempotency_key: Option<String>,
}

/// The claim to run a request.
struct Run {
    platform: Arc<Platform>,
    id_hash: [u8; 32],
    made_id: String,
    /// An attempt before this one was broken off.
    again: bool,
    status: StatusCode,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Repeatable<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let key = key(request.headers())?;
        let target = request.uri().to_string();
        let body = body::bytes(request, state).await?;
        let asked = body::read(&body)?;
        let once = Once { key, target, body };
        Ok(Self { asked, once })
    }
}

impl Once {
    /// Makes what was asked for under the id it is given, or says what came of it the first time.
    pub async fn answer<S, T, F>(
        self,
        platform: Arc<Platform>,
        operator: Operator<S>,
        status: StatusCode,
        make: impl FnOnce(Arc<Platform>, Operator<S>, String) -> F,
    ) -> Result<Response, Problem>
    where
        T: Told,
        F: Future<Output = Result<T, Problem>> + Send + 'static,
    {
        let now = operator.arrival.now;
        let made_id = random::uuid(now)?;
        let Some(key) = &self.key else {
            let told = make(platform, operator, made_id).await?;
            return Ok((status, Json(told)).into_response());
        };
        let id_hash = hash(&[operator.token.as_bytes(), key.as_bytes()]);
        let request = KeyedRequest {
            id_hash,
            fingerprints: self.fingerprints(&platform.master_keys.load()),
            made_id,
            running_until: now + RUNNING,
            expires_at: now + KEPT,
        };
        match platform.store.claim_request(request, now).await? {
            Claim::Done { status, answer } => replayed(status, answer),
            Claim::Running => Err(Problem::conflict(
                "A request with this idempotency key is being worked on; ask again in a minute.",
            )),
            Claim::Other => Err(Problem::unprocessable(
                "This idempotency key was used for another request; take a new key for a new request.",
            )),
            Claim::Run { made_id, again } => {
                let run = Run {
                    platform: Arc::clone(&platform),
                    id_hash,
                    made_id: made_id.clone(),
                    again,
                    status,
                };
                let request_id = operator.arrival.request_id;
                let run = run.work(make(platform, operator, made_id));
                // It goes on when the caller hangs up, so that their next attempt finds an answer.
                let ended = tokio::spawn(CURRENT.scope(request_id, run)).await;
                ended.map_err(|error| Problem::internal(&error))?
            }
        }
    }

    /// Hashes of the request, under each master key. It may hold a password, so that a plain hash would let whoever reads
    /// the database guess it.
    fn fingerprints(&self, keys: &MasterKeys) -> Vec<[u8; 32]> {
        let request = hash(&[self.target.as_bytes(), &self.body]);
        let claim = [PURPOSE, request.as_slice()].concat();
        keys.iter().map(|key| key.seal_operator(&claim)).collect()
    }
}

impl Run {
    async fn work<T: Told>(
        self,
        make: impl Future<Output = Result<T, Problem>>,
    ) -> Result<Response, Problem> {
        let store = &self.platform.store;
        let (answer, written) = match make.await {
            Ok(told) => {
                let answer =
                    serde_json::to_value(&told).map_err(|error| Problem::internal(&error))?;
                let kept = self.kept::<T>(answer.clone());
                let written = store.keep_answer(self.id_hash, &self.made_id, kept).await;
                (Ok((self.status, Json(answer)).into_response()), written)
            }
            // Nobody knows whether it was done: the next attempt goes on under the same id.
            Err(problem) if problem.is_ours() || self.again => {
                let written = store.release_request(self.id_hash, &self.made_id).await;
                (Err(self.after_another(problem)), written)
            }
            Err(problem) => {
                let written = store.forget_request(self.id_hash, &self.made_id).await;
                (Err(problem), written)
            }
        };
        if let Err(error) = written {
            // The next attempt waits until this one counts as broken off, and then goes on under the same id.
            tracing::warn!(%error, "what came of an idempotency key was not written");
        }
        answer
    }

    fn kept<T: Told>(&self, mut answer: Value) -> KeptAnswer {
        if let Some(members) = answer.as_object_mut() {
            T::ONCE.iter().for_each(|member| {
                members.remove(*member);
            });
        }
        let subject = answer["id"].as_str().or_else(|| answer["uuid"].as_str());
        KeptAnswer {
            status: self.status.as_u16(),
            subject: subject.map(str::to_owned),
            answer: answer.to_string(),
        }
    }

    /// A conflict after a broken attempt is most likely with what that attempt made.
    fn after_another(&self, problem: Problem) -> Problem {
        if self.again && problem.is_conflict() {
            Problem::conflict(format!(
                "An earlier attempt under this idempotency key was broken off, and may have made {}: look at that first.",
                self.made_id
            ))
        } else {
            problem
        }
    }
}

fn replayed(status: u16, answer: String) -> Result<Response, Problem> {
    let status = StatusCode::from_u16(status).map_err(|error| Problem::internal(&error))?;
    let mut response = (status, answer).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    Ok(response)
}

/// The key of a request: a structured text (RFC 8941 §3.3.3) as the draft wants it, or the same without quotes.
fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(HEADER).iter();
    let (first, second) = (values.next(), values.next());
    let Some(value) = first else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let quoted = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let key = quoted.unwrap_or(text);
    let fits = (1..=LONGEST_KEY).contains(&key.len())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'"');
    if second.is_some() || !fits {
        return Err(Problem::bad_request(
            "An idempotency key is one text of 1 to 255 visible ASCII characters, such as a UUID.",
        ));
    }
    Ok(Some(key.to_owned()))
}

/// SHA-256 over parts, each with its length, so that none runs into the next.
fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(values: &[&str]) -> Result<Option<String>, Problem> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("idempotency-key", value.parse().unwrap());
        }
        key(&headers)
    }

    #[test]
    fn a_key_is_one_short_visible_text_with_or_without_quotes() {
        assert_eq!(read(&[]).unwrap(), None);
        assert_eq!(read(&["abc-1"]).unwrap().as_deref(), Some("abc-1"));
        assert_eq!(read(&["\"abc-1\""]).unwrap().as_deref(), Some("abc-1"));
        assert!(read(&[&"x".repeat(255)]).is_ok());
        for unfit in ["", "\"\"", "a b", "a\"b", "\"a", &"x".repeat(256)] {
            assert!(read(&[unfit]).is_err(), "{unfit}");
        }
        assert!(read(&["a", "b"]).is_err());
    }

    #[test]
    fn a_request_is_told_from_another_and_known_under_an_older_master_key() {
        use crate::secrets::master_key::MasterKey;
        let once = |target: &str, body: &'static str| Once {
            key: None,
            target: target.into(),
            body: Bytes::from_static(body.as_bytes()),
        };
        let old = MasterKeys::single(MasterKey::new([1; 32]));
        let both = old.with_new(MasterKey::new([2; 32]));
        let kept = once("/people", "{}").fingerprints(&old);
        assert!(once("/people", "{}").fingerprints(&both).contains(&kept[0]));
        assert!(
            !once("/people", "{ }")
                .fingerprints(&both)
                .contains(&kept[0])
        );
        assert!(
            !once("/people?", "{}")
                .fingerprints(&both)
                .contains(&kept[0])
        );
        assert!(!once("/people{", "}").fingerprints(&both).contains(&kept[0]));
    }
}
