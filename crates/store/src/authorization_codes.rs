//! Authorization codes: kept as a hash, redeemed by one conditional write.

use crate::database::{Row, params};
use crate::statements::statements;
use crate::token_families::{self, FamilyId, NewFamily};
use crate::{AuditEvent, InEnvironment, Millis, StoreError, TokenId};

statements! {
    INSERT = "insert into authorization_codes (id, environment, secret_hash, credential_uuid, person_id, scope, redirect_uri, code_challenge, issued_at, expires_at) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    SELECT = "select secret_hash, credential_uuid, person_id, scope, redirect_uri, code_challenge, issued_at, expires_at, redeemed_at, family_id, failed_attempts \
        from authorization_codes where id = $1 and environment = $2";
    FAIL = "update authorization_codes set failed_attempts = failed_attempts + 1 where id = $1 and environment = $2";
    /// A code dies with its credential's tokens, so that "everything until now" is everything.
    REDEEM = "update authorization_codes set redeemed_at = $1, family_id = $2 where id = $3 and environment = $4 and redeemed_at is null \
        and expires_at > $1 and failed_attempts < 5 \
        and exists (select 1 from credentials c where c.uuid = authorization_codes.credential_uuid and c.disabled_at is null \
            and (c.tokens_revoked_at is null or c.tokens_revoked_at < authorization_codes.issued_at))";
}

/// A code to be remembered.
#[derive(Clone, Debug)]
pub struct NewAuthorizationCode {
    /// What it is found by.
    pub id: TokenId,
    /// SHA-256 of its text.
    pub secret_hash: [u8; 32],
    /// For which client.
    pub credential_uuid: String,
    /// From which person.
    pub person_id: String,
    /// What the person let the client do, space separated.
    pub scope: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// S256 (RFC 7636), if the authorization request had one.
    pub code_challenge: Option<String>,
    /// From when it is good.
    pub issued_at: Millis,
    /// From when it is dead.
    pub expires_at: Millis,
}

/// A remembered code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// What it is found by.
    pub id: TokenId,
    /// SHA-256 of its text.
    pub secret_hash: [u8; 32],
    /// For which client.
    pub credential_uuid: String,
    /// From which person.
    pub person_id: String,
    /// Space separated.
    pub scope: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// S256 (RFC 7636), if the authorization request had one.
    pub code_challenge: Option<String>,
    /// From when it is good.
    pub issued_at: Millis,
    /// From when it is dead.
    pub expires_at: Millis,
    /// When it was redeemed.
    pub redeemed_at: Option<Millis>,
    /// What it gave.
    pub family_id: Option<FamilyId>,
    /// How often its client could not prove the rest.
    pub failed_attempts: i64,
}

/// How a redemption ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redemption {
    /// The family exists.
    Redeemed,
    /// The code was redeemed, over or dead; nothing was changed.
    NotRedeemed,
}

impl InEnvironment<'_> {
    /// Remembers a code; returns after it is durable.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn issue_authorization_code(
        &self,
        code: NewAuthorizationCode,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.execute(
                        INSERT,
                        params![
                            &code.id.0,
                            &environment,
                            &code.secret_hash,
                            &code.credential_uuid,
                            &code.person_id,
                            &code.scope,
                            &code.redirect_uri,
                            &code.code_challenge,
                            code.issued_at,
                            code.expires_at
                        ],
                    )
                    .await?;
                    tx.record(audit.about(Some(&environment), None, None)).await
                })
            })
            .await
    }

    /// By id, redeemed and expired ones included.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_authorization_code(
        &self,
        id: TokenId,
    ) -> Result<Option<AuthorizationCode>, StoreError> {
        let rows = self
            .store
            .database
            .query(SELECT, params![&id.0, self.environment])
            .await?;
        rows.into_iter()
            .next()
            .map(|row| AuthorizationCode::read(id, row))
            .transpose()
    }

    /// Counts a failed proof by the code's own client; after five it cannot be redeemed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn fail_authorization_code(&self, id: TokenId) -> Result<(), StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.execute(FAIL, params![&id.0, &environment])
                        .await
                        .map(drop)
                })
            })
            .await
    }

    /// Redeems a code: one conditional write, and in the same transaction all that it gives.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn redeem_authorization_code(
        &self,
        id: TokenId,
        family: NewFamily,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<Redemption, StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let params = params![now, &family.id.0, &id.0, &environment];
                    if tx.execute(REDEEM, params).await? == 0 {
                        return Ok(Redemption::NotRedeemed);
                    }
                    token_families::insert(tx, &environment, &family).await?;
                    tx.record(audit.about(Some(&environment), None, None))
                        .await?;
                    Ok(Redemption::Redeemed)
                })
            })
            .await
    }
}

impl AuthorizationCode {
    fn read(id: TokenId, mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id,
            secret_hash: row.bytes()?,
            credential_uuid: row.text()?,
            person_id: row.text()?,
            scope: row.text()?,
            redirect_uri: row.text()?,
            code_challenge: row.optional_text()?,
            issued_at: row.integer()?,
            expires_at: row.integer()?,
            redeemed_at: row.optional_integer()?,
            family_id: row
                .optional_blob()?
                .map(|bytes| {
                    bytes.try_into().map(FamilyId).map_err(|_| {
                        StoreError::Corrupt("an authorization code's family has no id".into())
                    })
                })
                .transpose()?,
            failed_attempts: row.integer()?,
        })
    }
}
