//! Looking through an account's credentials, page by page.

use super::Client;
use super::client::{self, client_from};
use crate::database::{Value, params};
use crate::search::like;
use crate::statements::statements;
use crate::{InEnvironment, StoreError};

/// With the text in name or description, or as the whole client id or UUID.
macro_rules! found_by {
    ($of:literal, $pattern:literal, $text:literal, $after:literal, $limit:literal) => {
        concat!(
            "(select * from credentials where environment = $1 ",
            $of,
            "and (cast(",
            $pattern,
            " as text) is null or lower(name) like ",
            $pattern,
            " escape '!' or lower(description) like ",
            $pattern,
            " escape '!' \
             or client_id = ",
            $text,
            " or uuid = ",
            $text,
            ") ",
            $after,
            " limit ",
            $limit,
            ")"
        )
    };
}

// Of one account and of all in statements of their own: a condition that may be absent keeps both databases from the index,
// and one account's page would cost as much as all accounts have.
macro_rules! of_account {
    ($after:literal) => {
        found_by!("and account_id = $2 ", "$3", "$4", $after, "$7")
    };
}
macro_rules! of_all {
    ($after:literal) => {
        found_by!("", "$2", "$3", $after, "$6")
    };
}

statements! {
    SELECT_BY_NAME = concat!(client_from!(of_all!("and (cast($4 as text) is null or (name, uuid) > ($4, $5)) order by name, uuid")),
        "order by c.name, c.uuid, s.created_at desc, s.id desc");
    SELECT_OF_ACCOUNT_BY_NAME = concat!(client_from!(of_account!("and (cast($5 as text) is null or (name, uuid) > ($5, $6)) order by name, uuid")),
        "order by c.name, c.uuid, s.created_at desc, s.id desc");
    SELECT_NEWEST = concat!(client_from!(of_all!("and (cast($4 as text) is null or uuid < $5) order by uuid desc")),
        "order by c.uuid desc, s.created_at desc, s.id desc");
    SELECT_NEWEST_OF_ACCOUNT = concat!(client_from!(of_account!("and (cast($5 as text) is null or uuid < $6) order by uuid desc")),
        "order by c.uuid desc, s.created_at desc, s.id desc");
    COUNT = "select count(*) from credentials where environment = $1";
    COUNT_OF_ACCOUNT = "select count(*) from credentials where environment = $1 and account_id = $2";
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
        let sql = match (order, account_id) {
            (CredentialOrder::Name, None) => SELECT_BY_NAME,
            (CredentialOrder::Name, Some(_)) => SELECT_OF_ACCOUNT_BY_NAME,
            (CredentialOrder::Newest, None) => SELECT_NEWEST,
            (CredentialOrder::Newest, Some(_)) => SELECT_NEWEST_OF_ACCOUNT,
        };
        let mut params = vec![self.environment.into()];
        params.extend(account_id.map(Value::from));
        params.extend([
            pattern.into(),
            Value::from(&text),
            name.into(),
            uuid.into(),
            limit.into(),
        ]);
        let clients = client::select(&self.store.database, sql, &params).await?;
        Ok(clients.into_iter().map(|(_, client)| client).collect())
    }

    /// How many there are of one account (by id) or of all.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn count_credentials(&self, account_id: Option<&str>) -> Result<u64, StoreError> {
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
