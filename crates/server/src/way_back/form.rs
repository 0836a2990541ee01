//! A secret as an old server would keep it, sealed until somebody returns.

use std::num::NonZeroU32;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::pbkdf2;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use store::WayBack;
use zeroize::Zeroizing;

use crate::config::OldServer;
use crate::random::{self, NoRandomness};
use crate::secrets::master_key::{MasterKey, MasterKeys};

/// Rounds of PBKDF2, as Hydra makes them itself.
const ROUNDS: NonZeroU32 = match NonZeroU32::new(25_000) {
    Some(rounds) => rounds,
    None => NonZeroU32::MIN,
};

/// Why it cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// The operating system.
    #[error(transparent)]
    Random(#[from] NoRandomness),
    /// Encryption.
    #[error("a secret could not be sealed for the way back")]
    NotSealed,
    /// The thread that hashes.
    #[error("a secret could not be hashed for the way back")]
    NotHashed,
}

/// What a sealed text is bound to, so that no row can be moved to another credential.
pub fn belongs_to(credential: &str) -> String {
    format!("way-back/{credential}")
}

/// Makes the server's form of a new secret and seals it.
///
/// # Errors
/// See [`NotKept`].
pub async fn seal(
    server: OldServer,
    key: &MasterKey,
    credential: &str,
    secret: &SecretString,
) -> Result<WayBack, NotKept> {
    let text = match server {
        OldServer::Doorkeeper => sha256(secret),
        OldServer::Hydra => {
            let (secret, salt) = (secret.clone(), random::bytes::<16>()?);
            // Some ten milliseconds, in which requests are not to wait.
            let hashing = tokio::task::spawn_blocking(move || pbkdf2(&secret, &salt));
            hashing.await.map_err(|_| NotKept::NotHashed)?
        }
        OldServer::Keycloak => Zeroizing::new(secret.expose_secret().to_owned()),
    };
    let sealed = key.wrap(&belongs_to(credential), text.as_bytes());
    Ok(WayBack {
        server: server.name().to_owned(),
        sealed: sealed.ok_or(NotKept::NotSealed)?,
        master_key_id: key.id().to_owned(),
    })
}

/// Opens one; none where its master key is away or the row was moved or changed.
pub fn open(keys: &MasterKeys, credential: &str, way: &WayBack) -> Option<Zeroizing<String>> {
    let key = keys.find(&way.master_key_id)?;
    let text = key.unwrap(&belongs_to(credential), &way.sealed)?;
    String::from_utf8(text.to_vec()).ok().map(Zeroizing::new)
}

fn sha256(secret: &SecretString) -> Zeroizing<String> {
    let mut hex = Zeroizing::new(String::with_capacity(64));
    for byte in digest(&SHA256, secret.expose_secret().as_bytes()).as_ref() {
        hex.push_str(&format!("{byte:02x}"));
    }
    hex
}

fn pbkdf2(secret: &SecretString, salt: &[u8; 16]) -> Zeroizing<String> {
    let mut key = [0; 32];
    let secret = secret.expose_secret().as_bytes();
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt, secret, &mut key);
    Zeroizing::new(format!(
        "$pbkdf2-sha256$i={ROUNDS},l=32${}${}",
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(key)
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::import::hashes;

    const SECRET: &str = "s3cr3t-Test+%41";

    #[tokio::test]
    async fn each_form_opens_for_its_credential_alone_and_proves_the_secret_and_no_other() {
        let keys = MasterKeys::single(MasterKey::new([1; 32]));
        let others = MasterKeys::single(MasterKey::new([2; 32]));
        for (_, server) in OldServer::NAMES {
            let secret = SecretString::from(SECRET);
            let way = seal(server, keys.current(), "c", &secret).await.unwrap();
            assert!(open(&keys, "d", &way).is_none());
            assert!(open(&others, "c", &way).is_none());
            let text = open(&keys, "c", &way).unwrap();
            let taken = match server {
                OldServer::Doorkeeper => hashes::digest(&text),
                OldServer::Hydra => hashes::self_describing(&text),
                OldServer::Keycloak => hashes::plain(&text),
            };
            let taken = taken.unwrap();
            let proves =
                |secret: &str| *taken.work.of(secret.as_bytes()).unwrap() == taken.digest.0;
            assert!(proves(SECRET) && !proves("s3cr3t-Test+%42"), "{server:?}");
            assert!(
                !way.sealed
                    .windows(8)
                    .any(|part| text.as_bytes().windows(8).any(|whole| whole == part))
            );
        }
    }
}
