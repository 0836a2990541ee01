//! What is here before a run: what it would meet, and what came before.

use std::collections::HashMap;

use crate::database::Row;
use crate::statements::statements;
use crate::{InEnvironment, StoreError};

statements! {
    SELECT_CREDENTIALS = "select client_id, uuid, account_id from credentials where environment = $1";
    SELECT_CLIENTS = "select client_id, credential_uuid from imported_clients where environment = $1";
    SELECT_MARKS = "select client_id, mark from imported_secrets where environment = $1";
    SELECT_ACCOUNTS = "select name, id from accounts";
}

/// What is here.
#[derive(Clone, Debug, Default)]
pub struct ImportKnown {
    /// UUID and account of each credential, by client id.
    pub credentials: HashMap<String, (String, String)>,
    /// The UUID under which each client id came, whether the credential is still there or not.
    pub imported: HashMap<String, String>,
    /// The marks of the secrets that came, by client id.
    pub marks: HashMap<String, Vec<String>>,
    /// Ids of all accounts, by name.
    pub accounts: HashMap<String, String>,
}

impl InEnvironment<'_> {
    /// What an import would meet. Looks at every credential.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn known_to_imports(&self) -> Result<ImportKnown, StoreError> {
        let mut known = ImportKnown::default();
        for mut row in self.rows(SELECT_CREDENTIALS).await? {
            let client_id = row.text()?;
            known
                .credentials
                .insert(client_id, (row.text()?, row.text()?));
        }
        for mut row in self.rows(SELECT_CLIENTS).await? {
            known.imported.insert(row.text()?, row.text()?);
        }
        for mut row in self.rows(SELECT_MARKS).await? {
            known
                .marks
                .entry(row.text()?)
                .or_default()
                .push(row.text()?);
        }
        for mut row in self
            .store
            .database
            .scan(SELECT_ACCOUNTS, Vec::new())
            .await?
        {
            known.accounts.insert(row.text()?, row.text()?);
        }
        Ok(known)
    }

    async fn rows(&self, sql: &'static str) -> Result<Vec<Row>, StoreError> {
        let environment = self.environment.as_str().to_owned();
        self.store
            .database
            .scan(sql, vec![environment.into()])
            .await
    }
}
