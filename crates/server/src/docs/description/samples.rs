//! The values that stand in examples: of the right look, and none of them ever issued.

use std::net::{IpAddr, Ipv4Addr};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth::dialect::{AccessTokenFormat, SigningAlgorithm};
use oauth::scope::Scope;
use serde_json::{Value, json};

use crate::config::{Config, Environment};

/// What a reader puts their own in the place of.
pub const CLIENT_ID: &str = "CLIENT_ID";
/// The same.
pub const CLIENT_SECRET: &str = "CLIENT_SECRET";
/// 2026-01-01T00:00:00Z
pub const ISSUED_AT: i64 = 1_767_225_600;
/// A credential's UUID.
pub const CREDENTIAL: &str = "01975c9e-7a32-7c40-9d7e-3f5a2b1c0d4e";
/// A token's id.
pub const JTI: &str = "01975c9f0b1c7d2e8f3a4b5c6d7e8f90";
/// The name of a request.
pub const REQUEST_ID: &str = "019b7720c00000000001a1b2c3d4e5f6";
/// The account's name.
pub const ACCOUNT: &str = "Acme";
/// The key's name.
pub const KID: &str = "mKz3Jt0yVhYQ1c5dXw7uEo9rBs2nPfLa6gTiHqWxZ4k";
/// An address that belongs to nobody (RFC 5737).
pub const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
/// Where an authorization answer goes.
pub const REDIRECT_URI: &str = "https://client.example/callback";
/// Of RFC 7636, appendix B.
pub const CODE_VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// The same.
pub const CODE_CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// As many characters as are needed, from a text that nobody takes for random.
const LETTERS: &str = "ExampleTokenThatWasNeverIssued0123456789abcdefghijklmnopqrstuvwx";
const DIGITS: &str = "0123456789abcdef";

/// The values that depend on the environment.
pub struct Samples {
    /// In the environment's look.
    pub access_token: String,
    /// An authorization code.
    pub code: String,
    /// A refresh token.
    pub refresh_token: String,
    /// Something that a credential can be given; empty where there are no scopes.
    pub scope: Scope,
    /// The version that it belongs to.
    pub version: Option<String>,
}

impl Samples {
    /// Made up for one environment.
    pub fn of(config: &Config, environment: &Environment) -> Self {
        let first = config.versions.first();
        let scope = first.and_then(|version| version.scope_values().into_iter().next());
        Self {
            access_token: access_token(environment, scope.as_deref().unwrap_or_default()),
            code: format!("grc_{LETTERS}000000"),
            refresh_token: format!("grr_{LETTERS}000000"),
            scope: Scope::parse(&scope.unwrap_or_default()).unwrap_or_default(),
            version: first.map(|version| version.name.clone()),
        }
    }
}

/// The checksum of the one that has one is wrong, so that no scanner for lost tokens finds it.
fn access_token(environment: &Environment, scope: &str) -> String {
    match environment.access_token_format {
        AccessTokenFormat::Opaque => format!("gra_{LETTERS}000000"),
        AccessTokenFormat::OpaqueHex64 => DIGITS.repeat(4),
        AccessTokenFormat::OpaqueHex32 => DIGITS.repeat(2),
        AccessTokenFormat::OpaqueBase64url => LETTERS.repeat(2),
        AccessTokenFormat::Jwt => {
            let algorithm = environment.signing_algorithm.as_str();
            let header = json!({ "typ": "at+jwt", "alg": algorithm, "kid": KID });
            let claims = json!({
                "iss": environment.issuer,
                "sub": CLIENT_ID,
                "aud": environment.audience,
                "exp": expires_at(environment),
                "iat": ISSUED_AT,
                "jti": JTI,
                "client_id": CLIENT_ID,
                "scope": scope,
            });
            let encoded = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
            format!("{}.{}.{LETTERS}", encoded(header), encoded(claims))
        }
    }
}

/// When a token ends that was issued at [`ISSUED_AT`].
pub fn expires_at(environment: &Environment) -> i64 {
    ISSUED_AT.saturating_add(i64::try_from(environment.access_token_lifetime).unwrap_or(i64::MAX))
}

/// A public key as the key set holds it.
pub fn key(algorithm: SigningAlgorithm) -> Value {
    let name = algorithm.as_str();
    let mut key = json!({ "kid": KID, "use": "sig", "alg": name });
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let members = match algorithm {
        SigningAlgorithm::EdDSA => vec![("kty", "OKP"), ("crv", "Ed25519"), ("x", x)],
        SigningAlgorithm::ES256 => {
            vec![("kty", "EC"), ("crv", "P-256"), ("x", x), ("y", KID)]
        }
        SigningAlgorithm::RS256 => vec![("kty", "RSA"), ("n", LETTERS), ("e", "AQAB")],
    };
    for (name, value) in members {
        key[name] = json!(value);
    }
    key
}
