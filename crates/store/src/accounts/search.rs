//! Looking through the accounts, page by page.

use super::{Account, sought};
use crate::database::{Row, params};
use crate::statements::statements;
use crate::{InEnvironment, Store, StoreError};

statements! {
    /// What is counted is counted for the rows of the page alone.
    SELECT_FOUND = "select a.id, a.name, a.created_at, a.suspended_at, (select count(*) from credentials c where c.account_id = a.id), \
        (select count(*) from present_people p where p.account_id = a.id and p.environment = $1 and p.role <> 'operator') \
        from (select * from accounts where (cast($2 as text) is null or lower(name) like $2 escape '!' or id = $3) \
        and (cast($4 as text) is null or name > $4) order by name limit $5) a order by a.name";
    COUNT = "select count(*) from accounts";
}

/// An account and how many people it has in an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundAccount {
    /// The account.
    pub account: Account,
    /// Its people in the environment that was asked.
    pub people: u64,
}

impl InEnvironment<'_> {
    /// With the text in the name, or as the whole id; by name, at most `limit` after the name given.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn search_accounts(
        &self,
        text: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<FoundAccount>, StoreError> {
        let (pattern, text) = sought(text);
        let params = params![self.environment, pattern, &text, after, limit];
        let rows = self.store.database.query(SELECT_FOUND, params).await?;
        rows.into_iter().map(FoundAccount::read).collect()
    }
}

impl Store {
    /// How many accounts there are.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn count_accounts(&self) -> Result<u64, StoreError> {
        let rows = self.database.query(COUNT, &[]).await?;
        rows.into_iter().next().map_or(Ok(0), |mut row| row.count())
    }
}

impl FoundAccount {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            account: Account::read(&mut row)?,
            people: row.count()?,
        })
    }
}
