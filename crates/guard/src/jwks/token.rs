//! A JWT access token (RFC 9068) as the issuer writes it, read without trust: the header holds exactly what the issuer
//! puts there, the algorithm is the key's and never the token's, every claim has its type and value.
//!
//! So `alg: none`, a public key used as a secret, `crit`, and keys that a token brings along (`jwk`) or has fetched
//! (`jku`, `x5u`) are nothing here: the first is no key's algorithm, the others are no member of the header.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::key::Key;
use crate::caller::{Caller, DeadToken};

/// Seconds by which the issuer's clock may be ahead of ours (`nbf`, `iat`). None for `exp`.
const LEEWAY: i64 = 5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    typ: String,
    alg: String,
    kid: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    jti: String,
    client_id: String,
    #[serde(default)]
    scope: String,
    credential: String,
    credential_version: Option<String>,
    account: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// A token in its three parts, of which nothing is believed yet.
#[derive(Debug)]
pub struct Unverified<'t> {
    /// The name of the key that is said to have signed it.
    pub key_id: String,
    algorithm: String,
    signed: &'t str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'t> Unverified<'t> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// It is not of the shape that the issuer writes.
    pub fn read(text: &'t str) -> Result<Self, DeadToken> {
        let mut segments = text.split('.');
        let (Some(header), Some(payload), Some(signature), None) = (
            segments.next(),
            segments.next(),
            segments.next(),
            segments.next(),
        ) else {
            return Err(DeadToken::Malformed);
        };
        let decode = |segment: &str| {
            URL_SAFE_NO_PAD
                .decode(segment)
                .map_err(|_| DeadToken::Malformed)
        };
        let header: Header =
            serde_json::from_slice(&decode(header)?).map_err(|_| DeadToken::ForeignHeader)?;
        if header.typ != "at+jwt" {
            return Err(DeadToken::ForeignHeader);
        }
        Ok(Self {
            key_id: header.kid,
            algorithm: header.alg,
            signed: text.rsplit_once('.').map_or("", |(signed, _)| signed),
            payload: decode(payload)?,
            signature: decode(signature)?,
        })
    }

    /// Who calls, if that key signed it for this issuer and audience and it lives at `now` (seconds since 1970).
    ///
    /// # Errors
    /// What it died of.
    pub fn judge(
        &self,
        key: &Key,
        issuer: &str,
        audience: &str,
        now: i64,
    ) -> Result<Caller, DeadToken> {
        if self.algorithm != key.algorithm() {
            return Err(DeadToken::ForeignHeader);
        }
        if !key.verifies(self.signed.as_bytes(), &self.signature) {
            return Err(DeadToken::BadSignature);
        }
        let claims: Claims =
            serde_json::from_slice(&self.payload).map_err(|_| DeadToken::Malformed)?;
        claims.judge(issuer, audience, now)
    }
}

impl Claims {
    fn judge(self, issuer: &str, audience: &str, now: i64) -> Result<Caller, DeadToken> {
        let for_us = match &self.aud {
            Audience::One(one) => one == audience,
            Audience::Several(several) => several.iter().any(|one| one == audience),
        };
        if self.iss != issuer || !for_us {
            return Err(DeadToken::ForeignClaims);
        }
        if self.exp <= now {
            return Err(DeadToken::Expired);
        }
        let latest_start = self.nbf.unwrap_or(self.iat).max(self.iat);
        if latest_start > now.saturating_add(LEEWAY) {
            return Err(DeadToken::FromTheFuture);
        }
        Ok(Caller {
            client_id: self.client_id,
            credential: self.credential,
            account: self.account,
            version: self.credential_version,
            scope: self.scope,
            subject: self.sub,
            token_id: Some(self.jti),
            expires_at: self.exp,
        })
    }
}
