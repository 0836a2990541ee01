//! The keys that a signer publishes (RFC 7517 §5), remembered for a while.
//!
//! Where none of them fits they are asked for anew, since signers announce new ones there; at most once a minute, so that
//! whoever sends invented signatures makes nobody ask all the time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{Request, header};
use bytes::Bytes;
use http_body_util::Full;
use store::Millis;

use super::claims::Claims;
use super::key::VerificationKey;
use super::{Presented, SignatureRefusal};
use crate::clock;
use crate::outbound::Outbound;

/// How long keys are believed without asking again: for so long a key that was withdrawn still counts.
const KEEP: Millis = 10 * 60 * 1000;
/// How soon a key that is not known is asked for again.
const ASK_AGAIN: Millis = 60 * 1000;
/// How soon is asked again after there was no answer.
const TRY_AGAIN: Millis = 2 * 1000;

/// How much longer keys are believed while somebody is asking for them anew.
const WHILE_ASKING: Millis = 60 * 1000;

/// One signer's published keys.
#[derive(Debug, Default)]
pub struct KeySet {
    remembered: Mutex<Remembered>,
    /// Held by whoever asks: of many who need new keys one does.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Remembered {
    keys: Arc<[VerificationKey]>,
    asked_at: Option<Millis>,
    failed: Option<(Millis, String)>,
}

type Keys = Result<Arc<[VerificationKey]>, SignatureRefusal>;

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
    ) -> Keys {
        if let Some(known) = self.known(fresh_enough, now) {
            return known;
        }
        let _asking = match self.asking.try_lock() {
            Ok(asking) => asking,
            Err(_) => {
                // Whoever sends a signature of an unknown key has no use for the known ones, and waits; nobody else does.
                if fresh_enough == KEEP
                    && let Some(Ok(keys)) = self.known(KEEP + WHILE_ASKING, now)
                {
                    return Ok(keys);
                }
                self.asking.lock().await
            }
        };
        // Somebody may have asked in the meantime, and that may have taken long.
        if let Some(known) = self.known(fresh_enough, clock::now()) {
            return known;
        }
        let answered = fetch(outbound, url).await;
        let mut remembered = self.lock();
        // By the clock after the answer: a request that waited for it began long ago.
        let answered_at = clock::now();
        match answered {
            Ok(keys) => {
                *remembered = Remembered {
                    keys: keys.into(),
                    asked_at: Some(answered_at),
                    failed: None,
                };
                Ok(Arc::clone(&remembered.keys))
            }
            Err(why) => {
                remembered.failed = Some((answered_at, why.clone()));
                Err(SignatureRefusal::KeysAway(why))
            }
        }
    }

    /// What needs no asking: keys that are fresh enough, or that there was no answer a moment ago.
    fn known(&self, fresh_enough: Millis, now: Millis) -> Option<Keys> {
        let remembered = self.lock();
        if remembered
            .asked_at
            .is_some_and(|at| now - at < fresh_enough)
        {
            return Some(Ok(Arc::clone(&remembered.keys)));
        }
        let (at, why) = remembered.failed.as_ref()?;
        (now - at < TRY_AGAIN).then(|| Err(SignatureRefusal::KeysAway(why.clone())))
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// A signer that answers the first so many questions with a key set and says nothing, or hangs up, after that.
    async fn signer(answers: usize, hangs_up: bool) -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                if count.fetch_add(1, Ordering::SeqCst) < answers {
                    let _ = stream.read(&mut [0; 4096]).await;
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 11\r\n\r\n{\"keys\":[]}";
                    let _ = stream.write_all(answer).await;
                } else if !hangs_up {
                    held.push(stream);
                }
            }
        });
        (url, asked)
    }

    #[tokio::test]
    async fn a_signer_that_gave_no_answer_is_left_alone_for_a_moment_however_long_the_answer_took()
    {
        let (url, asked) = signer(0, true).await;
        let (set, outbound) = (KeySet::default(), Outbound::default());
        // The request began long before the answer failed to come.
        let began = clock::now() - 30_000;
        assert!(set.keys(KEEP, &outbound, &url, began).await.is_err());
        let once = asked.load(Ordering::SeqCst);
        assert!(set.keys(KEEP, &outbound, &url, clock::now()).await.is_err());
        assert_eq!(asked.load(Ordering::SeqCst), once);
    }

    #[tokio::test]
    async fn nobody_waits_for_keys_while_somebody_asks_for_new_ones() {
        let (url, asked) = signer(1, false).await;
        let (set, outbound) = (Arc::new(KeySet::default()), Arc::new(Outbound::default()));
        set.keys(KEEP, &outbound, &url, clock::now()).await.unwrap();
        set.lock().asked_at = Some(clock::now() - KEEP);
        let asks = {
            let (set, outbound, url) = (Arc::clone(&set), Arc::clone(&outbound), url.clone());
            tokio::spawn(async move { set.keys(KEEP, &outbound, &url, clock::now()).await.is_ok() })
        };
        while asked.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
        let others = set.keys(KEEP, &outbound, &url, clock::now());
        let others = tokio::time::timeout(Duration::from_secs(2), others).await;
        assert!(others.unwrap().is_ok(), "the known keys count meanwhile");
        let late = set.keys(KEEP, &outbound, &url, clock::now() + WHILE_ASKING);
        let late = tokio::time::timeout(Duration::from_millis(50), late).await;
        assert!(late.is_err(), "but not for ever");
        asks.abort();
    }
}
