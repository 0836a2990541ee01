//! What is written into the outbox, out of what is configured.

use store::{MailTo, Subscription, Wanted};

use crate::config::Config;
use crate::mail;
use crate::random::{self, NoRandomness};
use crate::refresh::newcomers;

/// Who wants to hear of what.
///
/// # Errors
/// The operating system gives no random numbers.
pub fn of(config: &Config) -> Result<Wanted, NoRandomness> {
    let webhooks = config.webhooks.iter().map(|webhook| Subscription {
        receiver: webhook.name.clone(),
        events: webhook.events.clone(),
        environments: webhook.environments.clone(),
    });
    let mailed: Vec<(&'static str, MailTo)> = match &config.mail {
        None => Vec::new(),
        Some(_) => mail::MAILED.to_vec(),
    };
    Ok(Wanted {
        seed: random::bytes()?,
        webhooks: webhooks.collect(),
        mail: mailed,
        newcomers: newcomers::invited_to(config),
    })
}
