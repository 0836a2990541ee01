//! Client secrets: only hashes, each naming the key it was made with.

use crate::{AuditEvent, InEnvironment, Millis, StoreError};

/// How the hash was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretScheme {
    /// HMAC-SHA-256 under a master key; for secrets we generated (256 bits).
    HmacSha256,
    /// Argon2id (PHC string); for secrets a person chose.
    Argon2id,
}

/// A stored secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    pub id: String,
    pub scheme: SecretScheme,
    /// Raw HMAC, or the PHC string's bytes. Never empty.
    pub hash: Vec<u8>,
    /// The master key the hash was made with (for Argon2id: the key that peppers it).
    pub master_key_id: String,
    /// The last four characters, to recognise it by. Empty for chosen secrets.
    pub hint: String,
    pub created_at: Millis,
    pub expires_at: Option<Millis>,
    pub last_used_at: Option<Millis>,
    pub last_used_address: Option<String>,
}

/// A secret to be stored.
#[derive(Clone, Debug)]
pub struct NewSecret {
    pub id: String,
    pub scheme: SecretScheme,
    pub hash: Vec<u8>,
    pub master_key_id: String,
    pub hint: String,
    pub created_at: Millis,
    pub expires_at: Option<Millis>,
}

/// One use to remember.
#[derive(Clone, Debug)]
pub struct SecretUse {
    pub secret_id: String,
    pub at: Millis,
    pub address: String,
}

impl InEnvironment<'_> {
    /// Adds a secret and lets every other live one end at `others_expire_at` (or at its own, earlier expiry).
    /// At most two are live afterwards: a third, older one ends at once. One transaction.
    pub async fn rotate_secret(&self, credential_uuid: &str, new: NewSecret, others_expire_at: Millis, now: Millis, audit: AuditEvent) -> Result<(), StoreError> { todo!() }
    /// Ends one secret at once.
    pub async fn revoke_secret(&self, credential_uuid: &str, secret_id: &str, now: Millis, audit: AuditEvent) -> Result<(), StoreError> { todo!() }
}

impl crate::Store {
    /// Replaces a hash by one of the current scheme or master key, only if it still is `old_hash` (conditional write). True if it was.
    pub async fn rehash_secret(&self, secret_id: &str, old_hash: &[u8], scheme: SecretScheme, hash: &[u8], master_key_id: &str) -> Result<bool, StoreError> { todo!() }
    /// Writes when and from where secrets were last used; one transaction for all. Never moves a time backwards.
    pub async fn remember_secret_uses(&self, uses: Vec<SecretUse>) -> Result<(), StoreError> { todo!() }
}
