//! Access tokens: durable before they are answered, found by a time-ordered id, proven by a hash.

pub(crate) mod sweep;

use crate::database::{Append, Row, params};
use crate::statements::statements;
use crate::token_families::{FamilyId, TokenFamily, family_columns};
use crate::{AuditEvent, Change, InEnvironment, Millis, StoreError};

/// The live tokens of one table that are a credential's.
macro_rules! live_of_credential {
    ($table:literal, $only:literal) => {
        concat!(
            "from ",
            $table,
            " t join credentials c on c.uuid = t.credential_uuid where c.uuid = $1 and c.environment = $2 and t.environment = $2 \
             and t.expires_at > $3 and t.revoked_at is null and (c.tokens_revoked_at is null or t.issued_at > c.tokens_revoked_at) ",
            $only
        )
    };
}

/// The same of an account.
macro_rules! live_of_account {
    ($table:literal, $only:literal) => {
        concat!(
            "from ",
            $table,
            " t join credentials c on c.uuid = t.credential_uuid where c.account_id = $1 and c.disabled_at is null \
             and t.environment = c.environment and t.expires_at > $2 and t.revoked_at is null \
             and (c.tokens_revoked_at is null or t.issued_at > c.tokens_revoked_at) ",
            $only
        )
    };
}

statements! {
    SELECT_TOKEN = concat!("select t.secret_hash, t.credential_uuid, t.scope, t.issued_at, t.expires_at, t.revoked_at, t.family_id, t.generation, ",
        family_columns!(), " from access_tokens t left join token_families f on f.id = t.family_id \
        left join refresh_tokens r on r.family_id = t.family_id and r.generation = t.generation \
        left join people p on p.id = f.person_id left join accounts a on a.id = p.account_id where t.id = $1 and t.environment = $2");
    REVOKE_TOKEN = "update access_tokens set revoked_at = $1 \
        where id = $2 and environment = $3 and credential_uuid = $4 and revoked_at is null and expires_at > $1";
    INSERT_REVOKED_JWT = "insert into revoked_jwts (environment, jti, expires_at, revoked_at) values ($1, $2, $3, $4) \
        on conflict (environment, jti) do nothing";
    SELECT_REVOKED_JWT = "select revoked_at from revoked_jwts where environment = $1 and jti = $2";
    /// Tokens that are neither expired nor revoked, one by one or with all others of their credential.
    pub(crate) COUNT_LIVE_OF_CREDENTIAL = concat!("select (select count(*) ", live_of_credential!("access_tokens", ""),
        ") + (select count(*) ", live_of_credential!("imported_tokens", "and t.kind = 'access' and c.created_at <= t.imported_at"), ")");
    /// The same over an account's credentials; a disabled one has no live tokens.
    pub(crate) COUNT_LIVE_OF_ACCOUNT = concat!("select (select count(*) ", live_of_account!("access_tokens", ""),
        ") + (select count(*) ", live_of_account!("imported_tokens", "and t.kind = 'access' and c.created_at <= t.imported_at"), ")");
}

/// Sixteen bytes. Time-ordered (48 bits of milliseconds first) where the token's text can carry it;
/// the first half of the token's SHA-256 where it cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenId(pub [u8; 16]);

/// A token to be remembered.
#[derive(Clone, Debug)]
pub struct NewAccessToken {
    /// What it is found by.
    pub id: TokenId,
    /// SHA-256 of the token's secret part.
    pub secret_hash: [u8; 32],
    /// Whose it is.
    pub credential_uuid: String,
    /// Space separated; empty when the platform has no scopes.
    pub scope: String,
    /// From when it is good.
    pub issued_at: Millis,
    /// From when it is dead.
    pub expires_at: Millis,
}

/// A remembered token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// What it is found by.
    pub id: TokenId,
    /// SHA-256 of the token's secret part.
    pub secret_hash: [u8; 32],
    /// Whose it is.
    pub credential_uuid: String,
    /// Space separated; empty when the platform has no scopes.
    pub scope: String,
    /// From when it is good.
    pub issued_at: Millis,
    /// From when it is dead.
    pub expires_at: Millis,
    /// When it was revoked (RFC 7009), if it was revoked by itself.
    pub revoked_at: Option<Millis>,
    /// What it lives and dies with, if it speaks for a person.
    pub family: Option<TokenFamily>,
}

impl InEnvironment<'_> {
    /// Remembers a token and its audit row; returns after the commit is durable (group commit).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable; `Refused::Exists` for an id that was used before.
    pub async fn issue_access_token(
        &self,
        token: NewAccessToken,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        // One bad row would take the whole group down on PostgreSQL, so it is kept out here.
        if token.credential_uuid.contains('\0') || token.scope.contains('\0') {
            return Err(StoreError::Corrupt(
                "a token's scope or credential holds a NUL character".into(),
            ));
        }
        let audit = audit.about(Some(self.environment), None, None).into();
        self.store
            .database
            .append(Box::new(Append {
                token: Some((self.environment.clone(), token)),
                audit,
            }))
            .await
    }

    /// By id, expired and revoked ones included.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_access_token(&self, id: TokenId) -> Result<Option<AccessToken>, StoreError> {
        let rows = self
            .store
            .database
            .query(SELECT_TOKEN, params![&id.0, self.environment])
            .await?;
        rows.into_iter()
            .next()
            .map(|row| AccessToken::read(id, row))
            .transpose()
    }

    /// Ends one token of one credential (RFC 7009). False when there is no such live token of that credential; then no audit row either.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn revoke_access_token(
        &self,
        id: TokenId,
        credential_uuid: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let (environment, credential_uuid) = (self.environment.clone(), credential_uuid.to_owned());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    if tx
                        .execute(
                            REVOKE_TOKEN,
                            params![now, &id.0, &environment, &credential_uuid],
                        )
                        .await?
                        == 0
                    {
                        return Ok(false);
                    }
                    tx.record(audit.about(Some(&environment), None, Some(&credential_uuid)))
                        .await?;
                    tx.change(&Change::Token(id)).await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Remembers that a JWT is dead until it would have expired anyway. False if it was known already.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn revoke_jwt(
        &self,
        jti: TokenId,
        expires_at: Millis,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    if tx
                        .execute(
                            INSERT_REVOKED_JWT,
                            params![&environment, &jti.0, expires_at, now],
                        )
                        .await?
                        == 0
                    {
                        return Ok(false);
                    }
                    tx.record(audit.about(Some(&environment), None, None))
                        .await?;
                    tx.change(&Change::Token(jti)).await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Whether a JWT was revoked by name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn is_jwt_revoked(&self, jti: TokenId) -> Result<bool, StoreError> {
        let rows = self
            .store
            .database
            .query(SELECT_REVOKED_JWT, params![self.environment, &jti.0])
            .await?;
        Ok(!rows.is_empty())
    }
}

impl AccessToken {
    /// Everything after the id, in the order of [`SELECT_TOKEN`].
    pub(crate) fn read(id: TokenId, mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id,
            secret_hash: row.bytes()?,
            credential_uuid: row.text()?,
            scope: row.text()?,
            issued_at: row.integer()?,
            expires_at: row.integer()?,
            revoked_at: row.optional_integer()?,
            family: match (row.optional_blob()?, row.optional_integer()?) {
                (Some(family), Some(generation)) => {
                    let id = family.try_into().map(FamilyId).map_err(|_| {
                        StoreError::Corrupt("an access token's family has no id".into())
                    })?;
                    Some(TokenFamily::read(id, generation, &mut row)?)
                }
                _ => None,
            },
        })
    }
}
