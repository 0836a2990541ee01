//! A key that the issuer publishes (RFC 7517), and what it verifies: EdDSA with Ed25519 (RFC 8037), ES256 and RS256
//! (RFC 7518 §3), each by one kind of key alone. No other algorithm exists here.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

/// Keys of one issuer that are looked at: a set holds the one that signs, those before it and the next.
const MOST: usize = 32;

/// A JWK set (RFC 7517 §5).
#[derive(Deserialize)]
pub struct Set {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kid: String,
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

/// A public key.
#[derive(Debug)]
pub struct Key {
    /// The name by which a token's header calls it.
    pub id: String,
    public: Public,
}

#[derive(Debug)]
enum Public {
    EdDSA(Vec<u8>),
    /// An uncompressed point.
    ES256(Vec<u8>),
    RS256(RsaPublicKeyComponents<Vec<u8>>),
}

impl Set {
    /// Its keys that are for signatures; others are passed over, as RFC 7517 §5 says, and so is one that has the name
    /// of an earlier one.
    pub fn keys(&self) -> Vec<Key> {
        let mut keys: Vec<Key> = Vec::new();
        for key in self.keys.iter().filter_map(Key::of_jwk).take(MOST) {
            if !keys.iter().any(|other| other.id == key.id) {
                keys.push(key);
            }
        }
        keys
    }
}

impl Key {
    fn of_jwk(jwk: &Value) -> Option<Self> {
        let jwk = Jwk::deserialize(jwk).ok()?;
        let signs = jwk.usage.as_deref().is_none_or(|usage| usage == "sig");
        let verifies = |operations: &Vec<String>| operations.iter().any(|one| one == "verify");
        if !signs || !jwk.key_ops.as_ref().is_none_or(verifies) {
            return None;
        }
        let public = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("OKP", Some("Ed25519")) => Public::EdDSA(bytes(jwk.x.as_ref(), Some(32))?),
            // An uncompressed point: 0x04, then x and y of 32 bytes each (SEC 1 §2.3.3).
            ("EC", Some("P-256")) => Public::ES256(
                [
                    vec![4],
                    bytes(jwk.x.as_ref(), Some(32))?,
                    bytes(jwk.y.as_ref(), Some(32))?,
                ]
                .concat(),
            ),
            ("RSA", _) => Public::RS256(RsaPublicKeyComponents {
                n: bytes(jwk.n.as_ref(), None)?,
                e: bytes(jwk.e.as_ref(), None)?,
            }),
            _ => return None,
        };
        let key = Self {
            id: jwk.kid,
            public,
        };
        jwk.alg
            .is_none_or(|algorithm| algorithm == key.algorithm())
            .then_some(key)
    }

    /// The one algorithm it is for, as a token's header names it.
    pub fn algorithm(&self) -> &'static str {
        match self.public {
            Public::EdDSA(_) => "EdDSA",
            Public::ES256(_) => "ES256",
            Public::RS256(_) => "RS256",
        }
    }

    /// Whether its other half made the signature.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let with = |algorithm: &'static dyn VerificationAlgorithm, public: &[u8]| {
            UnparsedPublicKey::new(algorithm, public)
                .verify(message, signature)
                .is_ok()
        };
        match &self.public {
            Public::EdDSA(public) => with(&ED25519, public),
            Public::ES256(public) => with(&ECDSA_P256_SHA256_FIXED, public),
            Public::RS256(public) => public
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
        }
    }
}

fn bytes(text: Option<&String>, length: Option<usize>) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text?).ok()?;
    (!bytes.is_empty() && length.is_none_or(|length| length == bytes.len())).then_some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn s206_a_key_is_for_one_algorithm_and_for_signatures() {
        let jwk = |more: Value| {
            let mut jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "a"});
            jwk.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            jwk
        };
        assert_eq!(Key::of_jwk(&jwk(json!({}))).unwrap().algorithm(), "EdDSA");
        for fit in [
            json!({"alg": "EdDSA", "use": "sig"}),
            json!({"key_ops": ["verify"]}),
        ] {
            assert!(Key::of_jwk(&jwk(fit.clone())).is_some(), "{fit}");
        }
        for unfit in [
            json!({"alg": "ES256"}),
            json!({"alg": "HS256"}),
            json!({"use": "enc"}),
            json!({"key_ops": ["sign"]}),
            json!({"kty": "oct", "k": "AAAA"}),
            json!({"crv": "X25519"}),
            json!({"x": "AAAA"}),
            json!({"x": "not base64!"}),
            json!({"kid": 7}),
        ] {
            assert!(Key::of_jwk(&jwk(unfit.clone())).is_none(), "{unfit}");
        }
        let set = Set {
            keys: vec![
                jwk(json!({})),
                jwk(json!({})),
                jwk(json!({"kid": "b"})),
                json!("no key"),
            ],
        };
        assert_eq!(set.keys().len(), 2, "a second key of one name is none");
    }
}
