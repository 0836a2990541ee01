//! A secret that came under another server's hash gets one of ours, now that it was presented.

use crate::database::params;
use crate::statements::statements;
use crate::{AuditEvent, NewSecret, Store, StoreError};

statements! {
    TAKE_OVER = "update secrets set scheme = $1, hash = $2, master_key_id = $3, hint = $4 where id = $5 and hash = $6 and scheme = 'imported'";
}

impl Store {
    /// Replaces the old server's hash of one secret by one of ours, with its audit row, only if it still is `old_hash`. Of many
    /// requests that present the secret at once, one does it; false for the others. Of `new`, what the hash is made of counts.
    ///
    /// # Errors
    /// `Refused::Conflict` when the master key is not registered or retired.
    pub async fn take_over_secret(
        &self,
        secret_id: &str,
        old_hash: &[u8],
        new: NewSecret,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        if new.hash.is_empty() {
            return Err(StoreError::Corrupt("a secret's hash is empty".into()));
        }
        let (id, old_hash) = (secret_id.to_owned(), old_hash.to_vec());
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.need_master_key(&new.master_key_id).await?;
                    let params = params![
                        new.scheme.column(),
                        &new.hash,
                        &new.master_key_id,
                        &new.hint,
                        &id,
                        &old_hash
                    ];
                    if tx.execute(TAKE_OVER, params).await? == 0 {
                        return Ok(false);
                    }
                    tx.record(audit).await?;
                    Ok(true)
                })
            })
            .await
    }
}
