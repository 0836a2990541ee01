//! Token families: all that came out of one authorization by a person lives and dies together.
//!
//! A family has generations, one per token answer. One of them lives: the newest. A generation that a
//! retry replaced is dead, and with it the access token of the same answer.

use crate::database::{Row, Transaction, params};
use crate::statements::statements;
use crate::{
    AuditEvent, Change, EnvironmentName, InEnvironment, Millis, NewAccessToken, StoreError,
};

/// What tells whether a generation of a family lives, in the order [`TokenFamily::read`] reads it.
macro_rules! family_columns {
    () => {
        "f.person_id, p.username, p.account_id, r.access_used_at, \
         case when f.revoked_at is null and r.generation is not null and r.dead_at is null and p.id is not null \
           and p.disabled_at is null and a.suspended_at is null \
           and (p.leaves is null or not exists (select 1 from refreshes g where g.id = p.leaves and g.outcome = 'done')) then cast(0 as bigint) else cast(1 as bigint) end"
    };
}
pub(crate) use family_columns;

statements! {
    INSERT_FAMILY = "insert into token_families (id, environment, credential_uuid, person_id, scope, created_at, expires_at, newest_generation) \
        values ($1, $2, $3, $4, $5, $6, $7, 1)";
    INSERT_GENERATION = "insert into refresh_tokens (family_id, generation, secret_hash, issued_at, expires_at) values ($1, $2, $3, $4, $5)";
    INSERT_ACCESS_TOKEN = "insert into access_tokens (id, environment, secret_hash, credential_uuid, scope, issued_at, expires_at, family_id, generation) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    END = "update token_families set revoked_at = $1, revoked_reason = $2 where id = $3 and environment = $4 and revoked_at is null";
    MARK_ACCESS_USED = "update refresh_tokens set access_used_at = $1 where family_id = $2 and generation = $3 and access_used_at is null";
    SELECT_FAMILY = concat!("select ", family_columns!(), " from token_families f left join refresh_tokens r on r.family_id = f.id and r.generation = $1 \
        left join people p on p.id = f.person_id left join accounts a on a.id = p.account_id where f.id = $2 and f.environment = $3");
}

/// Sixteen time-ordered bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FamilyId(pub [u8; 16]);

/// A family to be begun, with its first generation.
#[derive(Clone, Debug)]
pub struct NewFamily {
    /// Its id.
    pub id: FamilyId,
    /// The client that acts.
    pub credential_uuid: String,
    /// The person it acts for.
    pub person_id: String,
    /// All that the family may ever be good for, space separated.
    pub scope: String,
    /// When the person let the client.
    pub created_at: Millis,
    /// From when nothing of it can be refreshed.
    pub expires_at: Millis,
    /// The first refresh token.
    pub refresh: NewRefreshToken,
    /// The first access token; none where it needs no row (JWT).
    pub access: Option<NewAccessToken>,
}

/// The refresh token of one generation.
#[derive(Clone, Debug)]
pub struct NewRefreshToken {
    /// SHA-256 of its text.
    pub secret_hash: [u8; 32],
    /// Now.
    pub issued_at: Millis,
    /// From when it is dead if it is not used before.
    pub expires_at: Millis,
}

/// What an access token's judge asks of its family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFamily {
    /// The family.
    pub id: FamilyId,
    /// Which answer of it the token belongs to.
    pub generation: i64,
    /// For whom.
    pub person_id: String,
    /// That person's name to sign in with; empty when the person is gone.
    pub username: String,
    /// That person's account, if it has one.
    pub account_id: Option<String>,
    /// Ended, replaced, or its person is gone, disabled or of a suspended account.
    pub is_dead: bool,
    /// Whether an access token of this generation was used before.
    pub access_used: bool,
}

impl InEnvironment<'_> {
    /// Begins a family: its row, its refresh token and its access token in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn begin_family(
        &self,
        family: NewFamily,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    insert(tx, &environment, &family).await?;
                    tx.record(audit.about(Some(&environment), None, None)).await
                })
            })
            .await
    }

    /// Ends a family: no refresh token and no access token of it is good any more. False, and no audit row, when it was ended already.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn end_family(
        &self,
        id: FamilyId,
        reason: &'static str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.hold_changes().await?;
                    if !end(tx, &environment, id, reason, now).await? {
                        return Ok(false);
                    }
                    tx.record(audit.about(Some(&environment), None, None))
                        .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// What a JWT's judge asks: its family, as it stands for that generation.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_family(
        &self,
        id: FamilyId,
        generation: i64,
    ) -> Result<Option<TokenFamily>, StoreError> {
        let rows = self
            .store
            .database
            .query(SELECT_FAMILY, params![generation, &id.0, self.environment])
            .await?;
        rows.into_iter()
            .next()
            .map(|mut row| TokenFamily::read(id, generation, &mut row))
            .transpose()
    }

    /// Writes down that an access token of this generation was used; only the first time counts.
    ///
    /// Caches need not notice: the mark of changes stays where it is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn mark_access_used(
        &self,
        id: FamilyId,
        generation: i64,
        now: Millis,
    ) -> Result<bool, StoreError> {
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let touched = tx
                        .execute(MARK_ACCESS_USED, params![now, &id.0, generation])
                        .await?;
                    Ok(touched == 1)
                })
            })
            .await
    }
}

/// Writes a family with its first generation.
pub(crate) async fn insert(
    tx: &Transaction<'_>,
    environment: &EnvironmentName,
    family: &NewFamily,
) -> Result<(), StoreError> {
    tx.execute(
        INSERT_FAMILY,
        params![
            &family.id.0,
            environment,
            &family.credential_uuid,
            &family.person_id,
            &family.scope,
            family.created_at,
            family.expires_at
        ],
    )
    .await?;
    insert_generation(
        tx,
        environment,
        (family.id, 1),
        &family.refresh,
        family.access.as_ref(),
    )
    .await
}

/// Writes one answer's refresh token and, where it has a row, its access token.
pub(crate) async fn insert_generation(
    tx: &Transaction<'_>,
    environment: &EnvironmentName,
    (family, generation): (FamilyId, i64),
    refresh: &NewRefreshToken,
    access: Option<&NewAccessToken>,
) -> Result<(), StoreError> {
    tx.execute(
        INSERT_GENERATION,
        params![
            &family.0,
            generation,
            &refresh.secret_hash,
            refresh.issued_at,
            refresh.expires_at
        ],
    )
    .await?;
    let Some(access) = access else { return Ok(()) };
    tx.execute(
        INSERT_ACCESS_TOKEN,
        params![
            &access.id.0,
            environment,
            &access.secret_hash,
            &access.credential_uuid,
            &access.scope,
            access.issued_at,
            access.expires_at,
            &family.0,
            generation
        ],
    )
    .await
    .map(drop)
}

/// Ends a family and moves the mark of changes; false when it was ended already.
pub(crate) async fn end(
    tx: &Transaction<'_>,
    environment: &EnvironmentName,
    id: FamilyId,
    reason: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    let ended = tx
        .execute(END, params![now, reason, &id.0, environment])
        .await?
        == 1;
    if ended {
        tx.change(&Change::Family(id)).await?;
    }
    Ok(ended)
}

impl TokenFamily {
    /// Reads [`family_columns`].
    pub(crate) fn read(id: FamilyId, generation: i64, row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            id,
            generation,
            // A family that is gone leaves its tokens dead, not unreadable.
            person_id: row.optional_text()?.unwrap_or_default(),
            username: row.optional_text()?.unwrap_or_default(),
            account_id: row.optional_text()?,
            access_used: row.optional_integer()?.is_some(),
            is_dead: row.flag()?,
        })
    }
}
