//! How the command line knows that the program at the admin address is ours before it sends a token
//! or a secret there: the server proves, over a number it could not have foreseen, that it holds the
//! master key.
//!
//! This is the one URL under `/admin/v1` that asks for no token. The proof names the port, so that a
//! stranger on the configured port cannot fetch it from our server on another one.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use utoipa::{IntoParams, ToSchema};

use super::parameters::Parameters;
use super::problem::Problem;
use crate::platform::Platform;
use crate::secrets::master_key::{MasterKey, MasterKeys};

/// Keeps this seal apart from every other use of the same key: with it, nobody can have us seal a token.
const PURPOSE: &[u8] = b"grantor/admin-address-proof/";

/// The question.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// 32 bytes as base64url, without padding.
    #[param(
        example = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        min_length = 43,
        max_length = 43,
        pattern = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"
    )]
    nonce: String,
}

/// The answer: a proof for each master key that the server holds.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Proofs {
    /// By the key's public name.
    pub proofs: Vec<Proof>,
}

/// One proof.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Proof {
    /// The key's public name.
    pub master_key: String,
    /// The seal, base64url.
    pub proof: String,
}

/// Proves that this server holds its master key.
///
/// The answer seals a number that the asker drew, so that a program sends no token to a stranger on this port.
#[utoipa::path(
    get, path = "/self", operation_id = "proveSelf", tag = "self",
    params(Challenge),
    responses((status = 200, description = "A proof for each master key", body = Proofs)),
)]
pub async fn prove(
    State(platform): State<Arc<Platform>>,
    Parameters(challenge): Parameters<Challenge>,
) -> Result<Json<Proofs>, Problem> {
    let nonce: [u8; 32] = URL_SAFE_NO_PAD
        .decode(&challenge.nonce)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| Problem::bad_request("A nonce is 32 bytes as base64url."))?;
    Ok(Json(proofs(
        &platform.master_keys.load(),
        &nonce,
        platform.config.server.admin.port(),
    )))
}

fn proofs(keys: &MasterKeys, nonce: &[u8; 32], port: u16) -> Proofs {
    let proof = |key: &MasterKey| Proof {
        master_key: key.id().to_owned(),
        proof: URL_SAFE_NO_PAD.encode(seal(key, nonce, port)),
    };
    Proofs {
        proofs: keys.iter().map(proof).collect(),
    }
}

/// Whether one of the proofs was made by one of our keys.
pub fn convinces(keys: &MasterKeys, nonce: &[u8; 32], port: u16, answer: &Proofs) -> bool {
    answer.proofs.iter().any(|proof| {
        let given = URL_SAFE_NO_PAD.decode(&proof.proof).unwrap_or_default();
        keys.find(&proof.master_key)
            .is_some_and(|key| seal(key, nonce, port).ct_eq(given.as_slice()).into())
    })
}

fn seal(key: &MasterKey, nonce: &[u8; 32], port: u16) -> [u8; 32] {
    key.seal_operator(&[PURPOSE, nonce, &port.to_be_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_key_convinces_and_only_for_this_number_and_port() {
        let ours = MasterKeys::single(MasterKey::new([1; 32]));
        let both = ours.with_new(MasterKey::new([2; 32]));
        let stranger = MasterKeys::single(MasterKey::new([3; 32]));
        let answer = proofs(&both, &[7; 32], 9090);
        assert!(convinces(&ours, &[7; 32], 9090, &answer));
        assert!(!convinces(&ours, &[8; 32], 9090, &answer));
        assert!(!convinces(&ours, &[7; 32], 9091, &answer));
        assert!(!convinces(&stranger, &[7; 32], 9090, &answer));
        assert!(!convinces(
            &ours,
            &[7; 32],
            9090,
            &Proofs { proofs: Vec::new() }
        ));
    }
}
