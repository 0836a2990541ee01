//! Where the issuer is asked about tokens: what its metadata says (RFC 8414 §2).
//!
//! Of many who want to know one asks, in a task of its own, so that nothing is lost when its request goes away. Whoever
//! has an endpoint does not wait for another's asking; while the issuer does not say, the one that it said last counts.
//! That nothing could be found out is remembered too: not every request waits for an issuer that does not answer.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::issuer::Issuer;
use crate::outbound::IssuerError;

/// How old the issuer's word may get.
const COUNTS_FOR: Duration = Duration::from_secs(5 * 60);
/// How soon an issuer that did not say is asked again, where an endpoint is known.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// And where none is.
const BRIEFLY: Duration = Duration::from_secs(1);

/// Where the issuer is asked, and how it wants to know by whom.
#[derive(Clone)]
pub struct Endpoint {
    /// The address.
    pub url: String,
    /// By HTTP Basic, else in the body.
    pub basic: bool,
}

/// Finds the endpoint, and remembers it.
pub struct Finder {
    issuer: Arc<Issuer>,
    known: RwLock<Option<Known>>,
    /// Held by whoever asks.
    finding: Mutex<()>,
}

/// What came of asking, and until when it counts.
#[derive(Clone)]
struct Known {
    found: Result<Endpoint, IssuerError>,
    until: Instant,
}

impl Finder {
    /// Nothing is known yet.
    pub fn new(issuer: Arc<Issuer>) -> Self {
        Self {
            issuer,
            known: RwLock::default(),
            finding: Mutex::default(),
        }
    }

    /// Where to ask.
    ///
    /// # Errors
    /// See [`IssuerError`].
    pub async fn endpoint(self: &Arc<Self>) -> Result<Endpoint, IssuerError> {
        if let Some(known) = self.counting() {
            return known.found;
        }
        if self.finding.try_lock().is_err()
            && let Some(Ok(endpoint)) = self.known().map(|known| known.found)
        {
            return Ok(endpoint);
        }
        let finder = Arc::clone(self);
        let finding = tokio::spawn(async move { finder.find().await });
        // It ends otherwise only where the runtime does.
        let ended = |_| Err(IssuerError::TooSlow(self.issuer.url.clone()));
        finding.await.unwrap_or_else(ended)
    }

    /// Asks, unless somebody has since.
    async fn find(&self) -> Result<Endpoint, IssuerError> {
        let _finding = self.finding.lock().await;
        if let Some(known) = self.counting() {
            return known.found;
        }
        let (found, time) = match (self.ask().await, self.known().map(|known| known.found)) {
            (Ok(found), _) => (Ok(found), COUNTS_FOR),
            // Its own answer will show whether it is one.
            (Err(another @ IssuerError::AnotherIssuer { .. }), _) => (Err(another), BRIEFLY),
            (Err(_), Some(Ok(endpoint))) => (Ok(endpoint), ASK_AGAIN),
            (Err(error), _) => (Err(error), BRIEFLY),
        };
        let known = Known {
            found: found.clone(),
            until: Instant::now() + time,
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known);
        found
    }

    async fn ask(&self) -> Result<Endpoint, IssuerError> {
        let metadata = self.issuer.metadata().await?;
        let methods = &metadata.introspection_endpoint_auth_methods_supported;
        // RFC 8414 §2: without a list, Basic is what there is.
        let basic = methods.is_empty() || methods.iter().any(|one| one == "client_secret_basic");
        let url = metadata.introspection_endpoint;
        Ok(Endpoint {
            url: self.issuer.endpoint("introspection_endpoint", url)?,
            basic,
        })
    }

    fn counting(&self) -> Option<Known> {
        self.known().filter(|known| known.until > Instant::now())
    }

    fn known(&self) -> Option<Known> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::outbound::Outbound;

    #[tokio::test]
    async fn s247_an_endpoint_goes_on_counting_and_a_failure_is_remembered() {
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", nobody.local_addr().unwrap());
        drop(nobody);
        let finder = Arc::new(Finder::new(Arc::new(Issuer {
            audience: url.clone(),
            url,
            outbound: Outbound::new(Duration::from_secs(5)),
        })));
        assert!(finder.endpoint().await.is_err());
        let until = finder.counting().unwrap().until;
        assert!(until <= Instant::now() + BRIEFLY);
        let old = Endpoint {
            url: "http://127.0.0.1:1/introspect".to_owned(),
            basic: true,
        };
        *finder.known.write().unwrap() = Some(Known {
            found: Ok(old.clone()),
            until: Instant::now(),
        });
        assert_eq!(finder.endpoint().await.unwrap().url, old.url);
        let until = finder.counting().unwrap().until;
        assert!(until > Instant::now() + BRIEFLY && until <= Instant::now() + ASK_AGAIN);
    }

    #[tokio::test]
    async fn whoever_has_an_endpoint_does_not_wait_for_anothers_asking() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", silent.local_addr().unwrap());
        let finder = Arc::new(Finder::new(Arc::new(Issuer {
            audience: url.clone(),
            url: url.clone(),
            outbound: Outbound::new(Duration::from_secs(60)),
        })));
        *finder.known.write().unwrap() = Some(Known {
            found: Ok(Endpoint { url, basic: true }),
            until: Instant::now(),
        });
        let _finding = finder.finding.lock().await;
        let found = tokio::time::timeout(Duration::from_secs(10), finder.endpoint()).await;
        assert!(found.unwrap().is_ok());
    }
}
