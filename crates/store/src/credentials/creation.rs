//! Making a credential: the account if it is new, the credential, its first secret and the audit row, or nothing.

use super::finish;
use crate::database::{Row, Transaction, list_text, params};
use crate::statements::statements;
use crate::{
    AuditEvent, Credential, EnvironmentName, InEnvironment, Millis, NewSecret, Refused, StoreError,
};

statements! {
    INSERT_ACCOUNT = "insert into accounts (id, name, created_at) values ($1, $2, $3) on conflict (name) do nothing";
    INSERT_CUSTOMER = "insert into account_environments (environment, account_id, since) values ($1, $2, $3) on conflict do nothing";
    SELECT_ACCOUNT_ID = "select id from accounts where name = $1";
    INSERT_CREDENTIAL = "insert into credentials (uuid, environment, client_id, account_id, name, description, version, scopes, grant_types, redirect_uris, \
        is_public, is_resource_server, pkce_exempt, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14) on conflict do nothing";
}

/// A credential to be made.
#[derive(Clone, Debug)]
pub struct NewCredential {
    /// The UUID, unique over all environments.
    pub uuid: String,
    /// Unique over the environment.
    pub client_id: String,
    /// Made if it is new.
    pub account_name: String,
    /// The id the account gets if it is new.
    pub new_account_id: String,
    /// What its owner calls it.
    pub name: String,
    /// What its owner says it is for.
    pub description: String,
    /// The version of the API it is made for, if the platform has versions.
    pub version: Option<String>,
    /// Scope values as they stand in tokens.
    pub scopes: Vec<String>,
    /// The grants it may use.
    pub grant_types: Vec<String>,
    /// Registered redirection endpoints.
    pub redirect_uris: Vec<String>,
    /// A public client has no secret.
    pub public: bool,
    /// May introspect tokens of every client of the environment.
    pub resource_server: bool,
    /// Whether its authorization requests may do without PKCE (RFC 9700 §2.1.1: confidential clients only).
    pub pkce_exempt: bool,
    /// Now.
    pub created_at: Millis,
    /// None for a public client.
    pub secret: Option<NewSecret>,
}

impl InEnvironment<'_> {
    /// Makes a credential (and its account, if new) with its first secret. `Refused::Exists` when the client id is taken.
    ///
    /// # Errors
    /// `Refused::Conflict` when the secret names a master key that is not registered or retired.
    pub async fn create_credential(
        &self,
        new: NewCredential,
        audit: AuditEvent,
    ) -> Result<Credential, StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .transaction(move |tx| Box::pin(create(tx, environment, new, audit)))
            .await
    }
}

/// The id of the account of a name, which from now on is a customer of the environment; it is made if it is new.
pub(crate) async fn account_of(
    tx: &Transaction<'_>,
    environment: &EnvironmentName,
    name: &str,
    new_id: &str,
    now: Millis,
) -> Result<String, StoreError> {
    tx.execute(INSERT_ACCOUNT, params![new_id, name, now])
        .await?;
    let account = tx
        .first(SELECT_ACCOUNT_ID, params![name])
        .await?
        .as_mut()
        .map(Row::text)
        .transpose()?;
    let account = account
        .ok_or_else(|| StoreError::Corrupt("an account vanished while it was made".into()))?;
    tx.execute(INSERT_CUSTOMER, params![environment, &account, now])
        .await?;
    Ok(account)
}

async fn create(
    tx: &Transaction<'_>,
    environment: EnvironmentName,
    new: NewCredential,
    audit: AuditEvent,
) -> Result<Credential, StoreError> {
    storable(
        [
            &new.uuid,
            &new.client_id,
            &new.account_name,
            &new.name,
            &new.description,
        ]
        .into_iter()
        .chain(&new.version),
    )?;
    // Nobody remembers what is not there yet.
    tx.hold_changes().await?;
    let account = account_of(
        tx,
        &environment,
        &new.account_name,
        &new.new_account_id,
        new.created_at,
    )
    .await?;
    let inserted = tx
        .execute(
            INSERT_CREDENTIAL,
            params![
                &new.uuid,
                &environment,
                &new.client_id,
                &account,
                &new.name,
                &new.description,
                &new.version,
                list_text(&new.scopes),
                list_text(&new.grant_types),
                list_text(&new.redirect_uris),
                new.public,
                new.resource_server,
                new.pkce_exempt,
                new.created_at,
            ],
        )
        .await?;
    if inserted == 0 {
        return Err(Refused::Exists("client id").into());
    }
    if let Some(secret) = &new.secret {
        tx.add_secret(&new.uuid, secret).await?;
    }
    finish(tx, &environment, &new.uuid, Some(audit)).await
}

/// PostgreSQL's text cannot hold a NUL character, so neither database takes one.
pub(super) fn storable<'t>(texts: impl IntoIterator<Item = &'t String>) -> Result<(), StoreError> {
    match texts.into_iter().any(|text| text.contains('\0')) {
        true => Err(Refused::Conflict("a text must not hold a NUL character").into()),
        false => Ok(()),
    }
}
