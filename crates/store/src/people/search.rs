//! Looking through an account's people, page by page. The platform's own staff are none of them.

use super::{Person, person_columns};
use crate::database::params;
use crate::search::like;
use crate::statements::statements;
use crate::{InEnvironment, StoreError};

statements! {
    SELECT_FOUND = concat!("select ", person_columns!(), " from present_people p left join accounts a on a.id = p.account_id \
        where p.environment = $1 and p.role <> 'operator' and (cast($2 as text) is null or p.account_id = $2) \
        and (cast($3 as text) is null or p.canonical_username like $3 escape '!') \
        and (cast($4 as text) is null or p.canonical_username > $4) order by p.canonical_username limit $5");
    COUNT = "select count(*) from present_people where environment = $1 and role <> 'operator' and (cast($2 as text) is null or account_id = $2)";
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
        self.store
            .database
            .query(
                SELECT_FOUND,
                params![self.environment, account_id, pattern, after, limit],
            )
            .await?
            .into_iter()
            .map(|mut row| Person::read(&mut row))
            .collect()
    }

    /// How many people one account (by id) or all of them have here.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn count_people(&self, account_id: Option<&str>) -> Result<u64, StoreError> {
        let rows = self
            .store
            .database
            .query(COUNT, params![self.environment, account_id])
            .await?;
        rows.into_iter().next().map_or(Ok(0), |mut row| row.count())
    }
}
