//! Secrets that end soon and have no successor: who should hear of it, and who has.

use crate::database::{Row, params};
use crate::statements::statements;
use crate::{AuditEvent, EnvironmentName, InEnvironment, Millis, Store, StoreError};

// From which table one begins is said: SQLite would take an environment's every credential for less than the secrets of a month.
macro_rules! expiring {
    ($from:literal, $condition:literal, $limit:literal) => {
        concat!(
            "select s.id, s.credential_uuid, c.environment, c.account_id, c.name, c.client_id, s.expires_at, s.warned_days from ",
            $from,
            " where s.expires_at > $1 and s.expires_at <= $2 and c.uuid = s.credential_uuid and c.disabled_at is null \
             and not exists (select 1 from secrets n where n.credential_uuid = s.credential_uuid and n.created_at > s.created_at) ",
            $condition,
            " order by s.expires_at, s.id",
            $limit
        )
    };
}

statements! {
    SELECT_EXPIRING = expiring!("secrets s cross join credentials c", "", "");
    SELECT_OF_ALL = expiring!("secrets s cross join credentials c", "and c.environment = $3", " limit $4");
    SELECT_OF_ACCOUNT = expiring!("credentials c cross join secrets s", "and c.environment = $3 and c.account_id = $4", " limit $5");
    WARN = "update secrets set warned_days = $1 where id = $2 and expires_at = $3 and (warned_days is null or warned_days > $1)";
}

/// A secret that ends soon, and nothing takes its place yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpiringSecret {
    /// Its own id.
    pub id: String,
    /// Whose.
    pub credential_uuid: String,
    /// Where.
    pub environment: EnvironmentName,
    /// The account's id.
    pub account_id: String,
    /// What people call the credential.
    pub credential_name: String,
    /// Its client id.
    pub client_id: String,
    /// From when it is refused.
    pub expires_at: Millis,
    /// How many days before its end people were last warned.
    pub warned_days: Option<i64>,
}

impl Store {
    /// Everywhere, those that end after `now` and not after `until`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn expiring_secrets(
        &self,
        now: Millis,
        until: Millis,
    ) -> Result<Vec<ExpiringSecret>, StoreError> {
        self.database
            .query(SELECT_EXPIRING, params![now, until])
            .await?
            .into_iter()
            .map(ExpiringSecret::read)
            .collect()
    }

    /// Notes that people are warned so many days ahead. False when they were, or the secret's end is another by now: of many
    /// nodes one warns.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn note_warning(
        &self,
        secret: &ExpiringSecret,
        days: i64,
        audit: AuditEvent,
    ) -> Result<bool, StoreError> {
        let secret = secret.clone();
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    let params = params![days, &secret.id, secret.expires_at];
                    if tx.execute(WARN, params).await? == 0 {
                        return Ok(false);
                    }
                    let account = Some(secret.account_id.as_str());
                    let about = Some(secret.credential_uuid.as_str());
                    tx.record(audit.about(Some(&secret.environment), account, about))
                        .await?;
                    Ok(true)
                })
            })
            .await
    }
}

impl InEnvironment<'_> {
    /// Of one account (by id) or of all, at most `limit` of those that end after `now` and not after `until`, the next to end first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn expiring_secrets_of(
        &self,
        account_id: Option<&str>,
        now: Millis,
        until: Millis,
        limit: u32,
    ) -> Result<Vec<ExpiringSecret>, StoreError> {
        let database = &self.store.database;
        let found = match account_id {
            None => {
                let params = params![now, until, self.environment, limit];
                database.query(SELECT_OF_ALL, params).await?
            }
            Some(account) => {
                let params = params![now, until, self.environment, account, limit];
                database.query(SELECT_OF_ACCOUNT, params).await?
            }
        };
        found.into_iter().map(ExpiringSecret::read).collect()
    }
}

impl ExpiringSecret {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text()?,
            credential_uuid: row.text()?,
            environment: EnvironmentName::new(&row.text()?),
            account_id: row.text()?,
            credential_name: row.text()?,
            client_id: row.text()?,
            expires_at: row.integer()?,
            warned_days: row.optional_integer()?,
        })
    }
}
