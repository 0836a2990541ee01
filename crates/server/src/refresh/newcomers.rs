//! Whom a refresh brought is invited, where the configuration lets mail addresses cross and mail is sent: a few each second, so that
//! what else is mailed goes on meanwhile.

use std::sync::Arc;
use std::time::Duration;

use store::{EnvironmentName, Pace};
use tokio::sync::watch;

use crate::clock;
use crate::config::{Config, Environment};
use crate::listener::accept::stopped;
use crate::platform::Platform;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// Ten a second are 36,000 an hour, and a mail server's work all the same.
const PACE: Pace = Pace {
    at_once: 10,
    untried: 50,
    waiting: 5_000,
};

/// The environments whose new people are invited by mail.
pub fn invited_to(config: &Config) -> Vec<EnvironmentName> {
    let mails = config.mail.is_some();
    config
        .environments
        .iter()
        .filter(|environment| mails && lets_addresses_cross(environment))
        .map(|environment| environment.name.clone())
        .collect()
}

/// Whether the mail addresses of those whom a refresh brings come over.
pub fn lets_addresses_cross(environment: &Environment) -> bool {
    let refresh = environment.refresh.as_ref();
    refresh.is_some_and(|refresh| refresh.personal_data.email)
}

/// Calls newcomers until the stop. Whoever is not called yet is found by the next process.
pub async fn keep(platform: Arc<Platform>, mut stop: watch::Receiver<bool>) {
    if invited_to(&platform.config).is_empty() {
        return;
    }
    let mut looks = clock::ticks(LOOK);
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            () = stopped(&mut stop) => return,
        }
        if let Err(error) = platform.store.call_newcomers(clock::now(), PACE).await {
            tracing::warn!(%error, "those whom a refresh brought are invited later");
        }
    }
}
