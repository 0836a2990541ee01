//! How long an answer may go on: as long as its token lives, and as long as something moves.
//!
//! The token was live when the request was judged. An answer of hours (events, a WebSocket, a large file to a slow client)
//! can outlive it, so whoever streams one keeps a vigil: it notices when the token's time is over, and whenever anything was
//! revoked, suspended or changed, it has the token judged anew. That is told to it; nobody asks the database every second.

use std::future::poll_fn;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use store::Millis;
use tokio::sync::Semaphore;
use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout};

use crate::clock;
use crate::context::Context;
use crate::memory::standing::Moment;
use crate::platform::{Issuer, Platform};
use crate::random;
use crate::tokens::verify::{LiveToken, verify};

/// Milliseconds. What is changed in a burst is looked at once, and not by everybody at the same moment. With the second
/// after which another node's change is noticed, and the time below, this is within five seconds.
const SETTLES_WITHIN: RangeInclusive<u64> = 500..=1500;
/// For the database to say whether the token lives, waiting for one's turn included; if it cannot, the answer ends: nothing
/// here fails open.
const JUDGED_WITHIN: Duration = Duration::from_secs(2);
/// So many are judged at a time: a change among ten thousand streams leaves the database to the requests as well.
const AT_A_TIME: usize = 32;
static TURNS: Semaphore = Semaphore::const_new(AT_A_TIME);
/// Between two attempts to ask it.
const AGAIN_AFTER: Duration = Duration::from_millis(250);
/// The longest a timer is set for: beyond it, it is set anew.
const LONGEST_SLEEP: Millis = 24 * 60 * 60 * 1000;

/// Why an answer was cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CutShort {
    /// Its token's time is over.
    #[error("the access token expired")]
    TokenExpired,
    /// Its token was revoked, or its client or account stopped.
    #[error("the access token was revoked, or what it depends on was stopped")]
    TokenEnded,
    /// Something changed, and the database could not be asked what became of the token.
    #[error("it could not be found out whether the access token is live")]
    TokenUnjudged,
    /// Nothing moved for as long as the route allows.
    #[error("nothing moved for too long")]
    StoodStill,
}

impl CutShort {
    /// The name, as logs, metrics and tests have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::TokenExpired => "CutShortTokenExpired",
            Self::TokenEnded => "CutShortTokenEnded",
            Self::TokenUnjudged => "CutShortTokenUnjudged",
            Self::StoodStill => "CutShortStoodStill",
        }
    }
}

/// What is known of the token of an answer.
pub struct Bearer {
    text: SecretString,
    expires_at: Millis,
    /// The moment before the token was judged.
    judged_at: Moment,
}

impl Bearer {
    /// The token as it was presented, judged live after that moment.
    pub fn new(text: &str, token: &LiveToken, judged_at: Moment) -> Self {
        Self {
            text: text.into(),
            expires_at: token.expires_at,
            judged_at,
        }
    }
}

/// Watches over one answer. Costs nothing before somebody has to wait.
pub struct Vigil {
    context: Context,
    bearer: Option<Arc<Bearer>>,
    idle_at_most: Duration,
    moved: Instant,
    begun: Option<Begun>,
}

struct Begun {
    token: Option<Pin<Box<dyn Future<Output = CutShort> + Send>>>,
    idle: Pin<Box<Sleep>>,
}

impl Vigil {
    /// Over an answer to `bearer`, or to nobody on a public route.
    pub fn new(context: &Context, bearer: Option<Bearer>, idle_at_most: Duration) -> Self {
        Self {
            context: context.clone(),
            bearer: bearer.map(Arc::new),
            idle_at_most,
            moved: Instant::now(),
            begun: None,
        }
    }

    /// Another over the same bearer, for what is not part of the answer.
    pub fn another(&self) -> Self {
        Self {
            context: self.context.clone(),
            bearer: self.bearer.clone(),
            idle_at_most: self.idle_at_most,
            moved: Instant::now(),
            begun: None,
        }
    }

    /// Something moved.
    pub fn moved(&mut self) {
        // Before anybody waited, no clock needs to be read for it.
        if self.begun.is_some() {
            self.moved = Instant::now();
        }
    }

    /// Something moved last at that moment.
    pub fn moved_at(&mut self, moment: Instant) {
        self.moved = self.moved.max(moment);
    }

    /// From now on nothing may stand still for longer than this.
    pub fn hurry(&mut self, idle_at_most: Duration) {
        self.idle_at_most = self.idle_at_most.min(idle_at_most);
        if let Some(begun) = &mut self.begun {
            let until = self.moved + self.idle_at_most;
            begun.idle.as_mut().reset(until);
        }
    }

    /// Whether somebody waits already.
    pub fn has_begun(&self) -> bool {
        self.begun.is_some()
    }

    /// Ready when the answer has to end; [`note`](Self::note) says so.
    pub fn poll(&mut self, task: &mut Task<'_>) -> Poll<CutShort> {
        if let Poll::Ready(why) = self.begun().poll_token(task) {
            return Poll::Ready(why);
        }
        let until = self.moved + self.idle_at_most;
        let begun = self.begun();
        std::task::ready!(poll_idle(begun.idle.as_mut(), until, task));
        begun.token = None;
        Poll::Ready(CutShort::StoodStill)
    }

    /// Returns when the token is not live any more, whatever moves: for as long as there is no answer, whoever waits for it
    /// has a limit of their own.
    pub async fn token_is_over(&mut self) -> CutShort {
        poll_fn(|task| self.begun().poll_token(task)).await
    }

    /// Counts and logs why an answer, or what was left of a request, was cut short.
    pub fn note(&self, why: CutShort) {
        let context = &self.context;
        let (environment, reason) = (context.issuer.realm(), why.name());
        let metrics = &context.platform.metrics;
        metrics.refused(environment, "gateway", reason);
        tracing::info!(
            environment,
            door = "gateway",
            reason,
            request_id = %context.request_id,
            "an answer was cut short"
        );
    }

    fn begun(&mut self) -> &mut Begun {
        let Self {
            context,
            bearer,
            idle_at_most,
            moved,
            begun,
        } = self;
        begun.get_or_insert_with(|| {
            *moved = Instant::now();
            let (platform, issuer) = (&context.platform, &context.issuer);
            let token = bearer.clone().map(|bearer| {
                let over = token_is_over(Arc::clone(platform), Arc::clone(issuer), bearer);
                Box::pin(over) as Pin<Box<dyn Future<Output = CutShort> + Send>>
            });
            Begun {
                token,
                idle: Box::pin(sleep_until(*moved + *idle_at_most)),
            }
        })
    }
}

impl Begun {
    fn poll_token(&mut self, task: &mut Task<'_>) -> Poll<CutShort> {
        let Some(token) = &mut self.token else {
            return Poll::Pending;
        };
        let why = std::task::ready!(token.as_mut().poll(task));
        self.token = None;
        Poll::Ready(why)
    }
}

/// The timer is not moved with every byte: it looks, when it rings, whether it should have been.
fn poll_idle(mut idle: Pin<&mut Sleep>, until: Instant, task: &mut Task<'_>) -> Poll<()> {
    loop {
        std::task::ready!(idle.as_mut().poll(task));
        if idle.deadline() >= until {
            return Poll::Ready(());
        }
        idle.as_mut().reset(until);
    }
}

/// Returns when the token is not live any more.
async fn token_is_over(
    platform: Arc<Platform>,
    issuer: Arc<Issuer>,
    bearer: Arc<Bearer>,
) -> CutShort {
    let expires_at = bearer.expires_at;
    let mut seen = bearer.judged_at;
    let mut changes = issuer.standing.word();
    loop {
        let left = expires_at - clock::now();
        if left <= 0 {
            return CutShort::TokenExpired;
        }
        let left = u64::try_from(left.min(LONGEST_SLEEP)).unwrap_or_default();
        if issuer.standing.now() == seen {
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return CutShort::TokenEnded },
                () = sleep(Duration::from_millis(left)) => continue,
            }
        }
        sleep(Duration::from_millis(settles_within().min(left))).await;
        if expires_at <= clock::now() {
            return CutShort::TokenExpired;
        }
        changes.mark_unchanged();
        seen = issuer.standing.now();
        let judged = timeout(JUDGED_WITHIN, is_live(&platform, &issuer, &bearer.text)).await;
        match judged {
            Ok(true) => {}
            Ok(false) => return CutShort::TokenEnded,
            Err(_) => return CutShort::TokenUnjudged,
        }
    }
}

/// Without random numbers it is the longest.
fn settles_within() -> u64 {
    let (least, most) = SETTLES_WITHIN.into_inner();
    let drawn = random::bytes().map(u16::from_ne_bytes);
    drawn.map_or(most, |drawn| least + u64::from(drawn) % (most - least + 1))
}

async fn is_live(platform: &Platform, issuer: &Issuer, text: &SecretString) -> bool {
    loop {
        // Never closed. Whoever waits to ask once more leaves the turn to others.
        let turn = TURNS.acquire().await;
        let judged = verify(platform, issuer, text.expose_secret(), clock::now()).await;
        drop(turn);
        match judged {
            Ok(judged) => return judged.is_ok(),
            Err(_) => sleep(AGAIN_AFTER).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_do_not_ask_at_the_same_moment() {
        let drawn: Vec<u64> = (0..1000).map(|_| settles_within()).collect();
        assert!(drawn.iter().all(|millis| SETTLES_WITHIN.contains(millis)));
        assert!(drawn.iter().any(|millis| *millis < 700));
        assert!(drawn.iter().any(|millis| *millis > 1300));
    }
}
