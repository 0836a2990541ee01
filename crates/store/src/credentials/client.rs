//! Reading clients: a credential, its account's state and its secrets in one statement, so in one moment.

use crate::database::{Database, Row, Transaction, Value};
use crate::statements::statements;
use crate::{Budget, Credential, EnvironmentName, Secret, SecretScheme, StoreError};

use super::Client;

/// The columns that [`read`] reads, in its order.
macro_rules! client_from {
    ($credentials:expr) => {
        concat!(
            "select c.environment, c.uuid, c.client_id, c.account_id, a.name, c.name, c.description, c.version, c.scopes, c.grant_types, c.redirect_uris, \
             c.is_public, c.is_resource_server, c.pkce_exempt, c.created_at, c.updated_at, c.disabled_at, case when c.disabled_at is null or c.disabled_by_refresh is null then cast(0 as bigint) else cast(1 as bigint) end, c.tokens_revoked_at, c.requests_per_second, c.requests_per_day, a.suspended_at, \
             s.id, s.scheme, s.hash, s.master_key_id, s.hint, s.created_at, s.expires_at, s.last_used_at, s.last_used_address \
             from ",
            $credentials,
            " c join accounts a on a.id = c.account_id left join secrets s on s.credential_uuid = c.uuid "
        )
    };
}

pub(super) use client_from;

statements! {
    pub(crate) SELECT_BY_CLIENT_ID = concat!(client_from!("credentials"),
        "where c.client_id = $1 and c.environment = $2 order by s.created_at desc, s.id desc");
    pub(crate) SELECT_BY_UUID = concat!(client_from!("credentials"),
        "where c.uuid = $1 and c.environment = $2 order by s.created_at desc, s.id desc");
    pub(crate) SELECT_ANYWHERE_BY_UUID = concat!(client_from!("credentials"),
        "where c.uuid = $1 order by s.created_at desc, s.id desc");
    pub(crate) SELECT_ANYWHERE_BY_CLIENT_ID = concat!(client_from!("credentials"),
        "where c.client_id = $1 order by c.environment, s.created_at desc, s.id desc");
    pub(crate) SELECT_LIST = concat!(client_from!("(select * from credentials where environment = $1 \
        and (cast($2 as text) is null or account_id in (select id from accounts where id = $2 or name = $2)) \
        and (cast($3 as text) is null or (name, uuid) > ($3, $4)) order by name, uuid limit $5)"),
        "order by c.name, c.uuid, s.created_at desc, s.id desc");
}

/// Clients with the environment each belongs to.
pub(super) async fn select(
    database: &Database,
    sql: &str,
    params: &[Value<'_>],
) -> Result<Vec<(EnvironmentName, Client)>, StoreError> {
    read(database.query(sql, params).await?)
}

/// One client, as the transaction sees it.
pub(crate) async fn find(
    tx: &Transaction<'_>,
    uuid: &str,
    environment: &EnvironmentName,
) -> Result<Option<Client>, StoreError> {
    let clients = read(
        tx.query(SELECT_BY_UUID, crate::database::params![uuid, environment])
            .await?,
    )?;
    Ok(clients.into_iter().next().map(|(_, client)| client))
}

/// Puts the rows of one credential, one for each of its secrets, together again.
fn read(rows: Vec<Row>) -> Result<Vec<(EnvironmentName, Client)>, StoreError> {
    let mut clients: Vec<(EnvironmentName, Client)> = Vec::new();
    for mut row in rows {
        let environment = EnvironmentName::new(&row.text()?);
        let credential = Credential {
            uuid: row.text()?,
            client_id: row.text()?,
            account_id: row.text()?,
            account_name: row.text()?,
            name: row.text()?,
            description: row.text()?,
            version: row.optional_text()?,
            scopes: row.list()?,
            grant_types: row.list()?,
            redirect_uris: row.list()?,
            public: row.flag()?,
            resource_server: row.flag()?,
            pkce_exempt: row.flag()?,
            created_at: row.integer()?,
            updated_at: row.integer()?,
            disabled_at: row.optional_integer()?,
            disabled_by_refresh: row.flag()?,
            tokens_revoked_at: row.optional_integer()?,
            budget: Budget {
                requests_per_second: row.optional_count()?,
                requests_per_day: row.optional_count()?,
            },
        };
        let account_suspended_at = row.optional_integer()?;
        let secret = secret(row)?;
        match clients.last_mut() {
            Some((_, client)) if client.credential.uuid == credential.uuid => {
                client.secrets.extend(secret)
            }
            _ => clients.push((
                environment,
                Client {
                    credential,
                    account_suspended_at,
                    secrets: secret.into_iter().collect(),
                },
            )),
        }
    }
    Ok(clients)
}

/// The rest of a row: None for a credential without a secret.
fn secret(mut row: Row) -> Result<Option<Secret>, StoreError> {
    let Some(id) = row.optional_text()? else {
        return Ok(None);
    };
    let secret = Secret {
        id,
        scheme: SecretScheme::from_column(&row.text()?)?,
        hash: row.blob()?,
        master_key_id: row.text()?,
        hint: row.text()?,
        created_at: row.integer()?,
        expires_at: row.optional_integer()?,
        last_used_at: row.optional_integer()?,
        last_used_address: row.optional_text()?,
    };
    // An empty hash would be matched by an empty answer somewhere, some day.
    if secret.hash.is_empty() {
        return Err(StoreError::Corrupt("a secret's hash is empty".into()));
    }
    Ok(Some(secret))
}
