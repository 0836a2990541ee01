//! The keys that a signer publishes (RFC 7517 §5), remembered for a while.
//!
//! Where none of them fits they are asked for anew, since signers announce new ones there; at most once a minute, so that
//! whoever sends invented signatures makes nobody ask all the time.

use std::sync::Arc;

use axum::http::{Request, header};
use bytes::Bytes;
use http_body_util::Full;
use store::Millis;
use tokio::sync::Mutex;

use super::claims::Claims;
use super::key::VerificationKey;
use super::{Presented, SignatureRefusal};
use crate::outbound::Outbound;

/// How long keys are believed without asking again: for so long a key that was withdrawn still counts.
const KEEP: Millis = 10 * 60 * 1000;
/// How soon a key that is not known is asked for again.
const ASK_AGAIN: Millis = 60 * 1000;
/// How soon is asked again after there was no answer.
const TRY_AGAIN: Millis = 2 * 1000;

/// One signer's published keys.
#[derive(Debug, Default)]
pub struct KeySet(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    keys: Arc<[VerificationKey]>,
    asked_at: Option<Millis>,
    failed: Option<(Millis, String)>,
}

impl KeySet {
    /// What a token claims, if a key published at `url` signed it.
    ///
    /// # Errors
    /// See [`SignatureRefusal`].
    pub async fn verify(
        &self,
        token: &Presented<'_>,
        outbound: &Outbound,
        url: &str,
        now: Millis,
    ) -> Result<Claims, SignatureRefusal> {
        let keys = self.keys(KEEP, outbound, url, now).await?;
        match token.verify(&keys) {
            // A new key, perhaps without a name of its own.
            Err(SignatureRefusal::KeyUnknown | SignatureRefusal::SignatureWrong) => {
                let keys = self.keys(ASK_AGAIN, outbound, url, now).await?;
                token.verify(&keys)
            }
            judged => judged,
        }
    }

    /// The keys as they were published that long ago at most.
    async fn keys(
        &self,
        fresh_enough: Millis,
        outbound: &Outbound,
        url: &str,
        now: Millis,
    ) -> Result<Arc<[VerificationKey]>, SignatureRefusal> {
        let mut known = self.0.lock().await;
        let age = known.asked_at.map(|at| now - at);
        if age.is_some_and(|age| age < fresh_enough) {
            return Ok(Arc::clone(&known.keys));
        }
        if let Some((at, why)) = &known.failed
            && now - at < TRY_AGAIN
        {
            return Err(SignatureRefusal::KeysAway(why.clone()));
        }
        match fetch(outbound, url).await {
            Ok(keys) => {
                *known = Remembered {
                    keys: keys.into(),
                    asked_at: Some(now),
                    failed: None,
                };
                Ok(Arc::clone(&known.keys))
            }
            Err(why) => {
                known.failed = Some((now, why.clone()));
                Err(SignatureRefusal::KeysAway(why))
            }
        }
    }
}

async fn fetch(outbound: &Outbound, url: &str) -> Result<Vec<VerificationKey>, String> {
    let request = Request::get(url)
        .header(header::ACCEPT, "application/jwk-set+json, application/json")
        .body(Full::<Bytes>::default())
        .map_err(|error| error.to_string())?;
    let answer = outbound
        .send(request)
        .await
        .map_err(|error| error.to_string())?;
    if !answer.status.is_success() {
        return Err(format!("the key set was answered with {}", answer.status));
    }
    serde_json::from_slice(&answer.body)
        .ok()
        .and_then(|set| VerificationKey::of_set(&set))
        .ok_or_else(|| "the key set is no JWK set".to_owned())
}
