//! How each part of an environment answered, minute by minute for a while and day by day for long: what the status page draws.
//!
//! Every node adds what it counted to the same rows, so that all of them show the same.

use crate::database::{Row, params};
use crate::statements::statements;
use crate::{InEnvironment, Store, StoreError};

statements! {
    ADD = "insert into status_counts (environment, component, period, at, answered, failed) values ($1, $2, $3, $4, $5, $6) \
        on conflict (environment, period, at, component) do update set answered = status_counts.answered + excluded.answered, \
        failed = status_counts.failed + excluded.failed";
    SELECT = "select component, at, answered, failed from status_counts where environment = $1 and period = $2 and at >= $3 order by at, component";
    DELETE_BEFORE = "delete from status_counts where period = $1 and at < $2";
}

/// What a count is the count of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StatusPeriod {
    /// One minute.
    Minute,
    /// One day, UTC.
    Day,
}

impl StatusPeriod {
    /// As the table spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Day => "day",
        }
    }
}

/// Answers of one part of an environment in one period. What the client got wrong is in neither number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusCount {
    /// The part.
    pub component: String,
    /// Whole periods since 1970, UTC.
    pub at: i64,
    /// Answers that were what they should be.
    pub answered: u64,
    /// Answers that failed and should not have.
    pub failed: u64,
}

impl InEnvironment<'_> {
    /// Adds to what is known; a count of nothing notes that somebody was there to count.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn add_status_counts(
        &self,
        counts: Vec<(StatusPeriod, StatusCount)>,
    ) -> Result<(), StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    for (period, count) in &counts {
                        let column = |count| i64::try_from(count).unwrap_or(i64::MAX);
                        let params = params![
                            &environment,
                            &count.component,
                            period.as_str(),
                            count.at,
                            column(count.answered),
                            column(count.failed)
                        ];
                        tx.execute(ADD, params).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// What is known of each period from `since` on, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn status_counts(
        &self,
        period: StatusPeriod,
        since: i64,
    ) -> Result<Vec<StatusCount>, StoreError> {
        self.store
            .database
            .query(SELECT, params![self.environment, period.as_str(), since])
            .await?
            .into_iter()
            .map(StatusCount::read)
            .collect()
    }
}

impl Store {
    /// Forgets the periods before one, in every environment.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known to be durable.
    pub async fn forget_status_counts(
        &self,
        period: StatusPeriod,
        before: i64,
    ) -> Result<(), StoreError> {
        self.database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.execute(DELETE_BEFORE, params![period.as_str(), before])
                        .await
                        .map(drop)
                })
            })
            .await
    }
}

impl StatusCount {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            component: row.text()?,
            at: row.integer()?,
            answered: row.count()?,
            failed: row.count()?,
        })
    }
}
