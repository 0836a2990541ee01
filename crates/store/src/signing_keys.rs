//! Signing keys: made once, announced before they sign, published until the last token they signed is dead.

use crate::{AuditEvent, InEnvironment, Millis, StoreError};

/// A signing key; its private part is encrypted under a master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// `kid`, unique over the environment.
    pub id: String,
    /// `EdDSA`, `ES256`, `RS256`.
    pub algorithm: String,
    /// The public JWK's text.
    pub public_jwk: String,
    /// PKCS#8, encrypted.
    pub wrapped_private_key: Vec<u8>,
    pub master_key_id: String,
    pub created_at: Millis,
    /// Signs from here on …
    pub activates_at: Millis,
    /// … until here (None: until a successor is announced).
    pub retires_at: Option<Millis>,
    /// Published until here (None: while it signs).
    pub expires_at: Option<Millis>,
    pub revoked_at: Option<Millis>,
}

/// A signing key to be stored.
#[derive(Clone, Debug)]
pub struct NewSigningKey {
    pub id: String,
    pub algorithm: String,
    pub public_jwk: String,
    pub wrapped_private_key: Vec<u8>,
    pub master_key_id: String,
    pub created_at: Millis,
    pub activates_at: Millis,
}

impl InEnvironment<'_> {
    /// Every key that has neither expired nor been revoked before `now - one day`, oldest first.
    pub async fn signing_keys(&self, now: Millis) -> Result<Vec<SigningKey>, StoreError> { todo!() }
    /// Stores the environment's first key of that algorithm; false (and nothing stored) when a live one exists already: two nodes starting at once make one key.
    pub async fn create_first_signing_key(&self, key: NewSigningKey, audit: AuditEvent) -> Result<bool, StoreError> { todo!() }
    /// Announces a successor: stores it and lets the keys that sign now retire when it activates and expire at `old_expire_at`.
    /// `Refused::Conflict` when a successor is announced already (its `activates_at` is in the future). One transaction.
    pub async fn announce_signing_key(&self, key: NewSigningKey, old_expire_at: Millis, now: Millis, audit: AuditEvent) -> Result<(), StoreError> { todo!() }
    /// A key that leaked: unpublished and refused at once. `replacement` signs from now on when the revoked key was the one that signed.
    pub async fn revoke_signing_key(&self, id: &str, replacement: Option<NewSigningKey>, now: Millis, audit: AuditEvent) -> Result<(), StoreError> { todo!() }
}

impl crate::Store {
    /// Replaces the encryption of a key, only if it still is under `old_master_key_id`.
    pub async fn rewrap_signing_key(&self, environment: &crate::EnvironmentName, id: &str, old_master_key_id: &str, wrapped: &[u8], master_key_id: &str) -> Result<bool, StoreError> { todo!() }
    /// Every signing key under a master key, with its environment: what a rekey must wrap anew.
    pub async fn signing_keys_under(&self, master_key_id: &str) -> Result<Vec<(crate::EnvironmentName, SigningKey)>, StoreError> { todo!() }
}
