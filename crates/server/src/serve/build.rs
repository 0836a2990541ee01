//! Builds the platform: the database opened, the master key proven, every environment's keys at hand.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use arc_swap::ArcSwap;
use store::{Millis, Store};
use tokio::sync::Semaphore;

use crate::clients::Clients;
use crate::config::{Config, Environment, Route};
use crate::deliveries;
use crate::keys::ring::KeyRing;
use crate::keys::rotation;
use crate::limits::{Counters, Limits, Rate};
use crate::mail::mailer::Mailer;
use crate::memory::standing::Standing;
use crate::metrics::Metrics;
use crate::outbound::Outbound;
use crate::people::staff::provider::Provider;
use crate::people::throttle::Throttle;
use crate::platform::{Issuer, MOST_TUNNELS, Platform};
use crate::request_records::Waiting;
use crate::said;
use crate::secrets::chosen::ChosenSecrets;
use crate::secrets::source;
use crate::signatures::key_set::KeySet;
use crate::status::Status;
use crate::status::components::Components;
use crate::telemetry::Telemetry;
use crate::tokens::cache::TokenCache;
use crate::tokens::imported;

/// Codes of a second factor that may be wrong for one person.
const SECOND_FACTORS: u32 = 5;
/// Within so many milliseconds.
const SECOND_FACTORS_WITHIN: Millis = 15 * 60 * 1000;

/// Opens everything; signing keys are read, not made.
pub async fn build(config: Config, now: Millis) -> anyhow::Result<Arc<Platform>> {
    let store = Store::open(&config.database, now).await?;
    // SQLite has done so by now, and then nothing is left to do.
    if config.migrate {
        store.migrate(now).await?;
    }
    let status = store.migration_status().await?;
    if status.newer {
        anyhow::bail!(
            "the database was written by a newer Grantor; start that one, or restore a backup of this version"
        );
    }
    if status
        .migrations
        .iter()
        .any(|migration| migration.applied_at.is_none())
    {
        anyhow::bail!(
            "the database is not up to date; run `grantor migrate up` (or set storage.migrate = true)"
        );
    }
    for api in &config.apis {
        tracing::info!(api = api.name, file = %api.file.display(), "an API's description was read");
    }
    store.tell(deliveries::wanted::of(&config)?);
    let master_keys = source::open(&config, &store, now).await?;
    let mut metrics = Metrics::default();
    let counters = Counters::new(&config.counters, &mut metrics)?;
    let mailer = config.mail.as_ref().map(Mailer::new).transpose()?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let issuers = config
        .environments
        .iter()
        .map(|environment| Arc::new(issuer(&config, environment, &metrics, &counters)))
        .collect();
    let telemetry = Telemetry::new(config.telemetry.as_ref())?;
    let request_records = Waiting::new(metrics.request_records_lost.clone());
    let platform = Arc::new(Platform {
        config: Arc::new(config),
        store,
        master_keys: ArcSwap::from_pointee(master_keys),
        chosen_secrets: ChosenSecrets::new(cores)?,
        issuers,
        metrics,
        counters,
        telemetry,
        outbound: Outbound::default(),
        mailer,
        secret_uses: Arc::default(),
        credential_uses: Arc::default(),
        request_records,
        writing_uses: Arc::default(),
        mark: Mutex::default(),
        catching_up: tokio::sync::Mutex::default(),
        stopping: AtomicBool::new(false),
        away_since: Mutex::new(None),
        tunnels: Arc::new(Semaphore::new(MOST_TUNNELS as usize)),
    });
    for issuer in &platform.issuers {
        platform.reload_keys(issuer, now).await?;
        platform.read_imported_until(issuer).await?;
    }
    Ok(platform)
}

/// Makes the first signing key of every environment that has none, and says what may lose tokens.
pub async fn ready_keys(platform: &Platform) -> anyhow::Result<()> {
    for issuer in &platform.issuers {
        let made = rotation::ensure_first_key(platform, issuer, crate::clock::now()).await;
        made.with_context(|| {
            format!(
                "the first signing key of {} could not be made",
                issuer.realm()
            )
        })?;
    }
    if let Some(warning) = platform.store.durability_warning() {
        tracing::warn!(
            warning,
            "answered tokens may be lost when the database's machine fails"
        );
    }
    Ok(())
}

fn issuer(
    config: &Config,
    environment: &Arc<Environment>,
    metrics: &Metrics,
    counters: &Counters,
) -> Issuer {
    let here = |route: &&Arc<Route>| {
        route
            .environment
            .as_ref()
            .is_none_or(|name| *name == environment.name)
    };
    let mut routes: Vec<Arc<Route>> = config.routes.iter().filter(here).cloned().collect();
    routes.sort_by_key(|route| route.environment.is_none());
    let components = Components::of(environment, &routes);
    let standing = Arc::new(Standing::default());
    Issuer {
        environment: Arc::clone(environment),
        keys: ArcSwap::from_pointee(KeyRing::default()),
        reading_keys: tokio::sync::Mutex::default(),
        clients: Clients::new(Arc::clone(&standing)),
        tokens: TokenCache::new(Arc::clone(&standing)),
        imported_until: imported::Until::default(),
        standing,
        routes,
        said: said::OfEnvironment::new(environment),
        versions: config
            .versions
            .iter()
            .map(|version| (version.name.clone(), Arc::clone(version)))
            .collect(),
        limits: Limits::new(environment, counters),
        sign_ins: Throttle::default(),
        second_factors: Rate::new(SECOND_FACTORS, SECOND_FACTORS_WITHIN),
        provider: Provider::default(),
        product_keys: KeySet::default(),
        metrics: metrics.of_environment(environment.name.as_str()),
        pulse: crate::pulse::Pulse::default(),
        status: Status::new(components),
    }
}
