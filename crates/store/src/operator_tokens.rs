//! Bearer tokens for the management API.

use crate::database::{Row, list_text, params};
use crate::statements::statements;
use crate::{AuditEvent, Millis, Refused, Store, StoreError};

statements! {
    INSERT = "insert into operator_tokens (id, name, scopes, hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
    SELECT_BY_HASH = "select id, name, scopes, created_at, expires_at, revoked_at from operator_tokens where hash = $1";
    SELECT_ALL = "select id, name, scopes, created_at, expires_at, revoked_at from operator_tokens order by created_at, id";
    SELECT_EXISTS = "select id from operator_tokens where id = $1";
    REVOKE = "update operator_tokens set revoked_at = $1 where id = $2 and revoked_at is null";
}

/// An operator token as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorToken {
    /// Its id; says nothing about the token.
    pub id: String,
    /// The name it has in the audit trail.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Millis,
    /// From when it is dead.
    pub expires_at: Millis,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Millis>,
}

/// An operator token to be stored.
#[derive(Clone, Debug)]
pub struct NewOperatorToken {
    /// Its id.
    pub id: String,
    /// The name it has in the audit trail.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// SHA-256 of the whole token.
    pub hash: [u8; 32],
    /// Now.
    pub created_at: Millis,
    /// From when it is dead.
    pub expires_at: Millis,
}

impl Store {
    /// Stores a token. Two tokens may have one name.
    ///
    /// # Errors
    /// `Refused::Exists` when the id or the token itself is known.
    pub async fn create_operator_token(
        &self,
        token: NewOperatorToken,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    let params = params![
                        &token.id,
                        &token.name,
                        list_text(&token.scopes),
                        &token.hash,
                        token.created_at,
                        token.expires_at
                    ];
                    if tx.execute(INSERT, params).await? == 0 {
                        return Err(Refused::Exists("operator token").into());
                    }
                    tx.record(audit.about(None, None, Some(&token.id))).await
                })
            })
            .await
    }

    /// By the SHA-256 of the whole token; expired and revoked ones included.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_operator_token(
        &self,
        hash: &[u8; 32],
    ) -> Result<Option<OperatorToken>, StoreError> {
        let rows = self.database.query(SELECT_BY_HASH, params![hash]).await?;
        rows.into_iter().next().map(OperatorToken::read).transpose()
    }

    /// All, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn list_operator_tokens(&self) -> Result<Vec<OperatorToken>, StoreError> {
        self.database
            .query(SELECT_ALL, &[])
            .await?
            .into_iter()
            .map(OperatorToken::read)
            .collect()
    }

    /// Ends a token. Nothing happens when it was revoked before.
    ///
    /// # Errors
    /// `Refused::NotFound` for an unknown id.
    pub async fn revoke_operator_token(
        &self,
        id: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.first(SELECT_EXISTS, params![&id])
                        .await?
                        .ok_or(Refused::NotFound("operator token"))?;
                    if tx.execute(REVOKE, params![now, &id]).await? == 0 {
                        return Ok(());
                    }
                    tx.record(audit.about(None, None, Some(&id))).await
                })
            })
            .await
    }
}

impl OperatorToken {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text()?,
            name: row.text()?,
            scopes: row.list()?,
            created_at: row.integer()?,
            expires_at: row.integer()?,
            revoked_at: row.optional_integer()?,
        })
    }
}
