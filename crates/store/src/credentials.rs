//! Credentials: a client with its UUID, client id, name and permissions.

pub(crate) mod client;
pub(crate) mod creation;
pub(crate) mod returning;
pub(crate) mod search;

use crate::access_tokens::COUNT_LIVE_OF_CREDENTIAL;
use crate::database::{Transaction, params};
use crate::statements::statements;
use crate::{
    AuditEvent, Budget, Change, EnvironmentName, InEnvironment, Millis, Refused, Secret, Store,
    StoreError, budgets, credential_uses, request_records,
};

statements! {
    UPDATE_TEXTS = "update credentials set name = coalesce($1, name), description = coalesce($2, description), updated_at = $3 \
        where uuid = $4 and environment = $5";
    DISABLE = "update credentials set disabled_at = $1, updated_at = $1 where uuid = $2 and environment = $3 and disabled_at is null";
    ENABLE = "update credentials set disabled_at = null, disabled_by_refresh = null, updated_at = $1 where uuid = $2 and environment = $3 and disabled_at is not null";
    DELETE_SECRETS = "delete from secrets where credential_uuid = $1";
    DELETE_CONSENTS = "delete from consents where credential_uuid = $1";
    DELETE_CODES = "delete from authorization_codes where credential_uuid = $1";
    END_FAMILIES = "update token_families set revoked_at = $1, revoked_reason = 'credential_deleted' where credential_uuid = $2 and revoked_at is null";
    DELETE_CREDENTIAL = "delete from credentials where uuid = $1 and environment = $2";
    /// Never backwards: a moment that was acknowledged holds for ever.
    REVOKE_TOKENS = "update credentials set tokens_revoked_at = case when tokens_revoked_at > $1 then tokens_revoked_at else $1 end \
        where uuid = $2 and environment = $3";
}

/// A credential as it is listed; never its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The UUID for talking to support (text, lower case, hyphens).
    pub uuid: String,
    /// `client_id` of RFC 6749 §2.2, unique over the environment.
    pub client_id: String,
    /// The account it belongs to.
    pub account_id: String,
    /// That account's name.
    pub account_name: String,
    /// What its owner calls it.
    pub name: String,
    /// What its owner says it is for.
    pub description: String,
    /// The version of the API it was made for, if the platform has versions.
    pub version: Option<String>,
    /// Scope values as they stand in tokens: `shifts.read`, `api1`.
    pub scopes: Vec<String>,
    /// `client_credentials`, `authorization_code`, …
    pub grant_types: Vec<String>,
    /// Registered redirection endpoints (RFC 6749 §3.1.2.2).
    pub redirect_uris: Vec<String>,
    /// A public client has no secret (RFC 6749 §2.1).
    pub public: bool,
    /// May introspect tokens of every client of the environment, as a resource server does.
    pub resource_server: bool,
    /// Whether its authorization requests may do without PKCE.
    pub pkce_exempt: bool,
    /// When it was made.
    pub created_at: Millis,
    /// When its name, description or state last changed.
    pub updated_at: Millis,
    /// Set while it is disabled.
    pub disabled_at: Option<Millis>,
    /// Whether a refresh of the environment disabled it, because its account was not among those that came over.
    pub disabled_by_refresh: bool,
    /// Tokens issued at or before this moment are dead.
    pub tokens_revoked_at: Option<Millis>,
    /// How much it may ask for, where that differs from its environment's.
    pub budget: Budget,
}

/// All that authenticating a client and judging its tokens needs, in one read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The credential.
    pub credential: Credential,
    /// Set while its account is suspended.
    pub account_suspended_at: Option<Millis>,
    /// Every secret that is neither revoked nor (at the time of reading) swept away, newest first. Whether one has expired is for the reader to judge.
    pub secrets: Vec<Secret>,
}

impl InEnvironment<'_> {
    /// By client id, for the token endpoint.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_client(&self, client_id: &str) -> Result<Option<Client>, StoreError> {
        self.find(client::SELECT_BY_CLIENT_ID, client_id).await
    }

    /// By UUID, for judging a token that names its credential.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn find_client_by_uuid(&self, uuid: &str) -> Result<Option<Client>, StoreError> {
        self.find(client::SELECT_BY_UUID, uuid).await
    }

    async fn find(&self, sql: &str, id: &str) -> Result<Option<Client>, StoreError> {
        // No row can hold it, and PostgreSQL refuses to be asked.
        if id.contains('\0') {
            return Ok(None);
        }
        let clients =
            client::select(&self.store.database, sql, params![id, self.environment]).await?;
        Ok(clients.into_iter().next().map(|(_, client)| client))
    }

    /// All of the environment (or of one account, by id or name), by name, at most `limit` after the cursor (the last row's `(name, uuid)`).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn list_credentials(
        &self,
        account: Option<&str>,
        after: Option<(&str, &str)>,
        limit: u32,
    ) -> Result<Vec<Client>, StoreError> {
        let (name, uuid) = after.unzip();
        let clients = client::select(
            &self.store.database,
            client::SELECT_LIST,
            params![self.environment, account, name, uuid, limit],
        )
        .await?;
        Ok(clients.into_iter().map(|(_, client)| client).collect())
    }

    /// Only the name and the description can be changed.
    ///
    /// # Errors
    /// `Refused::NotFound` when there is no such credential in this environment.
    pub async fn update_credential(
        &self,
        uuid: &str,
        name: Option<&str>,
        description: Option<&str>,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<Credential, StoreError> {
        let (environment, uuid) = (self.environment.clone(), uuid.to_owned());
        let (name, description) = (name.map(str::to_owned), description.map(str::to_owned));
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    creation::storable(name.iter().chain(&description))?;
                    tx.change(&Change::Credential(uuid.clone())).await?;
                    tx.execute(
                        UPDATE_TEXTS,
                        params![&name, &description, now, &uuid, &environment],
                    )
                    .await?;
                    finish(tx, &environment, &uuid, Some(audit)).await
                })
            })
            .await
    }

    /// Refuses its secrets and its tokens until enabled again. Nothing is changed, and no audit row written, when it is disabled already.
    ///
    /// # Errors
    /// `Refused::NotFound` when there is no such credential in this environment.
    pub async fn disable_credential(
        &self,
        uuid: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<Credential, StoreError> {
        self.switch(DISABLE, uuid, now, audit).await
    }

    /// Undoes [`InEnvironment::disable_credential`]: tokens that have not expired meanwhile are good again.
    ///
    /// # Errors
    /// `Refused::NotFound` when there is no such credential in this environment.
    pub async fn enable_credential(
        &self,
        uuid: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<Credential, StoreError> {
        self.switch(ENABLE, uuid, now, audit).await
    }

    async fn switch(
        &self,
        sql: &'static str,
        uuid: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<Credential, StoreError> {
        let (environment, uuid) = (self.environment.clone(), uuid.to_owned());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.change(&Change::Credential(uuid.clone())).await?;
                    let changed = tx.execute(sql, params![now, &uuid, &environment]).await? > 0;
                    finish(tx, &environment, &uuid, changed.then_some(audit)).await
                })
            })
            .await
    }

    /// Removes it with its secrets; its tokens are dead at once because nothing they name exists. Answers the number of live tokens that died.
    ///
    /// # Errors
    /// `Refused::NotFound` when there is no such credential in this environment.
    pub async fn delete_credential(
        &self,
        uuid: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<u64, StoreError> {
        let live = self.count_for_report(uuid, now).await;
        let (environment, uuid) = (self.environment.clone(), uuid.to_owned());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.change(&Change::Credential(uuid.clone())).await?;
                    // With its audit row first, while the account is still known.
                    finish(tx, &environment, &uuid, Some(audit)).await?;
                    tx.execute(END_FAMILIES, params![now, &uuid]).await?;
                    for sql in [DELETE_CODES, DELETE_CONSENTS, DELETE_SECRETS] {
                        tx.execute(sql, params![&uuid]).await?;
                    }
                    for sql in [
                        credential_uses::DELETE_OF_CREDENTIAL,
                        budgets::DELETE_OF_CREDENTIAL,
                        request_records::DELETE_OF_CREDENTIAL,
                    ] {
                        tx.execute(sql, params![&uuid]).await?;
                    }
                    tx.execute(DELETE_CREDENTIAL, params![&uuid, &environment])
                        .await?;
                    Ok(live)
                })
            })
            .await
    }

    /// Every token issued at or before `now` is dead. Answers how many live (opaque) ones that were.
    ///
    /// # Errors
    /// `Refused::NotFound` when there is no such credential in this environment.
    pub async fn revoke_tokens_of_credential(
        &self,
        uuid: &str,
        now: Millis,
        audit: AuditEvent,
    ) -> Result<u64, StoreError> {
        let live = self.count_for_report(uuid, now).await;
        let (environment, uuid) = (self.environment.clone(), uuid.to_owned());
        self.store
            .database
            .transaction(move |tx| {
                Box::pin(async move {
                    tx.change(&Change::Credential(uuid.clone())).await?;
                    tx.execute(REVOKE_TOKENS, params![now, &uuid, &environment])
                        .await?;
                    finish(tx, &environment, &uuid, Some(audit))
                        .await
                        .map(|_| live)
                })
            })
            .await
    }

    /// Live opaque tokens of one credential. Looks at every token.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn count_live_tokens(&self, uuid: &str, now: Millis) -> Result<u64, StoreError> {
        let params = vec![
            uuid.to_owned().into(),
            self.environment.as_str().to_owned().into(),
            now.into(),
        ];
        let rows = self
            .store
            .database
            .scan(COUNT_LIVE_OF_CREDENTIAL, params)
            .await?;
        rows.into_iter().next().map_or(Ok(0), |mut row| row.count())
    }

    /// The same before a change that must not fail because counting took too long.
    async fn count_for_report(&self, uuid: &str, now: Millis) -> u64 {
        self.count_live_tokens(uuid, now)
            .await
            .unwrap_or_else(|error| {
                tracing::warn!(%error, "live tokens could not be counted; the change goes on");
                0
            })
    }
}

impl Store {
    /// Finds the environment of a credential by UUID or, when it is unambiguous, by client id: for commands that name no environment.
    /// Several matches of a client id are `Refused::Conflict`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn locate_credential(
        &self,
        uuid_or_client_id: &str,
    ) -> Result<Option<(EnvironmentName, Client)>, StoreError> {
        if uuid_or_client_id.contains('\0') {
            return Ok(None);
        }
        let by_uuid = client::select(
            &self.database,
            client::SELECT_ANYWHERE_BY_UUID,
            params![uuid_or_client_id],
        )
        .await?;
        if let Some(found) = by_uuid.into_iter().next() {
            return Ok(Some(found));
        }
        let mut found = client::select(
            &self.database,
            client::SELECT_ANYWHERE_BY_CLIENT_ID,
            params![uuid_or_client_id],
        )
        .await?;
        if found.len() > 1 {
            return Err(Refused::Conflict("several environments have a credential of that client id: name the environment, or use the UUID").into());
        }
        Ok(found.pop())
    }
}

/// Reads the credential a verb is about and writes the verb's audit row. A credential that is not there ends the verb.
pub(crate) async fn finish(
    tx: &Transaction<'_>,
    environment: &EnvironmentName,
    uuid: &str,
    audit: Option<AuditEvent>,
) -> Result<Credential, StoreError> {
    let client = client::find(tx, uuid, environment)
        .await?
        .ok_or(Refused::NotFound("credential"))?;
    if let Some(audit) = audit {
        tx.record(audit.about(
            Some(environment),
            Some(&client.credential.account_id),
            Some(uuid),
        ))
        .await?;
    }
    Ok(client.credential)
}
