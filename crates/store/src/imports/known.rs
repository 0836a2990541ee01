//! What is here before a run: what it would meet, and what came before.

use std::collections::{HashMap, HashSet};

use crate::database::Row;
use crate::statements::statements;
use crate::{InEnvironment, StoreError, TokenId};

statements! {
    SELECT_CREDENTIALS = "select client_id, uuid, account_id, scopes from credentials where environment = $1";
    SELECT_CLIENTS = "select client_id, credential_uuid from imported_clients where environment = $1";
    SELECT_MARKS = "select client_id, mark from imported_secrets where environment = $1";
    SELECT_ACCOUNTS = "select name, id from accounts";
    SELECT_TOKENS = "select id from imported_tokens where environment = $1";
    SELECT_PEOPLE = "select p.canonical_username, p.id, p.account_id from present_people p left join accounts a on a.id = p.account_id \
        where p.environment = $1 and p.disabled_at is null and a.suspended_at is null";
}

/// What is here.
#[derive(Clone, Debug, Default)]
pub struct ImportKnown {
    /// Each credential, by client id.
    pub credentials: HashMap<String, KnownCredential>,
    /// The UUID under which each client id came, whether the credential is still there or not.
    pub imported: HashMap<String, String>,
    /// The marks of the secrets that came, by client id.
    pub marks: HashMap<String, Vec<String>>,
    /// Ids of all accounts, by name.
    pub accounts: HashMap<String, String>,
    /// The ids of the tokens that came.
    pub tokens: HashSet<TokenId>,
    /// Who signs in here, by the one form of their name; only where [`InEnvironment::people_known_to_imports`] was asked.
    pub people: HashMap<String, KnownPerson>,
}

/// A credential that is here.
#[derive(Clone, Debug)]
pub struct KnownCredential {
    /// Its UUID.
    pub uuid: String,
    /// Its account.
    pub account_id: String,
    /// What it may do.
    pub scopes: Vec<String>,
}

/// A person who may sign in.
#[derive(Clone, Debug)]
pub struct KnownPerson {
    /// Id.
    pub id: String,
    /// Their account; staff has none.
    pub account_id: Option<String>,
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
            let credential = KnownCredential {
                uuid: row.text()?,
                account_id: row.text()?,
                scopes: row.list()?,
            };
            known.credentials.insert(client_id, credential);
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
        for mut row in self.rows(SELECT_TOKENS).await? {
            known.tokens.insert(TokenId(row.bytes()?));
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

    /// Who may sign in, by the one form of their name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn people_known_to_imports(
        &self,
    ) -> Result<HashMap<String, KnownPerson>, StoreError> {
        let mut people = HashMap::new();
        for mut row in self.rows(SELECT_PEOPLE).await? {
            let name = row.text()?;
            let person = KnownPerson {
                id: row.text()?,
                account_id: row.optional_text()?,
            };
            people.insert(name, person);
        }
        Ok(people)
    }

    async fn rows(&self, sql: &'static str) -> Result<Vec<Row>, StoreError> {
        let environment = self.environment.as_str().to_owned();
        self.store
            .database
            .scan(sql, vec![environment.into()])
            .await
    }
}
