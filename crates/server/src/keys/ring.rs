//! An environment's signing keys as requests see them: which signs now, which verify, what is published.

use std::sync::Arc;

use oauth::dialect::SigningAlgorithm;
use store::{Millis, SigningKey};

use super::signing_key::{KeyRejected, SigningPair};
use crate::secrets::master_key::MasterKeys;

/// Where a key stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Published, signs later.
    Announced,
    /// Signs.
    Signing,
    /// Signs no more; published until its tokens are dead.
    Retired,
    /// Unpublished: its last token is dead.
    Expired,
    /// Unpublished at once and refused.
    Revoked,
}

impl KeyState {
    /// The word that lists and reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyState::Announced => "announced",
            KeyState::Signing => "signing",
            KeyState::Retired => "retired",
            KeyState::Expired => "expired",
            KeyState::Revoked => "revoked",
        }
    }
}

/// Where a stored key stands at a moment.
pub fn state(key: &SigningKey, now: Millis) -> KeyState {
    if key.revoked_at.is_some() {
        KeyState::Revoked
    } else if key.expires_at.is_some_and(|end| end <= now) {
        KeyState::Expired
    } else if key.retires_at.is_some_and(|end| end <= now) {
        KeyState::Retired
    } else if key.activates_at > now {
        KeyState::Announced
    } else {
        KeyState::Signing
    }
}

/// A key with its private half unwrapped.
pub struct RingKey {
    /// The row.
    pub row: SigningKey,
    /// The parsed pair.
    pub pair: SigningPair,
    /// The JOSE header of access tokens it signs, encoded: it never changes.
    pub encoded_header: String,
    jwk: serde_json::Value,
}

/// All keys of an environment that are not expired or revoked.
#[derive(Default)]
pub struct KeyRing {
    keys: Vec<Arc<RingKey>>,
}

/// A stored key that this node cannot use: it must sign nothing rather than sign with another.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    /// The master key it was wrapped with is not among ours.
    #[error(
        "signing key {kid} of {environment} is encrypted under master key {master_key}, which this process does not have"
    )]
    MasterKeyMissing {
        /// The key.
        kid: String,
        /// Its environment.
        environment: String,
        /// The master key's name.
        master_key: String,
    },
    /// It does not decrypt or parse.
    #[error("signing key {kid} of {environment} cannot be read: {source}")]
    Unreadable {
        /// The key.
        kid: String,
        /// Its environment.
        environment: String,
        /// Why.
        source: KeyRejected,
    },
}

impl KeyRing {
    /// Unwraps and parses what the database holds. Revoked keys are left out: what they signed is unknown here.
    pub fn open(
        environment: &str,
        rows: Vec<SigningKey>,
        masters: &MasterKeys,
        now: Millis,
    ) -> Result<Self, RingError> {
        let mut keys = Vec::with_capacity(rows.len());
        for row in rows {
            if matches!(state(&row, now), KeyState::Revoked | KeyState::Expired) {
                continue;
            }
            keys.push(Arc::new(RingKey::open(environment, row, masters)?));
        }
        Ok(Self { keys })
    }

    /// The same keys without those that the database has revoked or removed.
    pub fn those_that_live(&self, rows: &[SigningKey]) -> Self {
        let lives = |key: &&Arc<RingKey>| {
            rows.iter()
                .any(|row| row.id == key.row.id && row.revoked_at.is_none())
        };
        Self {
            keys: self.keys.iter().filter(lives).cloned().collect(),
        }
    }

    /// The key that signs at a moment: of several, the one activated last.
    pub fn signing(&self, algorithm: SigningAlgorithm, now: Millis) -> Option<&Arc<RingKey>> {
        self.keys
            .iter()
            .filter(|key| {
                key.pair.algorithm() == algorithm && state(&key.row, now) == KeyState::Signing
            })
            .max_by_key(|key| key.row.activates_at)
    }

    /// By `kid`, for verifying: announced keys have signed nothing yet, but a node with a faster clock may use them.
    pub fn verifying(&self, kid: &str, now: Millis) -> Option<&Arc<RingKey>> {
        self.keys.iter().find(|key| {
            key.row.id == kid
                && !matches!(state(&key.row, now), KeyState::Expired | KeyState::Revoked)
        })
    }

    /// The JWK set (RFC 7517 §5) published at a moment.
    pub fn jwks(&self, now: Millis) -> serde_json::Value {
        let published: Vec<_> = self
            .keys
            .iter()
            .filter(|key| !matches!(state(&key.row, now), KeyState::Expired | KeyState::Revoked))
            .map(|key| &key.jwk)
            .collect();
        serde_json::json!({ "keys": published })
    }
}

impl RingKey {
    fn open(environment: &str, row: SigningKey, masters: &MasterKeys) -> Result<Self, RingError> {
        let Some(master) = masters.find(&row.master_key_id) else {
            return Err(RingError::MasterKeyMissing {
                kid: row.id,
                environment: environment.to_owned(),
                master_key: row.master_key_id,
            });
        };
        let unreadable = |kid: &str, source| RingError::Unreadable {
            kid: kid.to_owned(),
            environment: environment.to_owned(),
            source,
        };
        let algorithm = SigningAlgorithm::from_name(&row.algorithm)
            .ok_or_else(|| unreadable(&row.id, KeyRejected))?;
        let pkcs8 = master
            .unwrap(&belongs_to(environment, &row.id), &row.wrapped_private_key)
            .ok_or_else(|| unreadable(&row.id, KeyRejected))?;
        let pair =
            SigningPair::parse(algorithm, &pkcs8).map_err(|error| unreadable(&row.id, error))?;
        let jwk = pair.public_jwk(&row.id);
        let encoded_header = crate::tokens::jwt::encoded_header(algorithm, &row.id);
        Ok(Self {
            row,
            pair,
            encoded_header,
            jwk,
        })
    }
}

/// What a wrapped key is bound to, so that a row cannot be moved to another environment.
pub fn belongs_to(environment: &str, kid: &str) -> String {
    format!("signing-key/{environment}/{kid}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::keys::signing_key::generate;
    use crate::secrets::master_key::MasterKey;

    fn row(id: &str, master: &MasterKey) -> SigningKey {
        let pkcs8 = generate(SigningAlgorithm::EdDSA).unwrap();
        SigningKey {
            id: id.to_owned(),
            algorithm: "EdDSA".to_owned(),
            public_jwk: String::new(),
            wrapped_private_key: master.wrap(&belongs_to("production", id), &pkcs8).unwrap(),
            master_key_id: master.id().to_owned(),
            created_at: 1,
            activates_at: 1,
            retires_at: None,
            expires_at: None,
            revoked_at: None,
        }
    }

    #[test]
    fn a_revoked_key_ends_also_where_its_successor_cannot_be_opened() {
        let masters = MasterKeys::single(MasterKey::new([1; 32]));
        let foreign = MasterKey::new([2; 32]);
        let (leaked, other) = (row("k1", masters.current()), row("k2", masters.current()));
        let known = KeyRing::open(
            "production",
            vec![leaked.clone(), other.clone()],
            &masters,
            5,
        )
        .unwrap();
        let rows = vec![
            SigningKey {
                revoked_at: Some(6),
                ..leaked
            },
            other,
            row("k3", &foreign),
        ];
        assert!(KeyRing::open("production", rows.clone(), &masters, 7).is_err());
        let left = known.those_that_live(&rows);
        assert!(left.verifying("k1", 7).is_none());
        assert!(left.verifying("k2", 7).is_some());
    }
}
