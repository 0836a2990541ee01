//! Passkeys: what an authenticator proves that it holds (WebAuthn Level 2), and the challenges in between.

use crate::database::{Row, params};
use crate::statements::statements;
use crate::{AuditEvent, InEnvironment, Millis, StoreError};

statements! {
    BEGIN = "insert into passkey_ceremonies (session_id_hash, kind, state, expires_at) values ($1, $2, $3, $4) \
        on conflict (session_id_hash) do update set kind = excluded.kind, state = excluded.state, expires_at = excluded.expires_at";
    TAKE = "delete from passkey_ceremonies where session_id_hash = $1 and kind = $2 returning state, expires_at";
    pub(crate) DELETE_EXPIRED = "delete from passkey_ceremonies where session_id_hash in \
        (select session_id_hash from passkey_ceremonies where expires_at < $1 order by expires_at limit $2)";
    INSERT = "insert into passkeys (credential_id, environment, person_id, name, passkey, created_at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
    SELECT = "select credential_id, name, passkey, created_at, last_used_at from passkeys where person_id = $1 and environment = $2 order by created_at, credential_id";
    USE = "update passkeys set passkey = $1, last_used_at = $2 where credential_id = $3 and person_id = $4 and environment = $5 and passkey = $6";
    DELETE = "delete from passkeys where credential_id = $1 and person_id = $2 and environment = $3 and \
        ((select count(*) from passkeys where person_id = $2) > 1 or (select totp_confirmed_at from people where id = $2) is not null)";
    pub(crate) DELETE_ALL = "delete from passkeys where person_id = $1";
}

/// What a challenge is for. One kind is never taken for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CeremonyKind {
    /// A new passkey.
    Registration,
    /// Signing in.
    Authentication,
}

impl CeremonyKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Authentication => "authentication",
        }
    }
}

/// A passkey as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// The name that the authenticator gave it.
    pub credential_id: Vec<u8>,
    /// What the person calls it.
    pub name: String,
    /// Public key and counter, in the library's JSON.
    pub passkey: String,
    /// When it was added.
    pub created_at: Millis,
    /// When it last let someone in.
    pub last_used_at: Option<Millis>,
}

impl InEnvironment<'_> {
    /// Keeps a challenge for the session, in place of the one it had.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn begin_passkey_ceremony(
        &self,
        session: [u8; 32],
        kind: CeremonyKind,
        state: String,
        expires_at: Millis,
    ) -> Result<(), StoreError> {
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let params = params![&session, kind.as_str(), &state, expires_at];
                    tx.execute(BEGIN, params).await.map(drop)
                })
            })
            .await
    }

    /// Takes the session's challenge: whoever answers it, rightly or wrongly, answers it once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn take_passkey_ceremony(
        &self,
        session: [u8; 32],
        kind: CeremonyKind,
        now: Millis,
    ) -> Result<Option<String>, StoreError> {
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let Some(mut row) = tx.first(TAKE, params![&session, kind.as_str()]).await?
                    else {
                        return Ok(None);
                    };
                    let state = row.text()?;
                    Ok((row.integer()? > now).then_some(state))
                })
            })
            .await
    }

    /// Keeps a passkey, and new recovery codes where it is the first second factor. False when this authenticator's passkey is
    /// known already, whosever it is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn add_passkey(
        &self,
        person_id: &str,
        passkey: Passkey,
        recovery_codes: Vec<[u8; 32]>,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let params = params![
                        &passkey.credential_id,
                        &environment,
                        &id,
                        &passkey.name,
                        &passkey.passkey,
                        passkey.created_at
                    ];
                    if tx.execute(INSERT, params).await? == 0 {
                        return Ok(false);
                    }
                    if !recovery_codes.is_empty() {
                        tx.replace_recovery_codes(&id, &recovery_codes).await?;
                    }
                    tx.record(audit.about(Some(&environment), None, Some(&id)))
                        .await?;
                    Ok(true)
                })
            })
            .await
    }

    /// A person's passkeys, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn passkeys_of(&self, person_id: &str) -> Result<Vec<Passkey>, StoreError> {
        self.store
            .database
            .query(SELECT, params![person_id, self.environment])
            .await?
            .into_iter()
            .map(Passkey::read)
            .collect()
    }

    /// Keeps what using a passkey changed (its counter). False when it was used or removed in between: then it let nobody in.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn use_passkey(
        &self,
        person_id: &str,
        before: Passkey,
        after: String,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let (credential_id, was) = (&before.credential_id, &before.passkey);
                    let params = params![&after, now, credential_id, &id, &environment, was];
                    Ok(tx.execute(USE, params).await? == 1)
                })
            })
            .await
    }

    /// Removes one, unless it is all that stands beside the password: turning the second factor off is another verb.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn remove_passkey(
        &self,
        person_id: &str,
        credential_id: Vec<u8>,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let (id, environment) = (person_id.to_owned(), self.environment.clone());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.hold_person(&id).await?;
                    let params = params![&credential_id, &id, &environment];
                    if tx.execute(DELETE, params).await? == 0 {
                        return Ok(false);
                    }
                    tx.record(audit.about(Some(&environment), None, Some(&id)))
                        .await?;
                    Ok(true)
                })
            })
            .await
    }
}

impl Passkey {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            credential_id: row.blob()?,
            name: row.text()?,
            passkey: row.text()?,
            created_at: row.integer()?,
            last_used_at: row.optional_integer()?,
        })
    }
}
