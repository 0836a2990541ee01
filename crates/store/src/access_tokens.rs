//! Access tokens: durable before they are answered, found by a time-ordered id, proven by a hash.

use crate::{AuditEvent, InEnvironment, Millis, Store, StoreError};

/// Sixteen bytes. Time-ordered (48 bits of milliseconds first) where the token's text can carry it;
/// the first half of the token's SHA-256 where it cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenId(pub [u8; 16]);

/// A token to be remembered.
#[derive(Clone, Debug)]
pub struct NewAccessToken {
    pub id: TokenId,
    /// SHA-256 of the token's secret part.
    pub secret_hash: [u8; 32],
    pub credential_uuid: String,
    /// Space separated; empty when the platform has no scopes.
    pub scope: String,
    pub issued_at: Millis,
    pub expires_at: Millis,
}

/// A remembered token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    pub id: TokenId,
    pub secret_hash: [u8; 32],
    pub credential_uuid: String,
    pub scope: String,
    pub issued_at: Millis,
    pub expires_at: Millis,
    pub revoked_at: Option<Millis>,
}

impl InEnvironment<'_> {
    /// Remembers a token and its audit row; returns after the commit is durable (group commit).
    pub async fn issue_access_token(&self, token: NewAccessToken, audit: AuditEvent) -> Result<(), StoreError> { todo!() }
    /// By id, expired and revoked ones included.
    pub async fn find_access_token(&self, id: TokenId) -> Result<Option<AccessToken>, StoreError> { todo!() }
    /// Ends one token of one credential (RFC 7009). False when there is no such live token of that credential; then no audit row either.
    pub async fn revoke_access_token(&self, id: TokenId, credential_uuid: &str, now: Millis, audit: AuditEvent) -> Result<bool, StoreError> { todo!() }
    /// Remembers that a JWT is dead until it would have expired anyway. False if it was known already.
    pub async fn revoke_jwt(&self, jti: TokenId, expires_at: Millis, now: Millis, audit: AuditEvent) -> Result<bool, StoreError> { todo!() }
    /// Whether a JWT was revoked by name.
    pub async fn is_jwt_revoked(&self, jti: TokenId) -> Result<bool, StoreError> { todo!() }
}

impl Store {
    /// Removes at most `limit` rows that expired before `before` (tokens and revocations); answers how many. Call until it answers less than `limit`.
    /// Walks the time-ordered key from its oldest end, so it needs no index on expiry.
    pub async fn sweep_expired(&self, before: Millis, limit: u32) -> Result<u64, StoreError> { todo!() }
}
