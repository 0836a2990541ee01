//! Signing keys: made once, announced before they sign, published until the last token they signed is dead.

mod row;

use crate::database::{Transaction, params};
use crate::statements::statements;
use crate::{
    AuditEvent, Change, EnvironmentName, InEnvironment, Millis, Refused, Store, StoreError,
};
use row::columns;

statements! {
    SELECT_KEYS = concat!("select ", columns!(), " from signing_keys where environment = $1 \
        and (expires_at is null or expires_at >= $2) and (revoked_at is null or revoked_at >= $2) order by created_at, id");
    SELECT_UNDER = concat!("select ", columns!(), " from signing_keys where master_key_id = $1 and revoked_at is null order by environment, created_at, id");
    SELECT_KEY = concat!("select ", columns!(), " from signing_keys where environment = $1 and id = $2");
    SELECT_LIVE = "select id from signing_keys where environment = $1 and algorithm = $2 and revoked_at is null and (expires_at is null or expires_at > $3)";
    SELECT_ANNOUNCED = "select id from signing_keys where environment = $1 and algorithm = $2 and revoked_at is null and activates_at > $3";
    INSERT = "insert into signing_keys (environment, id, algorithm, public_jwk, wrapped_private_key, master_key_id, created_at, activates_at, retires_at, expires_at) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing";
    RETIRE_OTHERS = "update signing_keys set retires_at = $1, expires_at = $2 \
        where environment = $3 and algorithm = $4 and id <> $5 and revoked_at is null and retires_at is null";
    /// The successor is gone before it signed: its predecessors sign on.
    KEEP_SIGNING = "update signing_keys set retires_at = null, expires_at = null \
        where environment = $1 and algorithm = $2 and revoked_at is null and retires_at > $3";
    REVOKE = "update signing_keys set revoked_at = $1 where environment = $2 and id = $3";
    REWRAP = "update signing_keys set wrapped_private_key = $1, master_key_id = $2 where environment = $3 and id = $4 and master_key_id = $5";
}

/// How long a key that is gone is still listed.
const REMEMBERED: Millis = 24 * 60 * 60 * 1000;

/// A signing key; its private part is encrypted under a master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// `kid`, unique over the environment.
    pub id: String,
    /// `EdDSA`, `ES256`, `RS256`.
    pub algorithm: String,
    /// The public JWK's text.
    pub public_jwk: String,
    /// PKCS#8, encrypted.
    pub wrapped_private_key: Vec<u8>,
    /// What it is encrypted under.
    pub master_key_id: String,
    /// When it was made.
    pub created_at: Millis,
    /// Signs from here on …
    pub activates_at: Millis,
    /// … until here (None: until a successor is announced).
    pub retires_at: Option<Millis>,
    /// Published until here (None: while it signs).
    pub expires_at: Option<Millis>,
    /// From when what it signed is refused.
    pub revoked_at: Option<Millis>,
}

/// A signing key to be stored.
#[derive(Clone, Debug)]
pub struct NewSigningKey {
    /// `kid`, unique over the environment.
    pub id: String,
    /// `EdDSA`, `ES256`, `RS256`.
    pub algorithm: String,
    /// The public JWK's text.
    pub public_jwk: String,
    /// PKCS#8, encrypted.
    pub wrapped_private_key: Vec<u8>,
    /// What it is encrypted under; registered and not retired.
    pub master_key_id: String,
    /// Now.
    pub created_at: Millis,
    /// From when it signs.
    pub activates_at: Millis,
}

impl InEnvironment<'_> {
    /// Every key that has neither expired nor been revoked before `now - one day`, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn signing_keys(&self, now: Millis) -> Result<Vec<SigningKey>, StoreError> {
        let since = now.saturating_sub(REMEMBERED);
        let rows = self
            .store
            .database
            .query(SELECT_KEYS, params![self.environment, since])
            .await?;
        rows.into_iter()
            .map(|row| row::read(row).map(|(_, key)| key))
            .collect()
    }

    /// Stores the environment's first key of that algorithm; false (and nothing stored) when a live one exists already: two nodes starting at once make one key.
    ///
    /// # Errors
    /// `Refused::Conflict` when its master key is not registered or retired.
    pub async fn create_first_signing_key(
        &self,
        key: NewSigningKey,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.hold_changes().await?;
                    if tx
                        .first(
                            SELECT_LIVE,
                            params![&environment, &key.algorithm, key.created_at],
                        )
                        .await?
                        .is_some()
                    {
                        return Ok(false);
                    }
                    tx.change(&Change::SigningKeys(environment.clone())).await?;
                    tx.add_signing_key(&environment, &key, None).await?;
                    tx.record(audit.about(Some(&environment), None, Some(&key.id)))
                        .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Announces a successor: stores it and lets the keys of its algorithm that sign now retire when it activates and expire at `old_expire_at`.
    /// `Refused::Conflict` when a successor is announced already (its `activates_at` is in the future). One transaction.
    ///
    /// # Errors
    /// Also `Refused::Conflict` when its master key is not registered or retired.
    pub async fn announce_signing_key(
        &self,
        key: NewSigningKey,
        old_expire_at: Millis,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.change(&Change::SigningKeys(environment.clone())).await?;
                    if tx
                        .first(SELECT_ANNOUNCED, params![&environment, &key.algorithm, now])
                        .await?
                        .is_some()
                    {
                        return Err(Refused::Conflict(
                            "a successor is announced already: wait until it signs, or revoke it",
                        )
                        .into());
                    }
                    tx.add_signing_key(&environment, &key, None).await?;
                    tx.execute(
                        RETIRE_OTHERS,
                        params![
                            key.activates_at,
                            old_expire_at,
                            &environment,
                            &key.algorithm,
                            &key.id
                        ],
                    )
                    .await?;
                    tx.record(audit.about(Some(&environment), None, Some(&key.id)))
                        .await
                })
            })
            .await
    }

    /// A key that leaked: unpublished and refused at once. `replacement` signs from now on when the revoked key was the one that signed, and
    /// takes over its retirement if a successor is announced; it is not stored otherwise. When the revoked key was an announced
    /// successor, the keys it was to follow sign on. Nothing happens when the key was revoked before.
    ///
    /// # Errors
    /// `Refused::NotFound` for an unknown key.
    pub async fn revoke_signing_key(
        &self,
        id: &str,
        replacement: Option<NewSigningKey>,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let (environment, id) = (self.environment.clone(), id.to_owned());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    // Its tokens end with it, whosever they are.
                    tx.change(&Change::Environment(environment.clone())).await?;
                    let row = tx
                        .first(SELECT_KEY, params![&environment, &id])
                        .await?
                        .ok_or(Refused::NotFound("signing key"))?;
                    let (_, key) = row::read(row)?;
                    if key.revoked_at.is_some() {
                        return Ok(());
                    }
                    tx.execute(REVOKE, params![now, &environment, &id]).await?;
                    if key.activates_at > now {
                        tx.execute(KEEP_SIGNING, params![&environment, &key.algorithm, now])
                            .await?;
                    } else if key.retires_at.is_none_or(|retires_at| retires_at > now)
                        && let Some(replacement) = replacement
                    {
                        let replacement = NewSigningKey {
                            activates_at: replacement.activates_at.min(now),
                            ..replacement
                        };
                        tx.add_signing_key(
                            &environment,
                            &replacement,
                            key.retires_at.zip(key.expires_at),
                        )
                        .await?;
                    }
                    tx.record(audit.about(Some(&environment), None, Some(&id)))
                        .await
                })
            })
            .await
    }
}

impl Store {
    /// Replaces the encryption of a key, only if it still is under `old_master_key_id`.
    ///
    /// # Errors
    /// `Refused::Conflict` when the new master key is not registered or retired.
    pub async fn rewrap_signing_key(
        &self,
        environment: &EnvironmentName,
        id: &str,
        old_master_key_id: &str,
        wrapped: &[u8],
        master_key_id: &str,
    ) -> Result<bool, StoreError> {
        let (environment, id, old_key) = (
            environment.clone(),
            id.to_owned(),
            old_master_key_id.to_owned(),
        );
        let (wrapped, key) = (wrapped.to_vec(), master_key_id.to_owned());
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.change(&Change::SigningKeys(environment.clone())).await?;
                    tx.need_master_key(&key).await?;
                    tx.execute(REWRAP, params![&wrapped, &key, &environment, &id, &old_key])
                        .await
                        .map(|rewrapped| rewrapped == 1)
                })
            })
            .await
    }

    /// Every signing key under a master key that is not revoked, with its environment: what a rekey must wrap anew.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn signing_keys_under(
        &self,
        master_key_id: &str,
    ) -> Result<Vec<(EnvironmentName, SigningKey)>, StoreError> {
        self.database
            .query(SELECT_UNDER, params![master_key_id])
            .await?
            .into_iter()
            .map(row::read)
            .collect()
    }
}

impl Transaction<'_> {
    /// Stores a key; `ends` is when it retires and expires, if that is known.
    async fn add_signing_key(
        &self,
        environment: &EnvironmentName,
        key: &NewSigningKey,
        ends: Option<(Millis, Millis)>,
    ) -> Result<(), StoreError> {
        self.need_master_key(&key.master_key_id).await?;
        let (retires_at, expires_at) = ends.unzip();
        let params = params![
            environment,
            &key.id,
            &key.algorithm,
            &key.public_jwk,
            &key.wrapped_private_key,
            &key.master_key_id,
            key.created_at,
            key.activates_at,
            retires_at,
            expires_at
        ];
        match self.execute(INSERT, params).await? {
            0 => Err(Refused::Exists("signing key").into()),
            _ => Ok(()),
        }
    }
}
