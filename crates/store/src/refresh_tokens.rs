//! Refresh tokens: found by family and generation, proven by a hash, exchanged in one transaction.

use crate::database::{Row, Transaction, params};
use crate::statements::statements;
use crate::token_families::{self, FamilyId, NewRefreshToken};
use crate::{
    AuditEvent, Change, EnvironmentName, InEnvironment, Millis, NewAccessToken, StoreError,
};

statements! {
    SELECT_TOKEN = "select f.credential_uuid, f.person_id, f.scope, f.created_at, f.expires_at, f.newest_generation, f.revoked_at, \
        r.secret_hash, r.issued_at, r.expires_at, r.used_at, r.access_used_at, r.dead_at \
        from refresh_tokens r join token_families f on f.id = r.family_id where r.family_id = $1 and r.generation = $2 and f.environment = $3";
    /// The newest generation moves on by one, for whoever saw it where it still stands. The credential's mark ends
    /// families as it ends access tokens.
    ADVANCE = "update token_families set newest_generation = newest_generation + 1 where id = $1 and environment = $2 and newest_generation = $3 \
        and revoked_at is null and expires_at > $4 \
        and exists (select 1 from credentials c where c.uuid = token_families.credential_uuid and c.disabled_at is null \
            and (c.tokens_revoked_at is null or c.tokens_revoked_at < token_families.created_at))";
    PUT_BACK = "update token_families set newest_generation = $1 where id = $2";
    SPEND = "update refresh_tokens set used_at = $1 where family_id = $2 and generation = $3 and secret_hash = $4 and used_at is null \
        and dead_at is null and expires_at > $1";
    /// The successor of a token whose answer was lost: nobody used any of it.
    REPLACE = "update refresh_tokens set dead_at = $1 where family_id = $2 and generation = $3 and used_at is null and access_used_at is null \
        and dead_at is null";
    /// The same where using the refresh token alone does not count.
    REPLACE_ACCESS_UNUSED = "update refresh_tokens set dead_at = $1 where family_id = $2 and generation = $3 and access_used_at is null \
        and dead_at is null";
    /// The living generation before the newest.
    SELECT_PREDECESSOR = "select max(generation) from refresh_tokens where family_id = $1 and generation < $2 and dead_at is null";
}

/// What becomes of a refresh token that was used (RFC 9700 §4.14.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotationRule {
    /// It is good again while nothing of its successor was used; any other reuse ends the family.
    RetryWhileSuccessorUnused,
    /// It is good until its successor's access token is used; later reuse is refused.
    UntilSuccessorUsed,
    /// Reuse is refused.
    OneTime,
    /// Reuse ends the family.
    Strict,
}

/// A family, as far as its refresh tokens are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// Its id.
    pub id: FamilyId,
    /// The client that acts.
    pub credential_uuid: String,
    /// The person it acts for.
    pub person_id: String,
    /// All that it may ever be good for, space separated.
    pub scope: String,
    /// When the person let the client.
    pub created_at: Millis,
    /// From when nothing of it can be refreshed.
    pub expires_at: Millis,
    /// The generation that lives.
    pub newest_generation: i64,
    /// When it was ended.
    pub revoked_at: Option<Millis>,
}

/// A remembered refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// What it belongs to.
    pub family: Family,
    /// Which answer it came in.
    pub generation: i64,
    /// SHA-256 of its text.
    pub secret_hash: [u8; 32],
    /// From when it is good.
    pub issued_at: Millis,
    /// From when it is dead.
    pub expires_at: Millis,
    /// When it was first exchanged.
    pub used_at: Option<Millis>,
    /// When the access token of the same answer was first used.
    pub access_used_at: Option<Millis>,
    /// When a retry took its place.
    pub dead_at: Option<Millis>,
}

/// An exchange to be tried.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// The family.
    pub family: FamilyId,
    /// The generation presented.
    pub presented_generation: i64,
    /// SHA-256 of what was presented.
    pub presented_hash: [u8; 32],
    /// The newest generation, as [`InEnvironment::find_refresh_token`] told it: the new one follows it.
    pub newest_generation: i64,
    /// What reuse means.
    pub rule: RotationRule,
    /// The new refresh token.
    pub refresh: NewRefreshToken,
    /// The new access token; none where it needs no row (JWT).
    pub access: Option<NewAccessToken>,
}

/// How an exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// The new pair exists, and the presented token is spent.
    Done,
    /// It was used before; the family is ended.
    Replayed,
    /// It is not good, or someone else was faster; nothing was changed.
    Refused,
}

impl InEnvironment<'_> {
    /// By family and generation, used, dead and expired ones included.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_refresh_token(
        &self,
        family: FamilyId,
        generation: i64,
    ) -> Result<Option<RefreshToken>, StoreError> {
        let rows = self
            .store
            .database
            .query(
                SELECT_TOKEN,
                params![&family.0, generation, self.environment],
            )
            .await?;
        rows.into_iter()
            .next()
            .map(|row| RefreshToken::read(family, generation, row))
            .transpose()
    }

    /// Spends a refresh token and writes the next generation, or ends the family when it was used before and the rule says so:
    /// one transaction either way, so that there are never two living generations.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn rotate_refresh_token(
        &self,
        rotation: Rotation,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<Rotated, StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move { rotate(tx, &environment, &rotation, now, audit).await })
            })
            .await
    }
}

async fn rotate(
    tx: &Transaction<'_>,
    environment: &EnvironmentName,
    rotation: &Rotation,
    now: Millis,
    audit: AuditEvent,
) -> Result<Rotated, StoreError> {
    let (family, newest) = (rotation.family, rotation.newest_generation);
    // First, since its row lock makes whoever comes at the same time wait and then find it moved.
    if tx
        .execute(ADVANCE, params![&family.0, environment, newest, now])
        .await?
        == 0
    {
        return Ok(Rotated::Refused);
    }
    let taken = if rotation.presented_generation == newest {
        spend(tx, rotation, now).await?
    } else {
        retry(tx, rotation, now).await?
    };
    match taken {
        Taken::Good => {}
        // The successor's access token may be remembered as live.
        Taken::Retried => tx.change(&Change::Family(family)).await?,
        Taken::Expired => {
            put_back(tx, family, newest).await?;
            return Ok(Rotated::Refused);
        }
        Taken::UsedBefore => {
            put_back(tx, family, newest).await?;
            let ends = matches!(
                rotation.rule,
                RotationRule::RetryWhileSuccessorUnused | RotationRule::Strict
            );
            if !ends {
                return Ok(Rotated::Refused);
            }
            token_families::end(tx, environment, family, "refresh_replayed", now).await?;
            tx.record(AuditEvent {
                event: "refresh_token.replayed",
                ..audit.about(Some(environment), None, None)
            })
            .await?;
            return Ok(Rotated::Replayed);
        }
    }
    token_families::insert_generation(
        tx,
        environment,
        (family, newest + 1),
        &rotation.refresh,
        rotation.access.as_ref(),
    )
    .await?;
    tx.record(audit.about(Some(environment), None, None))
        .await?;
    Ok(Rotated::Done)
}

/// What the conditional writes found.
enum Taken {
    /// Spent just now, for the first time.
    Good,
    /// Spent before, its answer lost; the successor is dead now.
    Retried,
    /// Over.
    Expired,
    /// Used before.
    UsedBefore,
}

async fn spend(
    tx: &Transaction<'_>,
    rotation: &Rotation,
    now: Millis,
) -> Result<Taken, StoreError> {
    let params = params![
        now,
        &rotation.family.0,
        rotation.presented_generation,
        &rotation.presented_hash
    ];
    // The newest is unused while its family lives; what stands against it is its time.
    Ok(if tx.execute(SPEND, params).await? == 1 {
        Taken::Good
    } else {
        Taken::Expired
    })
}

async fn retry(
    tx: &Transaction<'_>,
    rotation: &Rotation,
    now: Millis,
) -> Result<Taken, StoreError> {
    let replace = match rotation.rule {
        RotationRule::RetryWhileSuccessorUnused => REPLACE,
        RotationRule::UntilSuccessorUsed => REPLACE_ACCESS_UNUSED,
        RotationRule::OneTime | RotationRule::Strict => return Ok(Taken::UsedBefore),
    };
    let (family, newest) = (rotation.family, rotation.newest_generation);
    let predecessor = tx
        .first(SELECT_PREDECESSOR, params![&family.0, newest])
        .await?
        .map(|mut row| row.optional_integer())
        .transpose()?
        .flatten();
    if predecessor != Some(rotation.presented_generation) {
        return Ok(Taken::UsedBefore);
    }
    let replaced = tx.execute(replace, params![now, &family.0, newest]).await?;
    Ok(if replaced == 1 {
        Taken::Retried
    } else {
        Taken::UsedBefore
    })
}

/// Nothing new was made after all.
async fn put_back(tx: &Transaction<'_>, family: FamilyId, newest: i64) -> Result<(), StoreError> {
    tx.execute(PUT_BACK, params![newest, &family.0])
        .await
        .map(drop)
}

impl RefreshToken {
    fn read(id: FamilyId, generation: i64, mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            family: Family {
                id,
                credential_uuid: row.text()?,
                person_id: row.text()?,
                scope: row.text()?,
                created_at: row.integer()?,
                expires_at: row.integer()?,
                newest_generation: row.integer()?,
                revoked_at: row.optional_integer()?,
            },
            generation,
            secret_hash: row.bytes()?,
            issued_at: row.integer()?,
            expires_at: row.integer()?,
            used_at: row.optional_integer()?,
            access_used_at: row.optional_integer()?,
            dead_at: row.optional_integer()?,
        })
    }
}
