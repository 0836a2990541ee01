//! Looking through an account's credentials, page by page.

use super::Client;
use super::client::{self, client_from};
use crate::database::params;
use crate::search::like;
use crate::statements::statements;
use crate::{InEnvironment, StoreError};

/// Of one account or of all, with the text in name or description, or as the whole client id or UUID.
macro_rules! found_by {
    ($after:literal) => {
        concat!(
            "(select * from credentials where environment = $1 and (cast($2 as text) is null or account_id = $2) \
             and (cast($3 as text) is null or lower(name) like $3 escape '!' or lower(description) like $3 escape '!' \
             or client_id = $4 or uuid = $4) ",
            $after,
            " limit $7)"
        )
    };
}

statements! {
    SELECT_BY_NAME = concat!(client_from!(found_by!("and (cast($5 as text) is null or (name, uuid) > ($5, $6)) order by name, uuid")),
        "order by c.name, c.uuid, s.created_at desc, s.id desc");
    SELECT_NEWEST = concat!(client_from!(found_by!("and (cast($5 as text) is null or uuid < $6) order by uuid desc")),
        "order by c.uuid desc, s.created_at desc, s.id desc");
    COUNT = "select count(*) from credentials where environment = $1 and (cast($2 as text) is null or account_id = $2)";
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CredentialOrder {
    /// By name.
    #[default]
    Name,
    /// The newest first: their UUIDs hold the time.
    Newest,
}

impl InEnvironment<'_> {
    /// Of one account (by id) or of all, at most `limit` after the cursor (the last row's `(name, uuid)`).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn search_credentials(
        &self,
        account_id: Option<&str>,
        text: &str,
        order: CredentialOrder,
        after: Option<(&str, &str)>,
        limit: u32,
    ) -> Result<Vec<Client>, StoreError> {
        let text: String = text.trim().chars().filter(|c| *c != '\0').collect();
        let pattern = (!text.is_empty()).then(|| like(&text.to_lowercase()));
        let (name, uuid) = after.unzip();
        let sql = match order {
            CredentialOrder::Name => SELECT_BY_NAME,
            CredentialOrder::Newest => SELECT_NEWEST,
        };
        let clients = client::select(
            &self.store.database,
            sql,
            params![
                self.environment,
                account_id,
                pattern,
                &text,
                name,
                uuid,
                limit
            ],
        )
        .await?;
        Ok(clients.into_iter().map(|(_, client)| client).collect())
    }

    /// How many there are of one account (by id) or of all.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn count_credentials(&self, account_id: Option<&str>) -> Result<u64, StoreError> {
        let rows = self
            .store
            .database
            .query(COUNT, params![self.environment, account_id])
            .await?;
        rows.into_iter().next().map_or(Ok(0), |mut row| row.count())
    }
}
