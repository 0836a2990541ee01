//! JWT access tokens (RFC 9068): `at+jwt`, signed by the environment's key.
//!
//! Compact JWS by hand, with the parsed key and the encoded header kept. Reading takes nothing on
//! trust: the header must be exactly ours, the algorithm is the key's and never the token's, and
//! every claim has the type and the value that we write.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth::dialect::SigningAlgorithm;
use serde::{Deserialize, Serialize};
use store::{FamilyId, Millis, TokenId};

use super::opaque::{hex, unhex};
use crate::clock::seconds;
use crate::keys::ring::{KeyRing, RingKey};
use crate::keys::signing_key::KeyRejected;

/// The longest token worth looking at: ours are far below it.
const LONGEST: usize = 8 * 1024;
/// Seconds by which another node's clock may be ahead of ours (`nbf`, `iat`). None for `exp`.
const LEEWAY: i64 = 5;

/// The claims of RFC 9068 §2.2, in the order they are written.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
    iat: i64,
    jti: String,
    client_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    scope: &'a str,
    /// The credential's UUID: what the judge looks up.
    credential: &'a str,
    /// The version of the API it was made for, and whose it is: for services that check tokens themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential_version: Option<&'a str>,
    account: &'a str,
    /// For a person: the family and generation the token dies with.
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation: Option<i64>,
}

/// What is written into a token.
pub struct NewJwt<'a> {
    /// Issuer.
    pub issuer: &'a str,
    /// Audience.
    pub audience: &'a str,
    /// Subject.
    pub subject: &'a str,
    /// Client id.
    pub client_id: &'a str,
    /// Credential's UUID.
    pub credential_uuid: &'a str,
    /// The version of the API that the credential was made for.
    pub credential_version: Option<&'a str>,
    /// The account's name.
    pub account: &'a str,
    /// Space separated.
    pub scope: &'a str,
    /// Id.
    pub id: TokenId,
    /// For a person: the family and generation the token dies with.
    pub family: Option<(FamilyId, i64)>,
    /// When.
    pub issued_at: Millis,
    /// Until when.
    pub expires_at: Millis,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'a> {
    typ: &'a str,
    alg: &'a str,
    kid: &'a str,
}

#[derive(Deserialize)]
struct ReadClaims {
    iss: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
    jti: String,
    #[serde(default)]
    scope: String,
    credential: String,
    #[serde(default)]
    family: Option<String>,
    #[serde(default)]
    generation: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// A JWT that we signed and that has not expired.
#[derive(Debug, PartialEq, Eq)]
pub struct ReadJwt {
    /// Id.
    pub id: TokenId,
    /// Credential's UUID.
    pub credential_uuid: String,
    /// Space separated.
    pub scope: String,
    /// For a person: the family and generation the token dies with.
    pub family: Option<(FamilyId, i64)>,
    /// When, in milliseconds as the id carries them.
    pub issued_at: Millis,
    /// Until when.
    pub expires_at: Millis,
}

/// Why a JWT is not one of ours, alive. For logs and tests; a client hears `invalid_token`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtRefusal {
    /// Not three segments, too long, not base64url, not JSON, wrong types.
    Malformed,
    /// A header that we do not write.
    ForeignHeader,
    /// A `kid` that is not published here.
    UnknownKey,
    /// Not signed by that key.
    BadSignature,
    /// Another issuer or audience.
    ForeignClaims,
    /// Over.
    Expired,
    /// Not yet.
    FromTheFuture,
}

/// The header of every access token of a key.
pub fn encoded_header(algorithm: SigningAlgorithm, kid: &str) -> String {
    let header = Header {
        typ: "at+jwt",
        alg: algorithm.as_str(),
        kid,
    };
    // Three strings always serialise.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).unwrap_or_default())
}

/// Writes and signs.
pub fn sign(key: &RingKey, new: &NewJwt<'_>) -> Result<String, KeyRejected> {
    let claims = Claims {
        iss: new.issuer,
        sub: new.subject,
        aud: new.audience,
        exp: seconds(new.expires_at),
        iat: seconds(new.issued_at),
        jti: hex(&new.id.0),
        client_id: new.client_id,
        scope: new.scope,
        credential: new.credential_uuid,
        credential_version: new.credential_version,
        account: new.account,
        family: new.family.map(|(family, _)| hex(&family.0)),
        generation: new.family.map(|(_, generation)| generation),
    };
    let claims = serde_json::to_vec(&claims).map_err(|_| KeyRejected)?;
    let mut token = String::with_capacity(key.encoded_header.len() + claims.len() * 4 / 3 + 512);
    token.push_str(&key.encoded_header);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(&claims, &mut token);
    let signature = key.pair.sign(token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

/// Whether a text can be a JWT at all.
pub fn looks_like_one(text: &str) -> bool {
    text.bytes().filter(|&byte| byte == b'.').count() == 2
}

/// Reads a token that must be ours: signed by a published key of this environment, for this issuer and audience, alive.
pub fn verify(
    ring: &KeyRing,
    issuer: &str,
    audience: &str,
    text: &str,
    now: Millis,
) -> Result<ReadJwt, JwtRefusal> {
    if text.len() > LONGEST {
        return Err(JwtRefusal::Malformed);
    }
    let mut segments = text.split('.');
    let (Some(header), Some(payload), Some(signature), None) = (
        segments.next(),
        segments.next(),
        segments.next(),
        segments.next(),
    ) else {
        return Err(JwtRefusal::Malformed);
    };
    let decode = |segment: &str| {
        URL_SAFE_NO_PAD
            .decode(segment)
            .map_err(|_| JwtRefusal::Malformed)
    };
    let header = decode(header)?;
    let header: Header<'_> =
        serde_json::from_slice(&header).map_err(|_| JwtRefusal::ForeignHeader)?;
    if header.typ != "at+jwt" {
        return Err(JwtRefusal::ForeignHeader);
    }
    let key = ring
        .verifying(header.kid, now)
        .ok_or(JwtRefusal::UnknownKey)?;
    if header.alg != key.pair.algorithm().as_str() {
        return Err(JwtRefusal::ForeignHeader);
    }
    let signed = text.rsplit_once('.').map_or("", |(signed, _)| signed);
    if !key.pair.verifies(signed.as_bytes(), &decode(signature)?) {
        return Err(JwtRefusal::BadSignature);
    }
    let claims: ReadClaims =
        serde_json::from_slice(&decode(payload)?).map_err(|_| JwtRefusal::Malformed)?;
    judge(claims, issuer, audience, now)
}

fn judge(
    claims: ReadClaims,
    issuer: &str,
    audience: &str,
    now: Millis,
) -> Result<ReadJwt, JwtRefusal> {
    let for_us = match &claims.aud {
        Audience::One(one) => one == audience,
        Audience::Several(several) => several.iter().any(|one| one == audience),
    };
    if claims.iss != issuer || !for_us {
        return Err(JwtRefusal::ForeignClaims);
    }
    if claims.exp <= seconds(now) {
        return Err(JwtRefusal::Expired);
    }
    let latest_start = claims.nbf.unwrap_or(claims.iat).max(claims.iat);
    if latest_start > seconds(now).saturating_add(LEEWAY) {
        return Err(JwtRefusal::FromTheFuture);
    }
    let id = unhex(&claims.jti)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(JwtRefusal::Malformed)?;
    let family = match (&claims.family, claims.generation) {
        (None, None) => None,
        // One of ours has both; half of a family is none of ours.
        (Some(family), Some(generation)) => unhex(family)
            .and_then(|bytes| bytes.try_into().ok())
            .map(|bytes| Some((FamilyId(bytes), generation)))
            .ok_or(JwtRefusal::Malformed)?,
        _ => return Err(JwtRefusal::Malformed),
    };
    Ok(ReadJwt {
        issued_at: issued_at(id),
        id: TokenId(id),
        credential_uuid: claims.credential,
        scope: claims.scope,
        family,
        expires_at: claims.exp.checked_mul(1000).ok_or(JwtRefusal::Malformed)?,
    })
}

/// `iat` has whole seconds; the id begins with the milliseconds, which revoking "everything until now" needs.
fn issued_at(id: [u8; 16]) -> Millis {
    let mut millis = [0; 8];
    millis[2..].copy_from_slice(&id[..6]);
    i64::from_be_bytes(millis)
}
