//! What comes from another server at once: credentials with their accounts, secrets and tokens, all of them or none.
//!
//! Which client ids and which secrets came is remembered apart from the credentials themselves, so that a run can be
//! repeated: what came before stays as it is, and what was ended or deleted here since does not come back.

pub(crate) mod known;

use futures_util::future::try_join_all;
use serde_json::{Map, Value as Json, json};

use crate::database::{Transaction, list_text, params};
use crate::statements::statements;
use crate::{
    AuditEvent, Change, EnvironmentName, ImportedTokens, InEnvironment, Millis, NewSecret, Refused,
    StoreError, imported_tokens,
};

statements! {
    INSERT_ACCOUNTS = "insert into accounts (id, name, created_at) \
        select e.key, e.value ->> 'name', cast($1 as bigint) from json_each($2) e where e.key is not null on conflict do nothing";
    INSERT_CUSTOMERS = "insert into account_environments (environment, account_id, since) \
        select cast($1 as text), e.key, cast($2 as bigint) from json_each($3) e where e.key is not null on conflict do nothing";
    INSERT_CREDENTIALS = "insert into credentials (uuid, environment, client_id, account_id, name, description, version, scopes, grant_types, \
        redirect_uris, is_public, is_resource_server, pkce_exempt, created_at, updated_at, disabled_at) \
        select e.key, cast($1 as text), e.value ->> 'client_id', e.value ->> 'account_id', e.value ->> 'name', e.value ->> 'description', \
        e.value ->> 'version', e.value ->> 'scopes', e.value ->> 'grant_types', e.value ->> 'redirect_uris', \
        cast(e.value ->> 'public' as bigint), cast(0 as bigint), cast(e.value ->> 'pkce_exempt' as bigint), cast($2 as bigint), cast($2 as bigint), \
        cast(e.value ->> 'disabled_at' as bigint) from json_each($3) e where e.key is not null on conflict do nothing";
    INSERT_CLIENTS = "insert into imported_clients (environment, client_id, credential_uuid, format, imported_at) \
        select cast($1 as text), e.value ->> 'client_id', e.key, cast($2 as text), cast($3 as bigint) from json_each($4) e \
        where e.key is not null on conflict do nothing";
    INSERT_MARKS = "insert into imported_secrets (mark, environment, client_id, imported_at) \
        select e.key, cast($1 as text), e.value ->> 'client_id', cast($2 as bigint) from json_each($3) e \
        where e.key is not null on conflict do nothing";
    HAS_CREDENTIAL = "select uuid from credentials where uuid = $1 and environment = $2";
}

/// Rows of one statement.
const BATCH: usize = 500;

pub(crate) const MEANWHILE: &str = "something that was to come was made here while the import was prepared, so nothing was imported: run it again";

/// A client as it comes.
#[derive(Clone, Debug)]
pub struct ImportedClient {
    /// Drawn for it.
    pub uuid: String,
    /// As the old server had it, to the byte.
    pub client_id: String,
    /// Of an account that is there, or among the new ones.
    pub account_id: String,
    /// What people will call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The version of the API it is for, if the platform has versions.
    pub version: Option<String>,
    /// Scope values as they stand in tokens.
    pub scopes: Vec<String>,
    /// The grants it may use.
    pub grant_types: Vec<String>,
    /// Registered redirection endpoints.
    pub redirect_uris: Vec<String>,
    /// A public client has no secret.
    pub public: bool,
    /// Whether its authorization requests may do without PKCE.
    pub pkce_exempt: bool,
    /// It was switched off there, and stays so.
    pub disabled: bool,
    /// All its secrets.
    pub secrets: Vec<MarkedSecret>,
}

/// A secret with the mark by which a later run knows it again.
#[derive(Clone, Debug)]
pub struct MarkedSecret {
    /// To be stored.
    pub secret: NewSecret,
    /// Says nothing without the master key.
    pub mark: String,
}

/// Secrets that the old server gave to a client after it came.
#[derive(Clone, Debug)]
pub struct LaterSecrets {
    /// The credential that came.
    pub uuid: String,
    /// Its client id.
    pub client_id: String,
    /// Its account.
    pub account_id: String,
    /// What is new.
    pub secrets: Vec<MarkedSecret>,
}

/// One run.
#[derive(Clone, Debug)]
pub struct NewImport {
    /// The format's name.
    pub format: String,
    /// Accounts to be made: id and name.
    pub accounts: Vec<(String, String)>,
    /// Accounts of the new clients, all of which are customers of the environment from now on.
    pub customers: Vec<String>,
    /// Clients to be made.
    pub clients: Vec<ImportedClient>,
    /// Secrets to be added.
    pub secrets: Vec<LaterSecrets>,
    /// Tokens that go on working.
    pub tokens: Vec<ImportedTokens>,
    /// Now.
    pub at: Millis,
}

impl InEnvironment<'_> {
    /// Brings all of it, each credential with its audit row, and one row about the run; or nothing.
    ///
    /// # Errors
    /// `Refused::Conflict` when a client id or an account was made meanwhile, or the master key is not registered or retired.
    pub async fn import(&self, run: NewImport, audit: AuditEvent) -> Result<(), StoreError> {
        let environment = self.environment.clone();
        self.store
            .database
            .long_transaction(move |tx| Box::pin(import(tx, environment, run, audit)))
            .await
    }
}

async fn import(
    tx: &Transaction<'_>,
    environment: EnvironmentName,
    run: NewImport,
    audit: AuditEvent,
) -> Result<(), StoreError> {
    let at = run.at;
    let has_later_secrets = !run.secrets.is_empty();
    for batch in run.accounts.chunks(BATCH) {
        let rows = keyed(batch.iter().map(|(id, name)| (id, json!({ "name": name }))));
        all(
            tx.execute(INSERT_ACCOUNTS, params![at, rows]).await?,
            batch.len(),
        )?;
    }
    for batch in run.customers.chunks(BATCH) {
        let rows = keyed(batch.iter().map(|id| (id, Json::Null)));
        tx.execute(INSERT_CUSTOMERS, params![&environment, at, rows])
            .await?;
    }
    for batch in run.clients.chunks(BATCH) {
        let rows = keyed(
            batch
                .iter()
                .map(|client| (&client.uuid, client.columns(at))),
        );
        let made = tx
            .execute(INSERT_CREDENTIALS, params![&environment, at, &rows])
            .await?;
        all(made, batch.len())?;
        let noted = tx
            .execute(
                INSERT_CLIENTS,
                params![&environment, &run.format, at, &rows],
            )
            .await?;
        all(noted, batch.len())?;
        let mut secrets = Vec::new();
        for client in batch {
            secrets.extend(
                client
                    .secrets
                    .iter()
                    .map(|one| (&client.uuid, &client.client_id, one)),
            );
        }
        add_secrets(tx, &environment, &secrets, at).await?;
        let events = batch
            .iter()
            .map(|client| client.event(&audit, &environment));
        record(tx, events).await?;
    }
    for batch in run.secrets.chunks(BATCH) {
        let mut secrets = Vec::new();
        for later in batch {
            // Whoever deleted it meanwhile wanted it gone.
            tx.first(HAS_CREDENTIAL, params![&later.uuid, &environment])
                .await?
                .ok_or(Refused::Conflict(MEANWHILE))?;
            secrets.extend(
                later
                    .secrets
                    .iter()
                    .map(|one| (&later.uuid, &later.client_id, one)),
            );
        }
        add_secrets(tx, &environment, &secrets, at).await?;
        let events = batch.iter().map(|later| later.event(&audit, &environment));
        record(tx, events).await?;
    }
    for batch in run.tokens.chunks(BATCH) {
        imported_tokens::insert(tx, &environment, batch, at).await?;
    }
    // Last, since on PostgreSQL whoever changes something else waits for their rows.
    let mut keys: Vec<_> = run
        .secrets_of_all()
        .map(|one| &one.secret.master_key_id)
        .collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        tx.need_master_key(key).await?;
    }
    // Nobody remembers what is new; a client that came before may be remembered without the secrets that it has now.
    if has_later_secrets {
        tx.change(&Change::Environment(environment.clone())).await?;
    }
    // Whoever knows that no such tokens live does not look for them.
    if !run.tokens.is_empty() {
        tx.change(&Change::ImportedTokens(environment.clone()))
            .await?;
    }
    tx.record(audit.about(Some(&environment), None, None)).await
}

/// On PostgreSQL the statements of one batch are under way at once.
async fn add_secrets(
    tx: &Transaction<'_>,
    environment: &EnvironmentName,
    secrets: &[(&String, &String, &MarkedSecret)],
    at: Millis,
) -> Result<(), StoreError> {
    try_join_all(
        secrets
            .iter()
            .map(|(uuid, _, one)| tx.add_secret_under_known_key(uuid, &one.secret)),
    )
    .await?;
    for batch in secrets.chunks(BATCH) {
        let rows = keyed(
            batch
                .iter()
                .map(|(_, client_id, one)| (&one.mark, json!({ "client_id": client_id }))),
        );
        all(
            tx.execute(INSERT_MARKS, params![environment, at, rows])
                .await?,
            batch.len(),
        )?;
    }
    Ok(())
}

async fn record(
    tx: &Transaction<'_>,
    events: impl Iterator<Item = AuditEvent>,
) -> Result<(), StoreError> {
    try_join_all(events.map(|event| tx.record(event)))
        .await
        .map(drop)
}

/// A JSON object for `json_each`.
fn keyed<'k>(rows: impl Iterator<Item = (&'k String, Json)>) -> String {
    let rows: Map<String, Json> = rows.map(|(key, row)| (key.clone(), row)).collect();
    Json::Object(rows).to_string()
}

fn all(written: u64, wanted: usize) -> Result<(), StoreError> {
    match usize::try_from(written) == Ok(wanted) {
        true => Ok(()),
        false => Err(Refused::Conflict(MEANWHILE).into()),
    }
}

impl NewImport {
    fn secrets_of_all(&self) -> impl Iterator<Item = &MarkedSecret> {
        let new = self.clients.iter().flat_map(|client| &client.secrets);
        new.chain(self.secrets.iter().flat_map(|later| &later.secrets))
    }
}

impl ImportedClient {
    fn columns(&self, at: Millis) -> Json {
        json!({
            "client_id": self.client_id, "account_id": self.account_id, "name": self.name, "description": self.description,
            "version": self.version, "scopes": list_text(&self.scopes), "grant_types": list_text(&self.grant_types),
            "redirect_uris": list_text(&self.redirect_uris), "public": i64::from(self.public),
            "pkce_exempt": i64::from(self.pkce_exempt), "disabled_at": self.disabled.then_some(at),
        })
    }

    fn event(&self, audit: &AuditEvent, environment: &EnvironmentName) -> AuditEvent {
        let details = json!({
            "client_id": self.client_id, "name": self.name, "version": self.version, "scopes": self.scopes,
            "grant_types": self.grant_types, "secrets": self.secrets.len(),
        });
        AuditEvent {
            event: "credential.imported",
            environment: Some(environment.clone()),
            account_id: Some(self.account_id.clone()),
            subject: Some(self.uuid.clone()),
            details: details.to_string(),
            ..audit.clone()
        }
    }
}

impl LaterSecrets {
    fn event(&self, audit: &AuditEvent, environment: &EnvironmentName) -> AuditEvent {
        let details = json!({ "client_id": self.client_id, "secrets": self.secrets.len() });
        AuditEvent {
            event: "credential.secret_imported",
            environment: Some(environment.clone()),
            account_id: Some(self.account_id.clone()),
            subject: Some(self.uuid.clone()),
            details: details.to_string(),
            ..audit.clone()
        }
    }
}
