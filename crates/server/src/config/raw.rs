//! The configuration as it is written: TOML keys and their types, nothing judged yet.
//!
//! The comments of these fields are the text of `grantor.example.toml`, which a test generates; so
//! they speak to the person who writes the file. Every key is optional here: a key that is needed
//! but missing is found later, together with every other mistake, and not as the first and last one.

pub mod apis;
pub mod environment;
pub mod forward_auth;
pub mod notify;
pub mod route;
pub mod server;
pub mod shadow;
pub mod sign_in_by_others;
pub mod telemetry;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use apis::RawApi;
pub use environment::{
    RawBranding, RawBudgets, RawEnvironment, RawPaths, RawRefresh, RawRequestRecords,
};
pub use forward_auth::RawForwardAuth;
pub use notify::{RawMail, RawWebhook};
pub use route::{RawRoute, RawVersion};
pub use server::{RawCounters, RawLog, RawServer, RawStorage, RawTls};
pub use shadow::RawShadow;
pub use sign_in_by_others::{RawHandOver, RawStaffSignIn};
pub use telemetry::RawTelemetry;

/// A whole configuration file.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawConfig {
    /// Where Grantor answers and whom it believes.
    pub server: RawServer,
    /// What is printed.
    pub log: RawLog,
    /// The database.
    pub storage: RawStorage,
    /// Where limits are counted.
    pub counters: RawCounters,
    /// What credentials can be made for: a version of the platform's API and its scopes. None: no scopes at all.
    pub versions: Vec<RawVersion>,
    /// One issuer each, with its own URL, credentials, keys and lifetimes. An environment inherits nothing from another.
    pub environments: BTreeMap<String, RawEnvironment>,
    /// The gateway: what is let through, and to where. Every other path under an environment is 404.
    pub routes: Vec<RawRoute>,
    /// The platform's own OpenAPI files, shown in the documentation and answered by the mock. See docs/documentation-page.md.
    pub apis: Vec<RawApi>,
    /// Programs of the platform that hear of events, signed and tried again until they answer. See docs/webhooks.md.
    pub webhooks: Vec<RawWebhook>,
    /// Mail to people: invitations, and warnings before a secret ends.
    pub mail: RawMail,
    /// What an OpenTelemetry collector hears. See docs/operating.md.
    pub telemetry: RawTelemetry,
    /// The server that is moved away from: `grantor shadow` stands before it, passes everything on, and rehearses beside it.
    /// See docs/shadow.md.
    pub shadow: RawShadow,
}

/// A list of texts, or one text standing for a list of one.
pub type Texts = Vec<String>;
