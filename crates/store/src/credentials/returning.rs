//! What somebody needs who returns to another server: every credential with its live secrets, and what of them came from there.

use std::collections::HashSet;

use crate::database::Row;
use crate::secrets::way_back::{self, WayBack};
use crate::statements::statements;
use crate::{InEnvironment, Millis, StoreError};

statements! {
    SELECT = "select c.uuid, c.client_id, c.name, c.description, c.scopes, c.grant_types, c.redirect_uris, c.is_public, c.created_at, \
        cast(case when c.disabled_at is not null or a.suspended_at is not null then 1 else 0 end as bigint), \
        cast(case when i.client_id is not null then 1 else 0 end as bigint), \
        s.id, s.created_at, s.expires_at, w.server, w.sealed, w.master_key_id \
        from credentials c join accounts a on a.id = c.account_id left join secrets s on s.credential_uuid = c.uuid \
        left join ways_back w on w.secret_id = s.id \
        left join imported_clients i on i.environment = c.environment and i.client_id = c.client_id and i.credential_uuid = c.uuid \
        where c.environment = $1 order by c.created_at, c.uuid, s.created_at desc, s.id desc";
    SELECT_CAME = "select client_id, imported_at from imported_secrets where environment = $1";
    SELECT_DELETED = "select client_id from imported_clients where environment = $1 \
        and not exists (select 1 from credentials c where c.uuid = imported_clients.credential_uuid) order by client_id";
}

/// A credential on its way back.
#[derive(Clone, Debug)]
pub struct ReturningCredential {
    /// Its UUID.
    pub uuid: String,
    /// Its client id.
    pub client_id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Scope values.
    pub scopes: Vec<String>,
    /// The grants it may use.
    pub grant_types: Vec<String>,
    /// Registered redirection endpoints.
    pub redirect_uris: Vec<String>,
    /// It has no secret.
    pub public: bool,
    /// When it was made here, or came.
    pub created_at: Millis,
    /// It is switched off, or its account is suspended.
    pub disabled: bool,
    /// It came from another server.
    pub came: bool,
    /// Its secrets, the newest first.
    pub secrets: Vec<ReturningSecret>,
}

/// One of its secrets.
#[derive(Clone, Debug)]
pub struct ReturningSecret {
    /// When it was made here, or came.
    pub created_at: Millis,
    /// From when it is refused.
    pub expires_at: Option<Millis>,
    /// It came from another server.
    pub came: bool,
    /// As the server that somebody may return to would keep it, where that was asked for when it was made.
    pub way_back: Option<WayBack>,
}

/// Everything that may go back.
#[derive(Clone, Debug, Default)]
pub struct Returning {
    /// Every credential of the environment, the oldest first.
    pub credentials: Vec<ReturningCredential>,
    /// Client ids that came from another server and were deleted here since.
    pub deleted: Vec<String>,
}

impl InEnvironment<'_> {
    /// Reads it. Looks at every credential.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn returning(&self) -> Result<Returning, StoreError> {
        let mut came = HashSet::new();
        for mut row in self.all(SELECT_CAME).await? {
            came.insert((row.text()?, row.integer()?));
        }
        let mut returning = Returning::default();
        for row in self.all(SELECT).await? {
            let (credential, secret) = read(row)?;
            let same = returning
                .credentials
                .last()
                .is_some_and(|last| last.uuid == credential.uuid);
            if !same {
                returning.credentials.push(credential);
            }
            if let (Some(last), Some(mut secret)) = (returning.credentials.last_mut(), secret) {
                // Whatever came in one run has the run's time, and keeps it when its hash is made anew.
                secret.came = came.contains(&(last.client_id.clone(), secret.created_at));
                last.secrets.push(secret);
            }
        }
        for mut row in self.all(SELECT_DELETED).await? {
            returning.deleted.push(row.text()?);
        }
        Ok(returning)
    }

    async fn all(&self, sql: &'static str) -> Result<Vec<Row>, StoreError> {
        let environment = self.environment.as_str().to_owned();
        self.store
            .database
            .scan(sql, vec![environment.into()])
            .await
    }
}

fn read(mut row: Row) -> Result<(ReturningCredential, Option<ReturningSecret>), StoreError> {
    let credential = ReturningCredential {
        uuid: row.text()?,
        client_id: row.text()?,
        name: row.text()?,
        description: row.text()?,
        scopes: row.list()?,
        grant_types: row.list()?,
        redirect_uris: row.list()?,
        public: row.flag()?,
        created_at: row.integer()?,
        disabled: row.flag()?,
        came: row.flag()?,
        secrets: Vec::new(),
    };
    if row.optional_text()?.is_none() {
        return Ok((credential, None));
    }
    let secret = ReturningSecret {
        created_at: row.integer()?,
        expires_at: row.optional_integer()?,
        came: false,
        way_back: way_back::of_row(
            row.optional_text()?,
            row.optional_blob()?,
            row.optional_text()?,
        ),
    };
    Ok((credential, Some(secret)))
}
