//! `[environments.NAME]`: one issuer with its own URL, credentials, keys and lifetimes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use oauth::dialect::{AccessTokenFormat, Dialect, Paths, SigningAlgorithm};
use oauth::grant_type::GrantType;
use store::EnvironmentName;
use url::Url;

use super::findings::Findings;
use super::key::Key;
use super::raw::{RawEnvironment, RawPaths};
use super::refresh::{self, Refresh};
use super::{base_url, canonical_path, dialect};

/// Who makes the client secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// We do: 256 random bits.
    Generated,
    /// The person does; judged by length, kept under Argon2id.
    Chosen,
}

/// One environment, resolved.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The table's name.
    pub name: EnvironmentName,
    /// Issuer and base of every endpoint, without a trailing slash.
    pub url: String,
    /// `url` and `aliases`, parsed: the authorities this environment answers on.
    pub bases: Vec<Url>,
    /// How requests are read and answers written.
    pub dialect: Arc<Dialect>,
    /// The dialect's paths, `paths.*` of the environment laid over them.
    pub paths: Paths,
    /// Seconds.
    pub access_token_lifetime: u64,
    /// Seconds.
    pub refresh_token_lifetime: u64,
    /// Seconds.
    pub authorization_code_lifetime: u64,
    /// What new access tokens look like; older looks stay valid.
    pub access_token_format: AccessTokenFormat,
    /// What signs JWTs.
    pub signing_algorithm: SigningAlgorithm,
    /// `aud` of JWTs; the environment's url when the configuration is silent.
    pub audience: String,
    /// Who makes client secrets.
    pub secrets: SecretKind,
    /// The grant of a credential made without `--grant-type`.
    pub default_grant: GrantType,
    /// At most so many grants per credential; None: any number.
    pub grants_per_credential: Option<usize>,
    /// Token requests per minute and address; 0: no limit.
    pub token_requests_per_minute: u32,
    /// Requests at a time per account through the gateway; 0: no limit.
    pub concurrent_requests: u32,
    /// Seconds between announcing a signing key and signing with it: at least as long as anyone caches our JWKS.
    pub key_announcement: u64,
    /// When and from where this environment is overwritten; read, not in force yet.
    pub refresh: Option<Refresh>,
}
