//! Tokens of another server that go on working here: found by their id, proven by a hash, ended like ours.
//!
//! A token for a person begins a family here, of which it is the first generation; from there on nothing of it differs from
//! what was issued here. A credential that is deleted and made anew does not wake them: they know when they came.

use futures_util::future::try_join_all;

use crate::access_tokens::AccessToken;
use crate::database::{Row, Transaction, params};
use crate::statements::statements;
use crate::token_families::{self, FamilyId, NewFamily, family_columns};
use crate::{
    AuditEvent, Change, EnvironmentName, InEnvironment, Millis, Refused, StoreError, TokenId,
};

statements! {
    /// The old server may have kept a text in one of two ways, so it has two ids.
    SELECT_ACCESS = concat!("select t.id, t.secret_hash, t.credential_uuid, t.scope, t.issued_at, t.expires_at, t.revoked_at, t.family_id, \
        cast(1 as bigint), ", family_columns!(), " from imported_tokens t \
        join credentials c on c.uuid = t.credential_uuid and c.environment = t.environment and c.created_at <= t.imported_at \
        left join token_families f on f.id = t.family_id left join refresh_tokens r on r.family_id = t.family_id and r.generation = 1 \
        left join people p on p.id = f.person_id left join accounts a on a.id = p.account_id \
        where t.id in ($1, $2) and t.environment = $3 and t.kind = 'access'");
    SELECT_REFRESH = "select t.secret_hash, t.family_id from imported_tokens t \
        join credentials c on c.uuid = t.credential_uuid and c.environment = t.environment and c.created_at <= t.imported_at \
        where t.id in ($1, $2) and t.environment = $3 and t.kind = 'refresh' and t.family_id is not null";
    SELECT_UNTIL = "select max(expires_at) from imported_tokens where environment = $1";
    INSERT = "insert into imported_tokens (id, environment, kind, secret_hash, credential_uuid, scope, issued_at, imported_at, expires_at, \
        gone_at, family_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing";
    REVOKE = "update imported_tokens set revoked_at = $1 \
        where id = $2 and environment = $3 and credential_uuid = $4 and revoked_at is null and expires_at > $1";
    pub(crate) DELETE_EXPIRED = "delete from imported_tokens where id in \
        (select id from imported_tokens where gone_at < $1 order by gone_at limit $2)";
}

/// How such ids begin. A time-ordered id will not before the year 10889, and one that is half of a hash does once in 2^64.
const BEGINNING: [u8; 8] = [0xff; 8];

impl TokenId {
    /// The id of an imported token with that hash.
    pub fn of_imported(secret_hash: &[u8; 32]) -> Self {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&BEGINNING);
        id[8..].copy_from_slice(&secret_hash[..8]);
        Self(id)
    }

    /// Whether a token of that id came from another server.
    pub fn is_imported(self) -> bool {
        self.0.starts_with(&BEGINNING)
    }
}

/// A token as it is known again.
#[derive(Clone, Debug)]
pub struct ImportedMark {
    /// What is left of it after a one-way step.
    pub secret_hash: [u8; 32],
    /// From when it is dead here.
    pub expires_at: Millis,
    /// From when the old server refuses it as well; none if never.
    pub gone_at: Option<Millis>,
}

/// What one authorization of the old server gave out.
#[derive(Clone, Debug)]
pub struct ImportedTokens {
    /// Whose they are.
    pub credential_uuid: String,
    /// Space separated.
    pub scope: String,
    /// When they were given out.
    pub issued_at: Millis,
    /// Access tokens.
    pub access: Vec<ImportedMark>,
    /// The refresh token; only with a family.
    pub refresh: Option<ImportedMark>,
    /// What they live and die with, if they speak for a person. Its refresh token's hash is that of `refresh`.
    pub family: Option<NewFamily>,
}

/// An imported refresh token: which generation of which family it is, is all that it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedRefresh {
    /// What it was found by.
    pub secret_hash: [u8; 32],
    /// The family, of which it is the first generation.
    pub family: FamilyId,
}

impl InEnvironment<'_> {
    /// Until when an imported access or refresh token may live here; none where none came.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn imported_tokens_until(&self) -> Result<Option<Millis>, StoreError> {
        let rows = self
            .store
            .database
            .query(SELECT_UNTIL, params![self.environment])
            .await?;
        let until = rows.into_iter().next();
        until.map_or(Ok(None), |mut row| row.optional_integer())
    }

    /// Access tokens by two ids, expired and revoked ones included; whoever asks holds their hashes against what was presented.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_imported_access_tokens(
        &self,
        [one, other]: [TokenId; 2],
    ) -> Result<Vec<AccessToken>, StoreError> {
        let params = params![&one.0, &other.0, self.environment];
        let rows = self.store.database.query(SELECT_ACCESS, params).await?;
        let read = |mut row: Row| AccessToken::read(TokenId(row.bytes()?), row);
        rows.into_iter().map(read).collect()
    }

    /// The same of refresh tokens, whatever became of their families.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_imported_refresh_tokens(
        &self,
        [one, other]: [TokenId; 2],
    ) -> Result<Vec<ImportedRefresh>, StoreError> {
        let params = params![&one.0, &other.0, self.environment];
        let rows = self.store.database.query(SELECT_REFRESH, params).await?;
        let read = |mut row: Row| {
            Ok(ImportedRefresh {
                secret_hash: row.bytes()?,
                family: FamilyId(row.bytes()?),
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// Ends one imported access token of one credential (RFC 7009). False when there is no such live token of that credential; then
    /// no audit row either.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn revoke_imported_token(
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
                    let params = params![now, &id.0, &environment, &credential_uuid];
                    if tx.execute(REVOKE, params).await? == 0 {
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
}

/// Writes a batch; on PostgreSQL its statements are under way at once.
pub(crate) async fn insert(
    tx: &Transaction<'_>,
    environment: &EnvironmentName,
    batch: &[ImportedTokens],
    at: Millis,
) -> Result<(), StoreError> {
    let families = batch.iter().filter_map(|tokens| tokens.family.as_ref());
    try_join_all(families.map(|family| token_families::insert(tx, environment, family))).await?;
    let marks = batch.iter().flat_map(|tokens| {
        let access = tokens.access.iter().map(|mark| ("access", mark));
        let refresh = tokens.refresh.iter().map(|mark| ("refresh", mark));
        access
            .chain(refresh)
            .map(move |(kind, mark)| (tokens, kind, mark))
    });
    try_join_all(
        marks.map(|(tokens, kind, mark)| insert_one(tx, environment, tokens, (kind, mark), at)),
    )
    .await
    .map(drop)
}

async fn insert_one(
    tx: &Transaction<'_>,
    environment: &EnvironmentName,
    tokens: &ImportedTokens,
    (kind, mark): (&str, &ImportedMark),
    at: Millis,
) -> Result<(), StoreError> {
    let id = TokenId::of_imported(&mark.secret_hash).0;
    let gone_at = mark.gone_at;
    let family = tokens.family.as_ref().map(|family| &family.id.0[..]);
    let written = tx
        .execute(
            INSERT,
            params![
                &id,
                environment,
                kind,
                &mark.secret_hash,
                &tokens.credential_uuid,
                &tokens.scope,
                tokens.issued_at,
                at,
                mark.expires_at,
                gone_at,
                family
            ],
        )
        .await?;
    match written {
        1 => Ok(()),
        _ => Err(Refused::Conflict(crate::imports::MEANWHILE).into()),
    }
}
