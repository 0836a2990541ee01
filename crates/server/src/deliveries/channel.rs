//! By what way something is told, and to whom.

use std::sync::Arc;

use store::{Delivery, DeliveryKind, Millis};

use crate::clock;
use crate::config::{Config, Webhook};
use crate::mail;
use crate::platform::Platform;
use crate::webhooks::body;
use crate::webhooks::send::{Sent, send};

/// Milliseconds after each failure to send mail: three days in all. A mail server that is up again gets its mail within the hour.
const MAIL_WAITS: [Millis; 10] = [
    60_000, 300_000, 1_800_000, 3_600_000, 10_800_000, 21_600_000, 43_200_000, 43_200_000,
    43_200_000, 86_400_000,
];

/// A way, with a task of its own.
#[derive(Clone)]
pub enum Channel {
    /// To one webhook.
    Webhook(Arc<Webhook>),
    /// To people.
    Mail,
}

/// What came of one attempt, with a sentence for the operator.
pub enum Outcome {
    /// The other side has it.
    Delivered(String),
    /// Not this time.
    Failed(String),
    /// Never.
    Refused(String),
    /// There is nobody any more who should hear of it.
    Nobody,
}

impl Channel {
    /// Every way that is configured.
    pub fn all(config: &Config) -> Vec<Self> {
        let webhooks = config.webhooks.iter().cloned().map(Self::Webhook);
        webhooks
            .chain(config.mail.is_some().then_some(Self::Mail))
            .collect()
    }

    /// As logs call it.
    pub fn name(&self) -> &str {
        match self {
            Self::Webhook(webhook) => &webhook.name,
            Self::Mail => "mail",
        }
    }

    /// Which deliveries go this way.
    pub fn of(&self) -> (DeliveryKind, Option<&str>) {
        match self {
            Self::Webhook(webhook) => (DeliveryKind::Webhook, Some(&webhook.name)),
            Self::Mail => (DeliveryKind::Mail, None),
        }
    }

    /// How long to wait after each failure.
    pub fn waits(&self) -> &[Millis] {
        match self {
            Self::Webhook(webhook) => &webhook.waits,
            Self::Mail => &MAIL_WAITS,
        }
    }

    /// Tries once.
    pub async fn send(&self, platform: &Platform, delivery: &Delivery) -> Outcome {
        match self {
            Self::Webhook(webhook) => {
                let body = body::of(delivery);
                let now = clock::now();
                match send(&platform.outbound, webhook, &delivery.id, body, now).await {
                    Sent::Delivered(said) => Outcome::Delivered(said),
                    Sent::Failed(said) => Outcome::Failed(said),
                    Sent::Refused(said) => Outcome::Refused(said),
                }
            }
            Self::Mail => mail::deliver(platform, delivery).await,
        }
    }
}
