//! Looking through an account's people, page by page. The platform's own staff are none of them.

use super::{Person, person_columns};
use crate::database::params;
use crate::search::like;
use crate::statements::statements;
use crate::{InEnvironment, StoreError};

macro_rules! customers_people {
    ($what:expr) => {
        concat!("select ", $what, " from present_people p left join accounts a on a.id = p.account_id where p.environment = $1 and p.role <> 'operator' ")
    };
}

// Of one account and of all in statements of their own: see the search for credentials.
statements! {
    SELECT_OF_ALL = concat!(customers_people!(person_columns!()),
        "and (cast($2 as text) is null or p.canonical_username like $2 escape '!') \
        and (cast($3 as text) is null or p.canonical_username > $3) order by p.canonical_username limit $4");
    SELECT_OF_ACCOUNT = concat!(customers_people!(person_columns!()),
        "and p.account_id = $2 and (cast($3 as text) is null or p.canonical_username like $3 escape '!') \
        and (cast($4 as text) is null or p.canonical_username > $4) order by p.canonical_username limit $5");
    COUNT = "select count(*) from present_people where environment = $1 and role <> 'operator'";
    COUNT_OF_ACCOUNT = "select count(*) from present_people where environment = $1 and role <> 'operator' and account_id = $2";
}

impl InEnvironment<'_> {
    /// Of one account (by id) or of all, with the text in the name's canonical form, at most `limit` after the canonical name given.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn search_people(
        &self,
        account_id: Option<&str>,
        text: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Person>, StoreError> {
        let text: String = text.chars().filter(|c| *c != '\0').collect();
        let pattern = (!text.is_empty()).then(|| like(&text));
        let database = &self.store.database;
        let found = match account_id {
            None => {
                let params = params![self.environment, pattern, after, limit];
                database.query(SELECT_OF_ALL, params).await?
            }
            Some(account) => {
                let params = params![self.environment, account, pattern, after, limit];
                database.query(SELECT_OF_ACCOUNT, params).await?
            }
        };
        found
            .into_iter()
            .map(|mut row| Person::read(&mut row))
            .collect()
    }

    /// How many people one account (by id) or all of them have here.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn count_people(&self, account_id: Option<&str>) -> Result<u64, StoreError> {
        let database = &self.store.database;
        let rows = match account_id {
            None => database.query(COUNT, params![self.environment]).await?,
            Some(account) => {
                let params = params![self.environment, account];
                database.query(COUNT_OF_ACCOUNT, params).await?
            }
        };
        rows.into_iter().next().map_or(Ok(0), |mut row| row.count())
    }
}
