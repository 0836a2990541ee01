//! Which master keys this database was written under; never the keys themselves.

use crate::database::{Row, Transaction, params};
use crate::statements::statements;
use crate::{AuditEvent, Millis, Refused, Store, StoreError};

statements! {
    SELECT_ALL = "select id, check_value, created_at, retired_at from master_keys order by created_at, id";
    INSERT = "insert into master_keys (id, check_value, created_at) values ($1, $2, $3) on conflict (id) do nothing";
    /// Writes nothing new; its row lock makes a retirement wait until what is being stored under the key is there to be seen.
    HOLD = "update master_keys set created_at = created_at where id = $1 and retired_at is null";
    RETIRE = "update master_keys set retired_at = $1 where id = $2 and retired_at is null";
    SELECT_EXISTS = "select id from master_keys where id = $1";
    COUNT_USES = "select (select count(*) from signing_keys where master_key_id = $1 and revoked_at is null), \
        (select count(*) from secrets where master_key_id = $1), \
        (select count(*) from people where password_master_key_id = $1), \
        (select count(*) from people where totp_master_key_id = $1), \
        (select count(*) from ways_back where master_key_id = $1)";
    SELECT_CREDENTIALS = "select c.environment, c.client_id, c.name from credentials c \
        where c.uuid in (select credential_uuid from secrets where master_key_id = $1) order by c.environment, c.name, c.uuid limit 1000";
}

/// A master key this database knows of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterKeyRow {
    /// The key's public name, derived from it.
    pub id: String,
    /// A value only the right key can make, to tell a wrong one at start.
    pub check: Vec<u8>,
    /// When this database first met it.
    pub created_at: Millis,
    /// Set when nothing needs it any more and it was retired.
    pub retired_at: Option<Millis>,
}

/// What still needs a master key.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct MasterKeyUse {
    /// Signing keys encrypted under it that are not revoked.
    pub signing_keys: u64,
    /// Secrets hashed under it, expired ones included until they are swept away.
    pub secrets: u64,
    /// Passwords of people hashed under it; each moves to the current key when its person next signs in.
    pub passwords: u64,
    /// Second factors encrypted under it.
    pub second_factors: u64,
    /// `(environment, client_id, credential name)` of credentials with a secret under it, at most 1,000.
    pub credentials: Vec<(String, String, String)>,
}

impl Store {
    /// All, the retired ones included, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn master_keys(&self) -> Result<Vec<MasterKeyRow>, StoreError> {
        self.database
            .query(SELECT_ALL, &[])
            .await?
            .into_iter()
            .map(MasterKeyRow::read)
            .collect()
    }

    /// Remembers a key by name. Does nothing when it is known.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn register_master_key(
        &self,
        id: &str,
        check: &[u8],
        now: Millis,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let (id, check) = (id.to_owned(), check.to_vec());
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    if tx.execute(INSERT, params![&id, &check, now]).await? == 0 {
                        return Ok(());
                    }
                    tx.record(audit.about(None, None, Some(&id))).await
                })
            })
            .await
    }

    /// What still needs a key.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn master_key_use(&self, id: &str) -> Result<MasterKeyUse, StoreError> {
        let mut counts = self.database.query(COUNT_USES, params![id]).await?;
        let counted = counts
            .first_mut()
            .map_or(Ok(Counted::default()), Counted::read)?;
        let rows = self.database.query(SELECT_CREDENTIALS, params![id]).await?;
        let credentials = rows
            .into_iter()
            .map(|mut row| Ok((row.text()?, row.text()?, row.text()?)));
        Ok(MasterKeyUse {
            signing_keys: counted.signing_keys,
            secrets: counted.secrets,
            passwords: counted.passwords,
            second_factors: counted.second_factors,
            credentials: credentials.collect::<Result<_, StoreError>>()?,
        })
    }

    /// Retires a key. `Refused::Conflict` while something needs it: the check and the write are one transaction. Nothing happens when it is retired already.
    ///
    /// # Errors
    /// `Refused::NotFound` for an unknown key.
    pub async fn retire_master_key(
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
                        .ok_or(Refused::NotFound("master key"))?;
                    // First the row's lock: whoever stores something under this key holds it until that is committed, and is counted below.
                    if tx.execute(RETIRE, params![now, &id]).await? == 0 {
                        return Ok(());
                    }
                    let counted = tx
                        .first(COUNT_USES, params![&id])
                        .await?
                        .as_mut()
                        .map_or(Ok(Counted::default()), Counted::read)?;
                    if counted != Counted::default() {
                        return Err(Refused::Conflict(
                            "the master key is still needed by signing keys, secrets or people",
                        )
                        .into());
                    }
                    tx.record(audit.about(None, None, Some(&id))).await
                })
            })
            .await
    }
}

impl Transaction<'_> {
    /// Makes sure that a key is there and stays until this transaction ends: something is about to be stored under it.
    pub(crate) async fn need_master_key(&self, id: &str) -> Result<(), StoreError> {
        match self.execute(HOLD, params![id]).await? {
            0 => Err(
                Refused::Conflict("the master key is not registered or has been retired").into(),
            ),
            _ => Ok(()),
        }
    }
}

/// Rows that were written under a key.
#[derive(Default, PartialEq, Eq)]
struct Counted {
    signing_keys: u64,
    secrets: u64,
    passwords: u64,
    second_factors: u64,
    ways_back: u64,
}

impl Counted {
    fn read(row: &mut Row) -> Result<Self, StoreError> {
        Ok(Self {
            signing_keys: row.count()?,
            secrets: row.count()?,
            passwords: row.count()?,
            second_factors: row.count()?,
            ways_back: row.count()?,
        })
    }
}

impl MasterKeyRow {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text()?,
            check: row.blob()?,
            created_at: row.integer()?,
            retired_at: row.optional_integer()?,
        })
    }
}
