//! What Grantor would have answered: the same request through the same endpoint, on the same database, and nothing of it stays.
//!
//! It begins when the old answer has gone. Nothing is issued ([`crate::tokens::issue`]), counted for limits or remembered;
//! the one thing that may be written is the new hash of an imported secret that proved right, as at any first use.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request, StatusCode, Uri, header};
use bytes::Bytes;
use tokio::sync::{Semaphore, watch};

use super::answered::{Answer, Copied, LARGEST_COMPARED};
use super::asked::{Asked, NotCompared};
use super::compare::compare;
use super::ledger::{Compared, Ledger};
use crate::config::{Config, Shadow};
use crate::context::{Context, RefusedFor};
use crate::listener::request_id::{CURRENT, RequestId};
use crate::platform::{Issuer, Platform};
use crate::router::{self, Doors};
use crate::{clock, serve};

/// How long Grantor may take.
const WITHIN: Duration = Duration::from_secs(10);
/// How soon the database is tried again that could not be opened.
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// Rehearses, a bounded number at a time.
pub struct Rehearsals {
    ours: OnceLock<Ours>,
    places: Semaphore,
    most: u32,
    ledger: Arc<Ledger>,
}

/// Grantor in this process.
struct Ours {
    platform: Arc<Platform>,
    issuer: Arc<Issuer>,
    doors: Doors,
}

/// A token request that was passed on.
pub struct Passed {
    /// What it asks.
    pub asked: Asked,
    /// Its head.
    pub head: Parts,
    /// Its body.
    pub body: Bytes,
    /// Who sent it.
    pub remote: IpAddr,
    /// When it came.
    pub at: tokio::time::Instant,
    /// The old answer's status and headers.
    pub answered: (StatusCode, HeaderMap),
}

impl Rehearsals {
    /// Opens the database, for as long as it takes: requests are passed on meanwhile.
    pub fn open(
        config: &Arc<Config>,
        of: &Shadow,
        ledger: &Arc<Ledger>,
        stop: watch::Receiver<bool>,
    ) -> Arc<Self> {
        let this = Arc::new(Self {
            ours: OnceLock::new(),
            places: Semaphore::new(of.rehearsals_at_once),
            most: u32::try_from(of.rehearsals_at_once).unwrap_or(u32::MAX),
            ledger: Arc::clone(ledger),
        });
        let (opened, config) = (Arc::clone(&this), Config::clone(config));
        let environment = of.environment.name.as_str().to_owned();
        tokio::spawn(async move {
            let ours = Ours::open(&config, &environment).await;
            tokio::spawn(serve::notice(Arc::clone(&ours.platform), stop));
            let _ = opened.ours.set(ours);
            tracing::info!(environment, "rehearsing");
        });
        this
    }

    /// Whether the database is open.
    pub fn is_open(&self) -> bool {
        self.ours.get().is_some()
    }

    /// Rehearses a request when its answer has gone, and counts how the two differ. Nobody waits for it.
    pub fn begin(self: &Arc<Self>, passed: Passed, copied: Copied) {
        if let Some(why) = passed.asked.spends() {
            return self.ledger.not_compared(why);
        }
        let this = Arc::clone(self);
        tokio::spawn(async move {
            match this.rehearse(passed, copied).await {
                Ok(compared) => this.ledger.compared(compared),
                Err(why) => this.ledger.not_compared(why),
            }
        });
    }

    async fn rehearse(&self, passed: Passed, copied: Copied) -> Result<Compared, NotCompared> {
        let (status, headers) = passed.answered.clone();
        let (body, ended) = copied.await.map_err(|_| NotCompared::BrokenOff)?;
        if status.is_server_error() {
            return Err(NotCompared::OldServerFailed);
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(NotCompared::OldServerLimited);
        }
        if headers.contains_key(header::CONTENT_ENCODING) {
            return Err(NotCompared::Compressed);
        }
        let there = Answer {
            status,
            headers,
            body: body.ok_or(NotCompared::TooLarge)?,
            took: ended - passed.at,
        };
        let _place = self.places.try_acquire().map_err(|_| NotCompared::Busy)?;
        let ours = self.ours.get().ok_or(NotCompared::GrantorAway)?;
        let answering = ours.answer(&passed);
        let (here, reason) = tokio::time::timeout(WITHIN, answering)
            .await
            .map_err(|_| NotCompared::GrantorSlow)??;
        if here.status.is_server_error() {
            return Err(NotCompared::GrantorAway);
        }
        let proven = there.status.is_success() || here.status.is_success();
        let client_id = passed.asked.client_ids.first().filter(|_| proven);
        Ok(Compared {
            at: clock::now(),
            client_id: client_id.cloned(),
            differences: compare(&there, &here, &passed.asked.secrets),
            reason,
            took: (there.took, here.took),
        })
    }

    /// Waits for those that are under way, and for what was written.
    pub async fn close(&self, within: Duration) {
        let ended = self.places.acquire_many(self.most);
        if tokio::time::timeout(within, ended).await.is_err() {
            tracing::warn!("some rehearsals did not end in time and are not counted");
        }
        if let Some(ours) = self.ours.get() {
            ours.platform.store.close().await;
        }
    }
}

impl Ours {
    async fn open(config: &Config, environment: &str) -> Self {
        loop {
            let why = match serve::build(config.clone(), clock::now()).await {
                Ok(platform) => match Self::of(platform, environment).await {
                    Ok(ours) => return ours,
                    Err(why) => why,
                },
                Err(why) => why,
            };
            tracing::warn!(error = %format!("{why:#}"), "Grantor cannot be opened; everything is passed on, and nothing is rehearsed");
            tokio::time::sleep(TRY_AGAIN).await;
        }
    }

    async fn of(platform: Arc<Platform>, environment: &str) -> anyhow::Result<Self> {
        // Where `serve` never ran there is no key yet, and no JWT without one.
        serve::ready_keys(&platform).await?;
        let issuer = platform.issuer(environment).cloned();
        let issuer = issuer.ok_or_else(|| anyhow::anyhow!("there is no such environment"))?;
        Ok(Self {
            doors: router::environment(&issuer),
            platform,
            issuer,
        })
    }

    /// The answer of our own token endpoint, and the name of its reason where it refuses.
    async fn answer(&self, passed: &Passed) -> Result<(Answer, Option<String>), NotCompared> {
        let (now, started) = (clock::now(), Instant::now());
        let request_id = RequestId::new(now);
        let context = Context {
            platform: Arc::clone(&self.platform),
            issuer: Arc::clone(&self.issuer),
            now,
            started,
            peer: passed.remote,
            remote_address: passed.remote,
            request_id,
            rehearses: true,
        };
        let path = &self.issuer.environment.paths.token;
        let target = match passed.head.uri.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.clone(),
        };
        let mut request = Request::new(Body::from(passed.body.clone()));
        *request.method_mut() = passed.head.method.clone();
        *request.uri_mut() = target
            .parse::<Uri>()
            .map_err(|_| NotCompared::GrantorAway)?;
        *request.headers_mut() = passed.head.headers.clone();
        let answering = self.doors.answer(context, request);
        let response = CURRENT.scope(request_id, answering).await;
        let reason = response.extensions().get::<RefusedFor>();
        let reason = reason.map(|reason| reason.0.clone());
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, LARGEST_COMPARED).await;
        let answer = Answer {
            status: head.status,
            headers: head.headers,
            body: body.map_err(|_| NotCompared::GrantorAway)?,
            took: started.elapsed(),
        };
        Ok((answer, reason))
    }
}
