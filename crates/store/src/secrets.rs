//! Client secrets: only hashes, each naming the key it was made with.

pub(crate) mod expiry;
pub(crate) mod take_over;
pub(crate) mod way_back;

use crate::database::{Row, Transaction, params};
use crate::statements::statements;
use crate::{AuditEvent, Change, InEnvironment, Millis, Refused, Store, StoreError, credentials};

statements! {
    INSERT_SECRET = "insert into secrets (id, credential_uuid, scheme, hash, master_key_id, hint, created_at, expires_at) \
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing";
    SELECT_IS_PUBLIC = "select is_public from credentials where uuid = $1 and environment = $2";
    DELETE_EXPIRED = "delete from secrets where credential_uuid = $1 and expires_at <= $2";
    SELECT_NEWEST = "select id from secrets where credential_uuid = $1 order by created_at desc, id desc limit 1";
    DELETE_OTHERS = "delete from secrets where credential_uuid = $1 and id <> $2";
    EXPIRE = "update secrets set expires_at = $1 where id = $2 and (expires_at is null or expires_at > $1)";
    DELETE_SECRET = "delete from secrets where id = $1 and credential_uuid = $2";
    REHASH = "update secrets set scheme = $1, hash = $2, master_key_id = $3 where id = $4 and hash = $5";
    REMEMBER_USE = "update secrets set last_used_at = $1, last_used_address = $2 where id = $3 and (last_used_at is null or last_used_at < $1)";
}

/// How the hash was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretScheme {
    /// HMAC-SHA-256 under a master key; for secrets we generated (256 bits).
    HmacSha256,
    /// Argon2id (PHC string); for secrets a person chose.
    Argon2id,
    /// As another server hashed it; the text says how. Until its first use.
    Imported,
}

impl SecretScheme {
    fn column(self) -> &'static str {
        match self {
            Self::HmacSha256 => "hmac-sha-256",
            Self::Argon2id => "argon2id",
            Self::Imported => "imported",
        }
    }

    pub(crate) fn from_column(text: &str) -> Result<Self, StoreError> {
        match text {
            "hmac-sha-256" => Ok(Self::HmacSha256),
            "argon2id" => Ok(Self::Argon2id),
            "imported" => Ok(Self::Imported),
            _ => Err(StoreError::Corrupt(
                "a secret has a scheme this Grantor does not know".into(),
            )),
        }
    }
}

/// A stored secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Its own id; says nothing about the secret.
    pub id: String,
    /// How the hash was made.
    pub scheme: SecretScheme,
    /// Raw HMAC, the PHC string's bytes, or the text of an imported one. Never empty.
    pub hash: Vec<u8>,
    /// The master key the hash was made with (for Argon2id: the key that peppers it).
    pub master_key_id: String,
    /// The last four characters, to recognise it by. Empty for chosen secrets.
    pub hint: String,
    /// When it was made.
    pub created_at: Millis,
    /// From when it is refused.
    pub expires_at: Option<Millis>,
    /// When it was last used.
    pub last_used_at: Option<Millis>,
    /// From where it was last used.
    pub last_used_address: Option<String>,
}

/// A secret to be stored.
#[derive(Clone, Debug)]
pub struct NewSecret {
    /// Its own id.
    pub id: String,
    /// How the hash was made.
    pub scheme: SecretScheme,
    /// Raw HMAC, the PHC string's bytes, or the text of an imported one.
    pub hash: Vec<u8>,
    /// The master key the hash was made with; registered and not retired.
    pub master_key_id: String,
    /// The last four characters; empty for chosen secrets.
    pub hint: String,
    /// Now.
    pub created_at: Millis,
    /// From when it is refused.
    pub expires_at: Option<Millis>,
    /// The same as another server would keep it, where somebody may return to that one.
    pub way_back: Option<way_back::WayBack>,
}

/// One use to remember.
#[derive(Clone, Debug)]
pub struct SecretUse {
    /// Which secret.
    pub secret_id: String,
    /// When.
    pub at: Millis,
    /// From where.
    pub address: String,
}

impl InEnvironment<'_> {
    /// Adds a secret and lets every other live one end at `others_expire_at` (or at its own, earlier expiry).
    /// At most two are live afterwards: a third, older one ends at once. One transaction. Ended secrets are removed.
    ///
    /// # Errors
    /// `Refused::NotFound` for an unknown credential, `Refused::Conflict` for a public client or a retired master key.
    pub async fn rotate_secret(
        &self,
        credential_uuid: &str,
        new: NewSecret,
        others_expire_at: Millis,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let (environment, uuid) = (self.environment.clone(), credential_uuid.to_owned());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.change(&Change::Credential(uuid.clone())).await?;
                    let public = tx
                        .first(SELECT_IS_PUBLIC, params![&uuid, &environment])
                        .await?
                        .as_mut()
                        .map(Row::flag)
                        .transpose()?;
                    if public.ok_or(Refused::NotFound("credential"))? {
                        return Err(Refused::Conflict(
                            "a public client has no secret (RFC 6749 section 2.1)",
                        )
                        .into());
                    }
                    tx.execute(DELETE_EXPIRED, params![&uuid, now]).await?;
                    let newest = tx
                        .first(SELECT_NEWEST, params![&uuid])
                        .await?
                        .as_mut()
                        .map(Row::text)
                        .transpose()?;
                    if let Some(newest) = newest {
                        tx.execute(DELETE_OTHERS, params![&uuid, &newest]).await?;
                        tx.execute(EXPIRE, params![others_expire_at, &newest])
                            .await?;
                    }
                    tx.add_secret(&uuid, &new).await?;
                    credentials::finish(tx, &environment, &uuid, Some(audit))
                        .await
                        .map(drop)
                })
            })
            .await
    }

    /// Ends one secret at once: its hash is removed.
    ///
    /// # Errors
    /// `Refused::NotFound` when the credential or its secret is unknown.
    pub async fn revoke_secret(
        &self,
        credential_uuid: &str,
        secret_id: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<(), StoreError> {
        let _ = now; // The row is removed; when it happened is told by the audit row.
        let (environment, uuid, secret_id) = (
            self.environment.clone(),
            credential_uuid.to_owned(),
            secret_id.to_owned(),
        );
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.change(&Change::Credential(uuid.clone())).await?;
                    credentials::finish(tx, &environment, &uuid, Some(audit)).await?;
                    match tx
                        .execute(DELETE_SECRET, params![&secret_id, &uuid])
                        .await?
                    {
                        0 => Err(Refused::NotFound("secret").into()),
                        _ => Ok(()),
                    }
                })
            })
            .await
    }
}

impl Store {
    /// Replaces a hash by one of the current scheme or master key, only if it still is `old_hash` (conditional write). True if it was.
    ///
    /// # Errors
    /// `Refused::Conflict` when the new master key is not registered or retired.
    pub async fn rehash_secret(
        &self,
        secret_id: &str,
        old_hash: &[u8],
        scheme: SecretScheme,
        hash: &[u8],
        master_key_id: &str,
    ) -> Result<bool, StoreError> {
        let (id, old_hash, hash, key) = (
            secret_id.to_owned(),
            old_hash.to_vec(),
            hash.to_vec(),
            master_key_id.to_owned(),
        );
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.need_master_key(&key).await?;
                    let params = params![scheme.column(), &hash, &key, &id, &old_hash];
                    tx.execute(REHASH, params)
                        .await
                        .map(|rehashed| rehashed == 1)
                })
            })
            .await
    }

    /// Writes when and from where secrets were last used; one transaction for all. Never moves a time backwards.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer; the uses may be handed over again.
    pub async fn remember_secret_uses(&self, mut uses: Vec<SecretUse>) -> Result<(), StoreError> {
        // In one order everywhere, so that two nodes never wait for each other's rows.
        uses.sort_by(|a, b| a.secret_id.cmp(&b.secret_id));
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    for used in uses {
                        tx.execute(REMEMBER_USE, params![used.at, used.address, used.secret_id])
                            .await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

impl Transaction<'_> {
    /// Stores a secret of a credential that exists.
    pub(crate) async fn add_secret(
        &self,
        credential_uuid: &str,
        new: &NewSecret,
    ) -> Result<(), StoreError> {
        self.need_master_key(&new.master_key_id).await?;
        self.add_secret_under_known_key(credential_uuid, new).await
    }

    /// The same where the transaction makes sure of the master key itself, once for many.
    pub(crate) async fn add_secret_under_known_key(
        &self,
        credential_uuid: &str,
        new: &NewSecret,
    ) -> Result<(), StoreError> {
        if new.hash.is_empty() {
            return Err(StoreError::Corrupt("a secret's hash is empty".into()));
        }
        let params = params![
            &new.id,
            credential_uuid,
            new.scheme.column(),
            &new.hash,
            &new.master_key_id,
            &new.hint,
            new.created_at,
            new.expires_at
        ];
        // An id that was drawn before and is sent twice makes one secret.
        if self.execute(INSERT_SECRET, params).await? == 0 {
            return Err(Refused::Exists("secret").into());
        }
        match &new.way_back {
            Some(way) => self.add_way_back(credential_uuid, &new.id, way).await,
            None => Ok(()),
        }
    }
}
