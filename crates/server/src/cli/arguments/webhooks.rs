//! `grantor webhooks …` and `grantor mail …`

use clap::Subcommand;

/// `grantor webhooks …`
#[derive(Subcommand)]
pub enum WebhooksCommand {
    /// List the configured webhooks, and how many deliveries wait.
    List,
    /// The newest deliveries.
    Deliveries {
        /// Only to this webhook.
        #[arg(long, value_name = "NAME")]
        webhook: Option<String>,
        /// waiting, delivered or given-up.
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
        /// Only of this kind, such as credential.created.
        #[arg(long, value_name = "EVENT")]
        event: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Send a delivery again, under the same id.
    Retry {
        /// As `webhooks deliveries` shows it.
        id: String,
    },
    /// Send `webhook.test` now, and say what came of it.
    Test {
        /// The webhook.
        name: String,
    },
}

/// `grantor mail …`
#[derive(Subcommand)]
pub enum MailCommand {
    /// Send a mail that says nothing, to see that mail arrives.
    Test {
        /// Where to.
        #[arg(long, value_name = "ADDRESS")]
        to: String,
        /// In whose name and language.
        #[arg(long, value_name = "E")]
        environment: Option<String>,
    },
}
