//! What others signed: JSON Web Signatures in their compact form (RFC 7515 §3.1), judged by their public keys.
//!
//! Only signatures by a private key are believed. A key says itself which algorithms it is for, and the header chooses
//! among those: nobody turns a public key into a shared secret, and `none` is no algorithm here (RFC 8725 §3.1).

pub mod claims;
pub mod key;
pub mod key_set;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Validation};
use serde::Deserialize;

use crate::outbound::OutboundError;
use claims::Claims;
use key::VerificationKey;

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 16 * 1024;
/// What may be signed with, as headers spell it.
const ALGORITHMS: [(&str, Algorithm); 4] = [
    ("RS256", Algorithm::RS256),
    ("PS256", Algorithm::PS256),
    ("ES256", Algorithm::ES256),
    ("EdDSA", Algorithm::EdDSA),
];

/// Why something signed is not believed.
#[derive(Debug, thiserror::Error)]
pub enum SignatureRefusal {
    /// Not three parts of base64url, no JSON, or a header that asks for what we do not know (`crit`, RFC 7515 §4.1.11).
    #[error("this is no JSON Web Signature that can be read")]
    Unreadable,
    /// `none`, a shared secret, or one we do not know.
    #[error("only RS256, PS256, ES256 and EdDSA are believed")]
    AlgorithmNotAllowed,
    /// No key of that name that is for that algorithm.
    #[error("no key of the signer fits")]
    KeyUnknown,
    /// Signed by someone else, or changed since.
    #[error("the signature is not the signer's")]
    SignatureWrong,
    /// The signer's keys cannot be had.
    #[error("the signer's keys cannot be had: {0}")]
    KeysAway(String),
}

impl SignatureRefusal {
    /// The name in the log and the metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unreadable => "TokenUnreadable",
            Self::AlgorithmNotAllowed => "AlgorithmNotAllowed",
            Self::KeyUnknown => "KeyUnknown",
            Self::SignatureWrong => "SignatureWrong",
            Self::KeysAway(_) => "SignersKeysAway",
        }
    }
}

impl From<OutboundError> for SignatureRefusal {
    fn from(error: OutboundError) -> Self {
        Self::KeysAway(error.to_string())
    }
}

/// A token whose header was read. Nothing of it is believed yet.
#[derive(Debug)]
pub struct Presented<'t> {
    text: &'t str,
    /// How it says it is signed.
    algorithm: Algorithm,
    /// Which key it says it is signed with.
    key_id: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<serde_json::Value>,
}

impl<'t> Presented<'t> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`SignatureRefusal::Unreadable`] and [`SignatureRefusal::AlgorithmNotAllowed`].
    pub fn read(text: &'t str) -> Result<Self, SignatureRefusal> {
        if text.len() > LONGEST || text.split('.').count() != 3 {
            return Err(SignatureRefusal::Unreadable);
        }
        let header = text.split('.').next().unwrap_or_default();
        let header = URL_SAFE_NO_PAD
            .decode(header)
            .map_err(|_| SignatureRefusal::Unreadable)?;
        let header: Header =
            serde_json::from_slice(&header).map_err(|_| SignatureRefusal::Unreadable)?;
        // A token of another kind says so (RFC 8725 §3.11): an access token is no id token, and no hand-over.
        let other_kind = header
            .typ
            .is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT"));
        if header.crit.is_some() || other_kind {
            return Err(SignatureRefusal::Unreadable);
        }
        let algorithm = ALGORITHMS
            .into_iter()
            .find(|(name, _)| *name == header.alg)
            .ok_or(SignatureRefusal::AlgorithmNotAllowed)?
            .1;
        Ok(Self {
            text,
            algorithm,
            key_id: header.kid,
        })
    }

    /// The keys that may have signed it: of its name, where both have one, and for its algorithm.
    pub fn candidates<'k>(&self, keys: &'k [VerificationKey]) -> Vec<&'k VerificationKey> {
        keys.iter()
            .filter(|key| key.fits(self.key_id.as_deref(), self.algorithm))
            .collect()
    }

    /// What it claims, if one of these keys signed it.
    ///
    /// # Errors
    /// [`SignatureRefusal::KeyUnknown`] and [`SignatureRefusal::SignatureWrong`].
    pub fn verify(&self, keys: &[VerificationKey]) -> Result<Claims, SignatureRefusal> {
        let candidates = self.candidates(keys);
        if candidates.is_empty() {
            return Err(SignatureRefusal::KeyUnknown);
        }
        // The claims are judged by us, with the time of the request.
        let mut only_signature = Validation::new(self.algorithm);
        only_signature.required_spec_claims.clear();
        only_signature.validate_exp = false;
        only_signature.validate_aud = false;
        candidates
            .iter()
            .find_map(|key| {
                jsonwebtoken::decode::<Claims>(self.text, key.decoding(), &only_signature).ok()
            })
            .map(|token| token.claims)
            .ok_or(SignatureRefusal::SignatureWrong)
    }
}
