//! A mark that moves with every change a cache must notice (not with token issuing).

use crate::{Store, StoreError};

/// Compare for equality only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ChangeMark(pub i64, pub i64);

impl Store {
    /// The mark now. Verbs on credentials, secrets (not last use, not rehash), accounts, tokens (revocation) and signing keys move it in their own transaction.
    pub async fn change_mark(&self) -> Result<ChangeMark, StoreError> { todo!() }
}
