//! Bearer tokens for the management API.

use crate::{AuditEvent, Millis, Store, StoreError};

/// An operator token as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorToken {
    pub id: String,
    pub name: String,
    pub scopes: Vec<String>,
    pub created_at: Millis,
    pub expires_at: Millis,
    pub revoked_at: Option<Millis>,
}

/// An operator token to be stored.
#[derive(Clone, Debug)]
pub struct NewOperatorToken {
    pub id: String,
    pub name: String,
    pub scopes: Vec<String>,
    /// SHA-256 of the whole token.
    pub hash: [u8; 32],
    pub created_at: Millis,
    pub expires_at: Millis,
}

impl Store {
    pub async fn create_operator_token(&self, token: NewOperatorToken, audit: AuditEvent) -> Result<(), StoreError> { todo!() }
    /// By the SHA-256 of the whole token; expired and revoked ones included.
    pub async fn find_operator_token(&self, hash: &[u8; 32]) -> Result<Option<OperatorToken>, StoreError> { todo!() }
    pub async fn list_operator_tokens(&self) -> Result<Vec<OperatorToken>, StoreError> { todo!() }
    pub async fn revoke_operator_token(&self, id: &str, now: Millis, audit: AuditEvent) -> Result<(), StoreError> { todo!() }
}
