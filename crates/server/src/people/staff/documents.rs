//! The provider's discovery document, remembered for a while.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::Millis;

use super::provider::{Discovered, Metadata, ProviderError};
use crate::clock;

/// How long a discovery document is believed without asking again.
const KEEP: Millis = 10 * 60 * 1000;
/// How long the last one stands in where there is no answer.
const KEEP_WITHOUT_ANSWER: Millis = 24 * 60 * 60 * 1000;
/// How soon is asked again after there was no answer: whoever presses the button makes nobody ask all the time.
const TRY_AGAIN: Millis = 2 * 1000;

/// What is remembered of the document.
#[derive(Debug, Default)]
pub struct Documents {
    remembered: Mutex<Remembered>,
    /// Held by whoever asks: of many who need it one does.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Remembered {
    good: Option<(Millis, Arc<Metadata>)>,
    failed: Option<(Millis, ProviderError)>,
}

impl Documents {
    /// The document, asked for at most every ten minutes, by one at a time.
    ///
    /// # Errors
    /// [`ProviderError::Away`] and [`ProviderError::Unfit`].
    pub async fn get<F>(&self, now: Millis, discover: impl FnOnce() -> F) -> Discovered
    where
        F: Future<Output = Result<Metadata, ProviderError>>,
    {
        if let Some(known) = self.known(now) {
            return known;
        }
        let _asking = match self.asking.try_lock() {
            Ok(asking) => asking,
            Err(_) => match self.last_good(now) {
                Some(good) => return Ok(good),
                None => self.asking.lock().await,
            },
        };
        // Somebody may have asked in the meantime, and that may have taken long.
        if let Some(known) = self.known(clock::now()) {
            return known;
        }
        self.remember(discover().await.map(Arc::new))
    }

    /// What needs no asking: a document that is fresh enough, or what came of asking a moment ago.
    fn known(&self, now: Millis) -> Option<Discovered> {
        let remembered = self.lock();
        if let Some((at, good)) = &remembered.good
            && now - at < KEEP
        {
            return Some(Ok(Arc::clone(good)));
        }
        let (at, error) = remembered.failed.as_ref()?;
        (now - at < TRY_AGAIN).then(|| remembered.without_answer(error, now))
    }

    /// The last good document, while it may stand in for a new one.
    fn last_good(&self, now: Millis) -> Option<Arc<Metadata>> {
        self.lock().last_good(now)
    }

    fn remember(&self, answered: Discovered) -> Discovered {
        let mut remembered = self.lock();
        // By the clock after the answer: a request that waited for it began long ago.
        let now = clock::now();
        match answered {
            Ok(metadata) => {
                *remembered = Remembered {
                    good: Some((now, Arc::clone(&metadata))),
                    failed: None,
                };
                Ok(metadata)
            }
            Err(error) => {
                remembered.failed = Some((now, error.clone()));
                remembered.without_answer(&error, now)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Remembered {
    fn last_good(&self, now: Millis) -> Option<Arc<Metadata>> {
        let (at, good) = self.good.as_ref()?;
        (now - at < KEEP_WITHOUT_ANSWER).then(|| Arc::clone(good))
    }

    /// A provider that is away has moved nowhere; one whose document is another's may have.
    fn without_answer(&self, error: &ProviderError, now: Millis) -> Discovered {
        match (error, self.last_good(now)) {
            (ProviderError::Away(_), Some(good)) => Ok(good),
            _ => Err(error.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn good() -> Metadata {
        let document = serde_json::json!({
            "issuer": "https://login.example.com", "authorization_endpoint": "https://login.example.com/auth",
            "token_endpoint": "https://login.example.com/t", "jwks_uri": "https://login.example.com/keys",
        });
        super::super::provider::judge(document.to_string().as_bytes(), "https://login.example.com")
            .unwrap()
    }

    #[test]
    fn the_last_good_document_stands_in_for_one_that_does_not_come() {
        let documents = Documents::default();
        let away = || ProviderError::Away("no answer".to_owned());
        assert!(documents.remember(Err(away())).is_err());
        let now = clock::now();
        assert!(matches!(documents.known(now), Some(Err(_))), "for a moment");
        assert!(documents.known(now + TRY_AGAIN).is_none());
        documents.remember(Ok(Arc::new(good()))).unwrap();
        assert!(documents.known(now + KEEP / 2).unwrap().is_ok());
        assert!(documents.remember(Err(away())).is_ok());
        let later = clock::now() + KEEP_WITHOUT_ANSWER;
        assert!(documents.lock().without_answer(&away(), later).is_err());
        let unfit = ProviderError::Unfit("another's".to_owned());
        assert!(documents.remember(Err(unfit)).is_err());
    }

    #[tokio::test]
    async fn of_many_who_need_the_document_one_asks() {
        let (documents, asked) = (Documents::default(), AtomicUsize::new(0));
        // The requests began long before the answer failed to come.
        let began = clock::now() - 30_000;
        let ask = || {
            documents.get(began, || async {
                asked.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Err(ProviderError::Away("no answer".to_owned()))
            })
        };
        let (one, other) = tokio::join!(ask(), ask());
        assert!(one.is_err() && other.is_err() && ask().await.is_err());
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
}
