//! The configuration, resolved: every default filled in, every path absolute, every mistake found.
//!
//! [`load::load`] reads the file and the environment variables; what it answers is what the rest
//! of Grantor sees. An environment inherits nothing from another.

pub mod environment;
pub mod load;
pub mod route;
pub mod server;
pub mod version;

use std::path::PathBuf;
use std::sync::Arc;

pub use environment::{Environment, SecretKind};
pub use route::Route;
pub use server::{Log, LogFormat, Server};
use store::DatabaseUrl;
pub use version::Version;

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
    /// `[[versions]]`, in the file's order.
    pub versions: Vec<Arc<Version>>,
    /// `[environments.*]`, in order of name.
    pub environments: Vec<Arc<Environment>>,
    /// `[[routes]]`, in the file's order.
    pub routes: Vec<Arc<Route>>,
}

impl Config {
    /// The environment of that name.
    pub fn environment(&self, name: &str) -> Option<&Arc<Environment>> {
        self.environments.iter().find(|e| e.name.as_str() == name)
    }
}
