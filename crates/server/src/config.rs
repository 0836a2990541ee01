//! The configuration, resolved: every default filled in, every path absolute, every mistake found.
//!
//! [`load::load`] reads the file and the environment variables; what it answers is what the rest
//! of Grantor sees. An environment inherits nothing from another.
//!
//! The way there: [`document`] parses the file, [`variables`] are laid over it, [`raw`] is what
//! stands there, and each section's module resolves its own part. [`findings`] collects what is
//! wrong, and [`check`] tells it.

pub mod apis;
pub mod base_url;
pub mod branding;
pub mod budgets;
mod canonical_path;
mod certificates;
pub mod check;
pub mod counters;
pub mod date_time_format;
mod dialect;
mod document;
mod duration;
pub mod environment;
pub mod findings;
mod forward_auth;
pub mod issuer;
mod key;
pub mod load;
pub mod mail;
mod not_in_force;
pub mod passage;
mod paths;
mod raw;
pub mod refresh;
mod request_records;
pub mod route;
pub mod server;
pub mod shadow;
pub mod sign_in_by_others;
mod suggestion;
pub mod telemetry;
pub mod tls;
pub mod upstream;
pub mod variables;
pub mod version;
mod way_back;
pub mod webhook;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

pub use apis::Api;
pub use counters::Counters;
pub use environment::{Environment, SecretKind};
pub use forward_auth::ProxyKind;
pub use load::load;
pub use mail::{Mail, Protection};
pub use route::Route;
pub use server::{Log, LogFormat, Server};
pub use shadow::Shadow;
pub use sign_in_by_others::{SignersKeys, StaffSignIn};
use store::DatabaseUrl;
pub use telemetry::Telemetry;
pub use upstream::Upstream;
pub use version::Version;
pub use way_back::OldServer;
pub use webhook::Webhook;

/// A configuration without mistakes.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file it came from, for messages.
    pub file: PathBuf,
    /// `[server]`
    pub server: Server,
    /// `[log]`
    pub log: Log,
    /// `storage.url`
    pub database: DatabaseUrl,
    /// `storage.migrate`: apply missing migrations at start on PostgreSQL too.
    pub migrate: bool,
    /// `[counters]`
    pub counters: Counters,
    /// `[[versions]]`, in the file's order.
    pub versions: Vec<Arc<Version>>,
    /// `[environments.*]`, in order of name.
    pub environments: Vec<Arc<Environment>>,
    /// `[[routes]]`, in the file's order.
    pub routes: Vec<Arc<Route>>,
    /// `[[apis]]`, in the file's order.
    pub apis: Vec<Arc<Api>>,
    /// `[[webhooks]]`, in the file's order.
    pub webhooks: Vec<Arc<Webhook>>,
    /// `[mail]`; None: no mail is sent.
    pub mail: Option<Mail>,
    /// `[telemetry]`; None: nothing is exported.
    pub telemetry: Option<Telemetry>,
    /// `[shadow]`; None: there is no old server.
    pub shadow: Option<Shadow>,
}

impl Config {
    /// The environment of that name.
    pub fn environment(&self, name: &str) -> Option<&Arc<Environment>> {
        self.environments.iter().find(|e| e.name.as_str() == name)
    }
}
