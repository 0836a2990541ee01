//! A public key of someone else's, and what it may verify.

use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

/// Keys of one signer that are looked at: a set is published by hand or by rotation, and is a handful.
const MOST: usize = 32;

/// A public key.
#[derive(Clone, Debug)]
pub struct VerificationKey {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    key: DecodingKey,
}

/// Why a file holds no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoKey {
    /// It says more than it should.
    #[error(
        "this file holds a private key; give its public half, and keep the private one where it signs"
    )]
    Private,
    /// It says nothing we know.
    #[error(
        "no public key for EdDSA, ES256 or RS256 is in this file; write it as PEM (BEGIN PUBLIC KEY), a JWK or a JWK set"
    )]
    Unknown,
}

impl VerificationKey {
    /// One key of a JWK (RFC 7517 §4); None for one that is not for signatures, or not of a kind we know.
    pub fn of_jwk(jwk: &Value) -> Option<Self> {
        let member = |name: &str| jwk.get(name).and_then(Value::as_str);
        if member("use").is_some_and(|what| what != "sig") {
            return None;
        }
        if let Some(operations) = jwk.get("key_ops").and_then(Value::as_array)
            && !operations.iter().any(|operation| operation == "verify")
        {
            return None;
        }
        let (mut algorithms, key) = match (member("kty")?, member("crv")) {
            ("RSA", _) => (
                vec![Algorithm::RS256, Algorithm::PS256],
                DecodingKey::from_rsa_components(member("n")?, member("e")?),
            ),
            ("EC", Some("P-256")) => (
                vec![Algorithm::ES256],
                DecodingKey::from_ec_components(member("x")?, member("y")?),
            ),
            ("OKP", Some("Ed25519")) => (
                vec![Algorithm::EdDSA],
                DecodingKey::from_ed_components(member("x")?),
            ),
            _ => return None,
        };
        if let Some(only) = member("alg") {
            // RFC 9864 names the curve where RFC 8037 named the family.
            let only = if only == "Ed25519" { "EdDSA" } else { only };
            algorithms.retain(|algorithm| format!("{algorithm:?}") == only);
        }
        Some(Self {
            id: member("kid").map(str::to_owned),
            algorithms,
            key: key.ok()?,
        })
    }

    /// The keys of a JWK set (RFC 7517 §5) that are for signatures; the others are passed over, as §5 says.
    pub fn of_set(set: &Value) -> Option<Vec<Self>> {
        let keys = set.get("keys")?.as_array()?;
        Some(keys.iter().filter_map(Self::of_jwk).take(MOST).collect())
    }

    /// The keys of a file: PEM, a JWK or a JWK set.
    ///
    /// # Errors
    /// See [`NoKey`].
    pub fn of_file(bytes: &[u8]) -> Result<Vec<Self>, NoKey> {
        if let Ok(json) = serde_json::from_slice::<Value>(bytes) {
            let each = json
                .get("keys")
                .and_then(Value::as_array)
                .map_or(std::slice::from_ref(&json), Vec::as_slice);
            if each.iter().any(|jwk| jwk.get("d").is_some()) {
                return Err(NoKey::Private);
            }
            let keys: Vec<Self> = each.iter().filter_map(Self::of_jwk).collect();
            return (!keys.is_empty()).then_some(keys).ok_or(NoKey::Unknown);
        }
        let text = String::from_utf8_lossy(bytes);
        if text.contains("PRIVATE KEY-----") {
            return Err(NoKey::Private);
        }
        let read = [
            (vec![Algorithm::EdDSA], DecodingKey::from_ed_pem(bytes)),
            (vec![Algorithm::ES256], DecodingKey::from_ec_pem(bytes)),
            (
                vec![Algorithm::RS256, Algorithm::PS256],
                DecodingKey::from_rsa_pem(bytes),
            ),
        ];
        read.into_iter()
            .find_map(|(algorithms, key)| {
                let (id, key) = (None, key.ok()?);
                Some(vec![Self {
                    id,
                    algorithms,
                    key,
                }])
            })
            .ok_or(NoKey::Unknown)
    }

    /// Whether it may have signed with that algorithm under that name. A key or a token without a name fits any.
    pub fn fits(&self, id: Option<&str>, algorithm: Algorithm) -> bool {
        let named = match (id, &self.id) {
            (Some(wanted), Some(id)) => wanted == id,
            _ => true,
        };
        named && self.algorithms.contains(&algorithm)
    }

    /// For the library that checks signatures.
    pub fn decoding(&self) -> &DecodingKey {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_key_verifies_only_what_it_says_it_is_for() {
        let of = |more: Value| {
            let mut jwk = serde_json::json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "a"});
            jwk.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            VerificationKey::of_jwk(&jwk)
        };
        let key = of(serde_json::json!({})).unwrap();
        assert!(key.fits(Some("a"), Algorithm::EdDSA) && key.fits(None, Algorithm::EdDSA));
        assert!(!key.fits(Some("b"), Algorithm::EdDSA) && !key.fits(Some("a"), Algorithm::ES256));
        let other = of(serde_json::json!({"alg": "ES256"})).unwrap();
        assert!(!other.fits(None, Algorithm::EdDSA));
        assert!(of(serde_json::json!({"use": "enc"})).is_none());
        assert!(of(serde_json::json!({"key_ops": ["encrypt"]})).is_none());
        assert!(of(serde_json::json!({"use": "sig", "key_ops": ["verify"]})).is_some());
        let secret = serde_json::json!({"kty": "oct", "k": "AAAA"});
        assert!(VerificationKey::of_jwk(&secret).is_none());
    }

    #[test]
    fn a_private_key_is_no_public_one() {
        let pem = b"-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----\n";
        assert_eq!(VerificationKey::of_file(pem).unwrap_err(), NoKey::Private);
        let jwk = br#"{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}"#;
        assert_eq!(VerificationKey::of_file(jwk).unwrap_err(), NoKey::Private);
        assert_eq!(
            VerificationKey::of_file(b"ssh-ed25519 AAAA").unwrap_err(),
            NoKey::Unknown
        );
    }
}
