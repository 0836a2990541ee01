//! How often credentials were used, day by day: what an account manager looks at before deleting one.

use crate::database::{Row, params};
use crate::statements::statements;
use crate::{Store, StoreError};

statements! {
    ADD = "insert into credential_uses (credential_uuid, day, tokens, requests, refusals) values ($1, $2, $3, $4, $5) \
        on conflict (credential_uuid, day) do update set tokens = credential_uses.tokens + excluded.tokens, \
        requests = credential_uses.requests + excluded.requests, refusals = credential_uses.refusals + excluded.refusals returning requests";
    SELECT = "select day, tokens, requests, refusals from credential_uses where credential_uuid = $1 and day >= $2 order by day";
    pub(crate) DELETE_OF_CREDENTIAL = "delete from credential_uses where credential_uuid = $1";
    DELETE_BEFORE = "delete from credential_uses where day < $1";
}

/// Uses of one credential on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayOfUse {
    /// Whole days since 1970, UTC.
    pub day: i64,
    /// Answers of the token endpoint that held a token.
    pub tokens: u64,
    /// Requests that the gateway passed on.
    pub requests: u64,
    /// Requests that the gateway refused, though the token was good.
    pub refusals: u64,
}

impl Store {
    /// Adds to what is known of each `(credential, day)`; answers the requests of each with what was added, in their order.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn add_credential_uses(
        &self,
        uses: Vec<(String, DayOfUse)>,
    ) -> Result<Vec<u64>, StoreError> {
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    let mut totals = Vec::with_capacity(uses.len());
                    for (uuid, used) in &uses {
                        let counted = [used.tokens, used.requests, used.refusals]
                            .map(|count| i64::try_from(count).unwrap_or(i64::MAX));
                        let [tokens, requests, refusals] = counted;
                        let params = params![uuid, used.day, tokens, requests, refusals];
                        let mut rows = tx.query(ADD, params).await?;
                        totals.push(rows.first_mut().map_or(Ok(0), Row::count)?);
                    }
                    Ok(totals)
                })
            })
            .await
    }

    /// The days from `since` on on which a credential was used, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn credential_uses(
        &self,
        uuid: &str,
        since: i64,
    ) -> Result<Vec<DayOfUse>, StoreError> {
        self.database
            .query(SELECT, params![uuid, since])
            .await?
            .into_iter()
            .map(DayOfUse::read)
            .collect()
    }

    /// Forgets the days before `day`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn forget_credential_uses(&self, day: i64) -> Result<(), StoreError> {
        self.database
            .transaction(move |tx| {
                Box::pin(async move { tx.execute(DELETE_BEFORE, params![day]).await.map(drop) })
            })
            .await
    }
}

impl DayOfUse {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            day: row.integer()?,
            tokens: row.count()?,
            requests: row.count()?,
            refusals: row.count()?,
        })
    }
}
