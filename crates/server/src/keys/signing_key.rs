//! One signing key, parsed once: JWS signatures (RFC 7515) by EdDSA (RFC 8037), ES256 and RS256 (RFC 7518).
//!
//! General JWT crates parse the key again for every token, which costs twice the signature itself.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth::dialect::SigningAlgorithm;
use zeroize::Zeroizing;

/// The key could not be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signing key is damaged or of another kind than its row says")]
pub struct KeyRejected;

enum Private {
    EdDSA(Ed25519KeyPair),
    ES256(EcdsaKeyPair),
    RS256(RsaKeyPair),
}

/// A key pair ready to sign and to verify.
pub struct SigningPair {
    algorithm: SigningAlgorithm,
    private: Private,
    public: ParsedPublicKey,
}

/// A new private key as PKCS#8.
pub fn generate(algorithm: SigningAlgorithm) -> Result<Zeroizing<Vec<u8>>, KeyRejected> {
    let random = SystemRandom::new();
    let document = match algorithm {
        SigningAlgorithm::EdDSA => Ed25519KeyPair::generate_pkcs8(&random)
            .map_err(|_| KeyRejected)?
            .as_ref()
            .to_vec(),
        SigningAlgorithm::ES256 => {
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
                .map_err(|_| KeyRejected)?
                .as_ref()
                .to_vec()
        }
        SigningAlgorithm::RS256 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyRejected)?;
            let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyRejected)?;
            der.as_ref().to_vec()
        }
    };
    Ok(Zeroizing::new(document))
}

impl SigningPair {
    /// Parses PKCS#8.
    pub fn parse(algorithm: SigningAlgorithm, pkcs8: &[u8]) -> Result<Self, KeyRejected> {
        let (private, verification, public): (
            _,
            &'static dyn signature::VerificationAlgorithm,
            Vec<u8>,
        ) = match algorithm {
            SigningAlgorithm::EdDSA => {
                let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| KeyRejected)?;
                let public = pair.public_key().as_ref().to_vec();
                (Private::EdDSA(pair), &ED25519, public)
            }
            SigningAlgorithm::ES256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
                    .map_err(|_| KeyRejected)?;
                let public = pair.public_key().as_ref().to_vec();
                (Private::ES256(pair), &ECDSA_P256_SHA256_FIXED, public)
            }
            SigningAlgorithm::RS256 => {
                let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| KeyRejected)?;
                let public = pair.public_key().as_ref().to_vec();
                (Private::RS256(pair), &RSA_PKCS1_2048_8192_SHA256, public)
            }
        };
        let public = ParsedPublicKey::new(verification, public).map_err(|_| KeyRejected)?;
        Ok(Self {
            algorithm,
            private,
            public,
        })
    }

    /// What it signs with.
    pub fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The signature as JWS wants it: for ES256 `r ‖ s` (RFC 7518 §3.4), not DER.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyRejected> {
        let random = SystemRandom::new();
        match &self.private {
            Private::EdDSA(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Private::ES256(pair) => Ok(pair
                .sign(&random, message)
                .map_err(|_| KeyRejected)?
                .as_ref()
                .to_vec()),
            Private::RS256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(|_| KeyRejected)?;
                Ok(signature)
            }
        }
    }

    /// Whether this key made the signature.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public.verify_sig(message, signature).is_ok()
    }

    /// The public half as a JWK (RFC 7517), with `kid`, `use` and `alg`.
    pub fn public_jwk(&self, id: &str) -> serde_json::Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let name = self.algorithm.as_str();
        match &self.private {
            Private::EdDSA(pair) => serde_json::json!({
                "kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref()),
                "kid": id, "use": "sig", "alg": name,
            }),
            Private::ES256(pair) => {
                // An uncompressed point: 0x04, then x and y of 32 bytes each (SEC 1 §2.3.3).
                let point = pair.public_key().as_ref();
                serde_json::json!({
                    "kty": "EC", "crv": "P-256",
                    "x": text(point.get(1..33).unwrap_or_default()), "y": text(point.get(33..65).unwrap_or_default()),
                    "kid": id, "use": "sig", "alg": name,
                })
            }
            Private::RS256(pair) => {
                let public = pair.public_key();
                serde_json::json!({
                    "kty": "RSA",
                    "n": text(public.modulus().big_endian_without_leading_zero()),
                    "e": text(public.exponent().big_endian_without_leading_zero()),
                    "kid": id, "use": "sig", "alg": name,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_algorithm_signs_verifies_and_shows_only_its_public_half() {
        for algorithm in [
            SigningAlgorithm::EdDSA,
            SigningAlgorithm::ES256,
            SigningAlgorithm::RS256,
        ] {
            let pkcs8 = generate(algorithm).unwrap();
            let pair = SigningPair::parse(algorithm, &pkcs8).unwrap();
            let signature = pair.sign(b"message").unwrap();
            assert!(pair.verifies(b"message", &signature));
            assert!(!pair.verifies(b"massage", &signature));
            assert!(
                !pair.verifies(b"message", &vec![0; signature.len()]),
                "r = s = 0"
            );
            let jwk = pair.public_jwk("k");
            for private in ["d", "p", "q", "dp", "dq", "qi"] {
                assert!(jwk.get(private).is_none());
            }
            assert_eq!(jwk["alg"], algorithm.as_str());
        }
    }

    #[test]
    fn a_key_of_another_kind_is_refused() {
        let pkcs8 = generate(SigningAlgorithm::EdDSA).unwrap();
        assert!(SigningPair::parse(SigningAlgorithm::ES256, &pkcs8).is_err());
        assert!(SigningPair::parse(SigningAlgorithm::EdDSA, b"").is_err());
    }
}
