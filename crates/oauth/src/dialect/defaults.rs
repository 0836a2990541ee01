//! What an environment gets when its configuration is silent.

use serde::{Deserialize, Deserializer, Serialize};

use crate::lifetime;
use crate::presented_credentials::PresentedMethod;

/// Defaults of an environment. Lifetimes are seconds here and text such as `"60m"` in files.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Defaults {
    /// Seconds.
    #[serde(deserialize_with = "seconds")]
    pub access_token_lifetime: u64,
    /// Seconds; RFC 6749 §4.1.2 recommends ten minutes at most.
    #[serde(deserialize_with = "seconds")]
    pub authorization_code_lifetime: u64,
    /// Seconds.
    #[serde(deserialize_with = "seconds")]
    pub refresh_token_lifetime: u64,
    /// Whether a person is asked before a client may act for them.
    pub consent: bool,
    /// What access tokens look like.
    pub access_token_format: AccessTokenFormat,
    /// By what JWTs are signed.
    pub signing_algorithm: SigningAlgorithm,
    /// What new client ids look like.
    pub client_id_look: ClientIdLook,
    /// The methods that a new credential is registered for.
    pub client_authentication: Vec<PresentedMethod>,
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            access_token_lifetime: 600,
            authorization_code_lifetime: 60,
            refresh_token_lifetime: 30 * 86_400,
            consent: true,
            access_token_format: AccessTokenFormat::default(),
            signing_algorithm: SigningAlgorithm::default(),
            client_id_look: ClientIdLook::default(),
            client_authentication: vec![
                PresentedMethod::ClientSecretBasic,
                PresentedMethod::ClientSecretPost,
            ],
        }
    }
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    lifetime::seconds(&text).map_err(serde::de::Error::custom)
}

/// What access tokens look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessTokenFormat {
    /// Prefix, time-ordered id, secret, checksum.
    #[default]
    Opaque,
    /// 64 lower-case hex digits: 256 bits.
    OpaqueHex64,
    /// 32 lower-case hex digits: 128 bits.
    OpaqueHex32,
    /// Long base64url without padding.
    OpaqueBase64url,
    /// RFC 9068, `typ` `at+jwt`.
    Jwt,
}

impl AccessTokenFormat {
    /// The spelling in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opaque => "opaque",
            Self::OpaqueHex64 => "opaque-hex64",
            Self::OpaqueHex32 => "opaque-hex32",
            Self::OpaqueBase64url => "opaque-base64url",
            Self::Jwt => "jwt",
        }
    }
}

/// The algorithms of RFC 7518 §3.1 and RFC 8037 that sign JWTs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// Ed25519
    #[default]
    EdDSA,
    /// ECDSA with P-256
    ES256,
    /// RSA PKCS #1 v1.5
    RS256,
}

impl SigningAlgorithm {
    /// The JOSE name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EdDSA => "EdDSA",
            Self::ES256 => "ES256",
            Self::RS256 => "RS256",
        }
    }

    /// By its JOSE name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::EdDSA, Self::ES256, Self::RS256]
            .into_iter()
            .find(|algorithm| algorithm.as_str() == name)
    }
}

/// What new client ids look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientIdLook {
    /// A prefix that a leak scanner can recognise.
    #[default]
    Prefixed,
    /// `b81cc4de-d192-400e-bcb4-09254394c52a`
    Uuid,
}
