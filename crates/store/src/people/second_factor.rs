//! The second factor: a shared secret of RFC 6238 and the codes for the day it is lost.

use super::passkeys;
use crate::database::{Transaction, params};
use crate::statements::statements;
use crate::{AuditEvent, InEnvironment, Millis, StoreError};

statements! {
    BEGIN = "update people set totp_wrapped_secret = $1, totp_master_key_id = $2, totp_confirmed_at = null, totp_last_step = 0, updated_at = $3 \
        where id = $4 and environment = $5 and totp_confirmed_at is null";
    CONFIRM = "update people set totp_confirmed_at = $1, totp_last_step = $2, updated_at = $1 \
        where id = $3 and environment = $4 and totp_confirmed_at is null and totp_wrapped_secret is not null and totp_last_step < $2";
    SPEND_STEP = "update people set totp_last_step = $1 where id = $2 and environment = $3 and totp_confirmed_at is not null and totp_last_step < $1";
    RESET = "update people set totp_wrapped_secret = null, totp_master_key_id = null, totp_confirmed_at = null, totp_last_step = 0, updated_at = $1 \
        where id = $2 and environment = $3";
    DELETE_CODES = "delete from recovery_codes where person_id = $1";
    DELETE_SESSIONS = "delete from sessions where person_id = $1";
    INSERT_CODE = "insert into recovery_codes (person_id, hash) values ($1, $2)";
    SPEND_CODE = "update recovery_codes set used_at = $1 where person_id = $2 and hash = $3 and used_at is null";
    COUNT_CODES = "select count(*) from recovery_codes where person_id = $1 and used_at is null";
    HOLD = "update people set updated_at = updated_at where id = $1";
    REWRAP = "update people set totp_wrapped_secret = $1, totp_master_key_id = $2 where id = $3 and totp_wrapped_secret = $4";
    SELECT_WRAPPED_UNDER = "select id, totp_wrapped_secret from people where totp_master_key_id = $1 order by id limit $2";
}

impl InEnvironment<'_> {
    /// Keeps a shared secret that is not confirmed yet; another one begun before is replaced. False when one is confirmed already.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn begin_totp(
        &self,
        person_id: &str,
        wrapped_secret: Vec<u8>,
        master_key_id: &str,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        let master_key_id = master_key_id.to_owned();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.need_master_key(&master_key_id).await?;
                    let params = params![&wrapped_secret, &master_key_id, now, &id, &environment];
                    Ok(tx.execute(BEGIN, params).await? == 1)
                })
            })
            .await
    }

    /// From now on the second factor is asked for. `step`: the time step of the code that was shown. Writes new recovery codes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn confirm_totp(
        &self,
        person_id: &str,
        step: i64,
        recovery_codes: Vec<[u8; 32]>,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let params = params![now, step, &id, &environment];
                    if tx.execute(CONFIRM, params).await? == 0 {
                        return Ok(false);
                    }
                    tx.replace_recovery_codes(&id, &recovery_codes).await?;
                    tx.record(audit.about(Some(&environment), None, Some(&id)))
                        .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Accepts a time step once, and none before it afterwards.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn spend_totp_step(&self, person_id: &str, step: i64) -> Result<bool, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let params = params![step, &id, &environment];
                    Ok(tx.execute(SPEND_STEP, params).await? == 1)
                })
            })
            .await
    }

    /// Accepts a recovery code once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn spend_recovery_code(
        &self,
        person_id: &str,
        hash: [u8; 32],
        now: Millis,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    if tx.execute(SPEND_CODE, params![now, &id, &hash]).await? == 0 {
                        return Ok(false);
                    }
                    tx.record(audit.about(Some(&environment), None, Some(&id)))
                        .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Recovery codes that are left.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn recovery_codes_left(&self, person_id: &str) -> Result<u64, StoreError> {
        let rows = self
            .store
            .database
            .query(COUNT_CODES, params![person_id])
            .await?;
        rows.into_iter().next().map_or(Ok(0), |mut row| row.count())
    }

    /// Takes every second factor away and ends the sessions that were begun with it. False when there is no such person.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn reset_second_factor(
        &self,
        person_id: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    if tx.execute(RESET, params![now, &id, &environment]).await? == 0 {
                        return Ok(false);
                    }
                    for sql in [DELETE_CODES, passkeys::DELETE_ALL, DELETE_SESSIONS] {
                        tx.execute(sql, params![&id]).await?;
                    }
                    tx.record(audit.about(Some(&environment), None, Some(&id)))
                        .await?;
                    Ok(true)
                })
            })
            .await
    }
}

impl Transaction<'_> {
    /// Recovery codes in place of those there were.
    pub(crate) async fn replace_recovery_codes(
        &self,
        person_id: &str,
        hashes: &[[u8; 32]],
    ) -> Result<(), StoreError> {
        self.execute(DELETE_CODES, params![person_id]).await?;
        for hash in hashes {
            self.execute(INSERT_CODE, params![person_id, hash]).await?;
        }
        Ok(())
    }

    /// Makes whoever else changes this person's second factors wait until this transaction ends.
    pub(crate) async fn hold_person(&self, id: &str) -> Result<(), StoreError> {
        self.execute(HOLD, params![id]).await.map(drop)
    }
}

impl crate::Store {
    /// Shared secrets encrypted under a master key: `(person id, bytes)`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn totp_secrets_under(
        &self,
        master_key_id: &str,
        limit: u32,
    ) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.database
            .query(SELECT_WRAPPED_UNDER, params![master_key_id, limit])
            .await?
            .into_iter()
            .map(|mut row| Ok((row.text()?, row.blob()?)))
            .collect()
    }

    /// Replaces an encrypted shared secret by the same under another master key; false when it is another by now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn rewrap_totp_secret(
        &self,
        person_id: &str,
        from: Vec<u8>,
        to: Vec<u8>,
        master_key_id: &str,
    ) -> Result<bool, StoreError> {
        let (id, master_key_id) = (person_id.to_owned(), master_key_id.to_owned());
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.need_master_key(&master_key_id).await?;
                    let params = params![&to, &master_key_id, &id, &from];
                    Ok(tx.execute(REWRAP, params).await? == 1)
                })
            })
            .await
    }
}
