//! Secrets made here in the form of the server that somebody may return to: sealed, and gone with the secret.

use crate::database::{Transaction, params};
use crate::statements::statements;
use crate::{InEnvironment, Store, StoreError};

statements! {
    INSERT = "insert into ways_back (secret_id, environment, server, sealed, master_key_id) \
        values ($1, (select environment from credentials where uuid = $2), $3, $4, $5)";
    SELECT_UNDER = "select w.secret_id, s.credential_uuid, w.sealed from ways_back w join secrets s on s.id = w.secret_id \
        where w.master_key_id = $1 order by w.secret_id limit $2";
    REWRAP = "update ways_back set sealed = $1, master_key_id = $2 where secret_id = $3 and sealed = $4";
    /// Most of the time there is nothing to throw away, and a look costs less than a write.
    SELECT_OTHERS = "select secret_id from ways_back where environment = $1 and server <> $2 limit 1";
    DELETE_OTHERS = "delete from ways_back where environment = $1 and server <> $2";
}

/// A secret as another server would keep it, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayBack {
    /// Which server.
    pub server: String,
    /// Its text for the secret, encrypted; bound to the credential.
    pub sealed: Vec<u8>,
    /// What it is encrypted under; registered and not retired.
    pub master_key_id: String,
}

/// One that is encrypted under a certain master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedWayBack {
    /// Of which secret.
    pub secret_id: String,
    /// Whose secret.
    pub credential_uuid: String,
    /// The encrypted text.
    pub sealed: Vec<u8>,
}

impl InEnvironment<'_> {
    /// Throws away what is kept for any server but this one; without one, all. True when there was something.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn keep_ways_back_only_to(&self, server: Option<&str>) -> Result<bool, StoreError> {
        let (environment, server) = (
            self.environment.clone(),
            server.unwrap_or_default().to_owned(),
        );
        let others = params![&environment, &server];
        if self
            .store
            .database
            .query(SELECT_OTHERS, others)
            .await?
            .is_empty()
        {
            return Ok(false);
        }
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    let others = params![&environment, &server];
                    Ok(tx.execute(DELETE_OTHERS, others).await? > 0)
                })
            })
            .await
    }
}

impl Store {
    /// Those that are encrypted under a master key, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn ways_back_under(
        &self,
        master_key_id: &str,
        limit: u32,
    ) -> Result<Vec<SealedWayBack>, StoreError> {
        self.database
            .query(SELECT_UNDER, params![master_key_id, limit])
            .await?
            .into_iter()
            .map(|mut row| {
                Ok(SealedWayBack {
                    secret_id: row.text()?,
                    credential_uuid: row.text()?,
                    sealed: row.blob()?,
                })
            })
            .collect()
    }

    /// Replaces one by the same under another master key; false when it is gone by now.
    ///
    /// # Errors
    /// `Refused::Conflict` when that key is not registered or retired.
    pub async fn rewrap_way_back(
        &self,
        from: SealedWayBack,
        to: Vec<u8>,
        master_key_id: &str,
    ) -> Result<bool, StoreError> {
        let master_key_id = master_key_id.to_owned();
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.need_master_key(&master_key_id).await?;
                    let params = params![&to, &master_key_id, &from.secret_id, &from.sealed];
                    Ok(tx.execute(REWRAP, params).await? == 1)
                })
            })
            .await
    }
}

impl Transaction<'_> {
    /// Keeps one beside its secret, which is there.
    pub(crate) async fn add_way_back(
        &self,
        credential_uuid: &str,
        secret_id: &str,
        way: &WayBack,
    ) -> Result<(), StoreError> {
        self.need_master_key(&way.master_key_id).await?;
        let params = params![
            secret_id,
            credential_uuid,
            &way.server,
            &way.sealed,
            &way.master_key_id
        ];
        self.execute(INSERT, params).await.map(drop)
    }
}

/// Of one credential's secrets, for whoever reads them with it.
pub(crate) fn of_row(
    server: Option<String>,
    sealed: Option<Vec<u8>>,
    master_key_id: Option<String>,
) -> Option<WayBack> {
    Some(WayBack {
        server: server?,
        sealed: sealed?,
        master_key_id: master_key_id?,
    })
}
