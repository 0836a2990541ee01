//! `way_back`: the old server that a company may still return to.

use super::environment::Environment;
use super::findings::Findings;
use super::key::Key;

/// A server in whose form new secrets are kept beside our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldServer {
    /// Keeps SHA-256 of a secret.
    Doorkeeper,
    /// Keeps PBKDF2 of a secret.
    Hydra,
    /// Keeps the secret itself.
    Keycloak,
}

impl OldServer {
    /// By name.
    pub const NAMES: [(&str, Self); 3] = [
        ("doorkeeper", Self::Doorkeeper),
        ("hydra", Self::Hydra),
        ("keycloak", Self::Keycloak),
    ];

    /// One by its name.
    pub fn from_name(text: &str) -> Option<Self> {
        let named = Self::NAMES.iter().find(|(name, _)| *name == text);
        named.map(|(_, server)| *server)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Doorkeeper => "doorkeeper",
            Self::Hydra => "hydra",
            Self::Keycloak => "keycloak",
        }
    }

    /// What it keeps of a secret: a sentence's end.
    fn keeps(self) -> &'static str {
        match self {
            Self::Doorkeeper => "as SHA-256 of it",
            Self::Hydra => "as PBKDF2 of it",
            Self::Keycloak => "as it is",
        }
    }
}

/// Says that it is on, and what that means.
pub fn warn(key: &Key, environment: &Environment, findings: &mut Findings) {
    let Some(server) = environment.way_back else {
        return;
    };
    findings.warning(
        &key.name("way_back"),
        format!(
            "each secret made here is kept {} as well, encrypted under the master key, so that `grantor export {}` can take it back; \
             leave the key out when nobody will return, and it is thrown away",
            server.keeps(),
            server.name()
        ),
    );
}
