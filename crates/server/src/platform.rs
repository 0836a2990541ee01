//! What every request may need, made once at start: the database, the master keys, the issuers.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use store::{Change, ChangeMark, EnvironmentName, Millis, Store, StoreError};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::clients::Clients;
use crate::config::{Config, Environment, Route, Version};
use crate::keys::ring::KeyRing;
use crate::limits::{Counters, Limits, Rate};
use crate::mail::mailer::Mailer;
use crate::memory::standing::Standing;
use crate::metrics::Metrics;
use crate::outbound::Outbound;
use crate::people::staff::provider::Provider;
use crate::people::throttle::Throttle;
use crate::request_records::{self, Waiting};
use crate::said;
use crate::secrets::chosen::ChosenSecrets;
use crate::secrets::master_key::MasterKeys;
use crate::signatures::key_set::KeySet;
use crate::telemetry::Telemetry;
use crate::tokens::cache::TokenCache;
use crate::tokens::imported;
use crate::uses::{CredentialUses, SecretUses};

/// The whole running server.
pub struct Platform {
    /// The configuration it was started with.
    pub config: Arc<Config>,
    /// The database.
    pub store: Store,
    /// The master keys in use; a rekey replaces them.
    pub master_keys: ArcSwap<MasterKeys>,
    /// Checks chosen secrets.
    pub chosen_secrets: ChosenSecrets,
    /// One per environment.
    pub issuers: Vec<Arc<Issuer>>,
    /// What is counted.
    pub metrics: Metrics,
    /// Where limits are counted.
    pub counters: Counters,
    /// Tells a collector of requests, where one is configured.
    pub telemetry: Telemetry,
    /// Asks others over HTTP.
    pub outbound: Outbound,
    /// Sends mail, where that is configured.
    pub mailer: Option<Mailer>,
    /// When and from where secrets were used, written in the background.
    pub secret_uses: Arc<SecretUses>,
    /// How often credentials were used, written in the background.
    pub credential_uses: Arc<CredentialUses>,
    /// The latest requests of credentials, written in the background.
    pub request_records: Waiting,
    /// One at a time writes uses: whoever asked for them to be written finds them written.
    pub writing_uses: Arc<tokio::sync::Mutex<()>>,
    /// The database's change mark up to which everything remembered is right; None before the first look.
    pub mark: Mutex<Option<ChangeMark>>,
    /// One at a time forgets and reads keys anew.
    pub catching_up: tokio::sync::Mutex<()>,
    /// Set when the process was told to stop: not ready any more.
    pub stopping: AtomicBool,
    /// Since when the database does not answer whoever asks whether this node is ready.
    pub away_since: Mutex<Option<Instant>>,
    /// Places for connections that changed their protocol, [`MOST_TUNNELS`] of them.
    pub tunnels: Arc<Semaphore>,
}

/// Connections that changed their protocol (WebSocket), all together.
pub const MOST_TUNNELS: u32 = 8 * 1024;

/// One environment at run time. In OAuth's words it is an issuer: its own URL, keys, clients and tokens.
pub struct Issuer {
    /// Its configuration.
    pub environment: Arc<Environment>,
    /// Its signing keys.
    pub keys: ArcSwap<KeyRing>,
    /// One at a time reads the keys, so that what was read last is what stays.
    pub reading_keys: tokio::sync::Mutex<()>,
    /// What of its clients and tokens in memory was not changed since.
    pub standing: Arc<Standing>,
    /// Its clients, as the database knew them a moment ago.
    pub clients: Clients,
    /// Tokens judged live a moment ago.
    pub tokens: TokenCache,
    /// Until when a text that is none of ours may be a token that another server gave out.
    pub imported_until: imported::Until,
    /// The gateway's routes here, the environment's own before the common ones.
    pub routes: Vec<Arc<Route>>,
    /// The versions credentials can be made for, by name.
    pub versions: HashMap<String, Arc<Version>>,
    /// What upstreams are told of it.
    pub said: said::OfEnvironment,
    /// Who may ask how often.
    pub limits: Limits,
    /// Attempts to sign in.
    pub sign_ins: Throttle,
    /// Second factors that were tried, per person.
    pub second_factors: Rate,
    /// What is remembered of the staff's identity provider.
    pub provider: Provider,
    /// The keys of the platform's own product, where it publishes them.
    pub product_keys: KeySet,
    /// What is counted for this environment.
    pub metrics: crate::metrics::IssuerMetrics,
    /// What of that was counted lately.
    pub pulse: crate::pulse::Pulse,
    /// How it is doing, as everyone may know it.
    pub status: crate::status::Status,
}

impl Issuer {
    /// The environment's name as the store wants it.
    pub fn name(&self) -> &EnvironmentName {
        &self.environment.name
    }

    /// The realm of `WWW-Authenticate`: the environment's name, which configuration keeps to letters, digits and hyphens.
    pub fn realm(&self) -> &str {
        self.environment.name.as_str()
    }

    /// Forgets what was changed, and what depends on it.
    pub fn forget(&self, change: &Change) {
        match change {
            Change::Environment(name) if name != self.name() => return,
            _ => self.standing.forget(change),
        }
        if matches!(change, Change::Environment(_) | Change::Everything) {
            self.clients.clear();
            self.tokens.clear();
        }
    }

    /// Whether its signing keys are others after this.
    fn has_other_keys_after(&self, change: &Change) -> bool {
        match change {
            Change::SigningKeys(name) | Change::Environment(name) => name == self.name(),
            Change::Everything => true,
            _ => false,
        }
    }

    /// Whether more tokens of another server may live here after this.
    fn has_other_imports_after(&self, change: &Change) -> bool {
        match change {
            Change::ImportedTokens(name) | Change::Environment(name) => name == self.name(),
            Change::Everything => true,
            _ => false,
        }
    }

    /// The absolute URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.environment.url)
    }
}

impl Platform {
    /// The issuer of an environment's name.
    pub fn issuer(&self, name: &str) -> Option<&Arc<Issuer>> {
        self.issuers
            .iter()
            .find(|issuer| issuer.name().as_str() == name)
    }

    /// Forgets what was changed, and what depends on it.
    pub fn forget(&self, change: &Change) {
        for issuer in &self.issuers {
            issuer.forget(change);
        }
    }

    /// Forgets what anyone changed since the last look, as the database tells it, and everything where it cannot tell.
    ///
    /// The mark is set after that, so that nobody finds an old entry under a new mark.
    ///
    /// # Errors
    /// The database; what was not read is looked for again.
    pub async fn catch_up(&self, now: Millis) -> Result<(), StoreError> {
        let _one = self.catching_up.lock().await;
        let news = self.store.news(self.remembered_up_to()).await?;
        let changes = news.changes.unwrap_or_else(|| vec![Change::Everything]);
        for change in &changes {
            self.forget(change);
        }
        for issuer in &self.issuers {
            if changes
                .iter()
                .any(|one| issuer.has_other_imports_after(one))
            {
                self.read_imported_until(issuer).await?;
            }
            let of_keys = |change: &&Change| issuer.has_other_keys_after(change);
            let other_keys: Vec<&Change> = changes.iter().filter(of_keys).collect();
            if other_keys.is_empty() {
                continue;
            }
            if let Err(error) = self.reload_keys(issuer, now).await {
                // What was not read was not noticed: the mark stays, and the next one who looks tries again. A key that this
                // node cannot read signs nothing here; the others go on.
                let error = error.downcast::<StoreError>();
                let error = error.map_or_else(Ok, Err)?;
                tracing::error!(environment = issuer.realm(), %error, "the signing keys could not be read anew");
            }
            // Once more, since a token may have been judged by the old keys in between.
            for change in other_keys {
                issuer.forget(change);
            }
        }
        *self.mark.lock().unwrap_or_else(PoisonError::into_inner) = Some(news.mark);
        Ok(())
    }

    /// The change mark up to which what is remembered is right. To be read before memory is, since memory may be brought
    /// up to date between the two.
    pub fn remembered_up_to(&self) -> Option<ChangeMark> {
        *self.mark.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nothing was changed since that mark, here or by anyone else.
    pub async fn is_unchanged_since(&self, mark: Option<ChangeMark>) -> Result<bool, StoreError> {
        let now = self.store.change_mark().await?;
        Ok(mark == Some(now))
    }

    /// Reads anew until when tokens of another server may live in an environment.
    ///
    /// # Errors
    /// The database; what was known stays known.
    pub async fn read_imported_until(&self, issuer: &Issuer) -> Result<(), StoreError> {
        let store = self.store.in_environment(issuer.name());
        issuer
            .imported_until
            .set(store.imported_tokens_until().await?);
        Ok(())
    }

    /// Reads an environment's signing keys anew. When one of them cannot be opened, those known so far go on, without what
    /// was revoked.
    pub async fn reload_keys(&self, issuer: &Issuer, now: Millis) -> anyhow::Result<()> {
        let _one = issuer.reading_keys.lock().await;
        let rows = self
            .store
            .in_environment(issuer.name())
            .signing_keys(now)
            .await?;
        let masters = self.master_keys.load();
        match KeyRing::open(issuer.realm(), rows.clone(), &masters, now) {
            Ok(ring) => {
                issuer.keys.store(Arc::new(ring));
                Ok(())
            }
            Err(error) => {
                let known = issuer.keys.load().those_that_live(&rows);
                issuer.keys.store(Arc::new(known));
                Err(error.into())
            }
        }
    }

    /// Writes what was used since the last time, and the requests by which it was.
    ///
    /// # Errors
    /// The database; what it did not take waits for the next time.
    pub async fn write_uses(&self) -> Result<(), StoreError> {
        let one = Arc::clone(&self.writing_uses).lock_owned().await;
        let (secrets, credentials) = (
            Arc::clone(&self.secret_uses),
            Arc::clone(&self.credential_uses),
        );
        let store = self.store.clone();
        // By itself: a page that is closed by its browser meanwhile takes nothing with it.
        let written = tokio::spawn(async move {
            let _one = one;
            secrets.write(&store).await?;
            credentials.write(&store, crate::clock::now()).await
        });
        written.await.unwrap_or_else(|error| {
            Err(StoreError::Unavailable(format!(
                "writing uses was broken off: {error}"
            )))
        })?;
        // A record that cannot be written keeps nobody from a credential's page.
        request_records::write(self).await;
        Ok(())
    }

    /// Writes who reached a limit since the last time.
    ///
    /// # Errors
    /// The database; what it did not take waits for the next time.
    pub async fn write_reached(&self) -> Result<(), StoreError> {
        for issuer in &self.issuers {
            let mut hits = issuer.limits.reached.take();
            while let Some(hit) = hits.pop() {
                if let Err(error) = self.store.record(hit.audit(issuer.name())).await {
                    hits.push(hit);
                    issuer.limits.reached.put_back(hits);
                    return Err(error);
                }
            }
            self.write_warnings(issuer).await?;
        }
        Ok(())
    }

    /// Tells which credentials have used how much of their day; one node of several does.
    async fn write_warnings(&self, issuer: &Issuer) -> Result<(), StoreError> {
        let store = self.store.in_environment(issuer.name());
        let budgets = &issuer.limits.budgets;
        let mut warnings = budgets.take_warnings();
        while let Some(warning) = warnings.pop() {
            let audit = warning.audit(issuer.name());
            let told =
                store.warn_of_budget(&warning.credential, warning.day(), warning.percent, audit);
            match told.await {
                // Of a credential that was deleted meanwhile nobody needs to hear.
                Ok(_) | Err(StoreError::Refused(_)) => {}
                Err(error) => {
                    warnings.push(warning);
                    budgets.put_back(warnings);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Returns when no connection is left that changed its protocol.
    pub async fn tunnels_ended(&self) {
        let _ = self.tunnels.acquire_many(MOST_TUNNELS).await;
    }

    /// The database answered whoever asks whether this node is ready.
    pub fn database_answers(&self) {
        *self
            .away_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// It did not; for how long by now.
    pub fn database_is_away(&self) -> Duration {
        let mut since = self
            .away_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        since.get_or_insert_with(Instant::now).elapsed()
    }

    /// Whether a stop signal came.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}
