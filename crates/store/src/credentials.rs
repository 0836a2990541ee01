//! Credentials: a client with its UUID, client id, name and permissions.

use crate::{AuditEvent, InEnvironment, Millis, NewSecret, Secret, StoreError};

/// A credential as it is listed; never its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The UUID for talking to support (text, lower case, hyphens).
    pub uuid: String,
    pub client_id: String,
    pub account_id: String,
    pub account_name: String,
    pub name: String,
    pub description: String,
    /// The version of the API it was made for, if the platform has versions.
    pub version: Option<String>,
    /// Scope values as they stand in tokens: `shifts.read`, `api1`.
    pub scopes: Vec<String>,
    /// `client_credentials`, `authorization_code`, …
    pub grant_types: Vec<String>,
    pub redirect_uris: Vec<String>,
    /// A public client has no secret (RFC 6749 §2.1).
    pub public: bool,
    /// May introspect tokens of every client of the environment, as a resource server does.
    pub resource_server: bool,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub disabled_at: Option<Millis>,
    /// Tokens issued at or before this moment are dead.
    pub tokens_revoked_at: Option<Millis>,
}

/// A credential to be made.
#[derive(Clone, Debug)]
pub struct NewCredential {
    pub uuid: String,
    pub client_id: String,
    /// Made if it is new.
    pub account_name: String,
    /// The id the account gets if it is new.
    pub new_account_id: String,
    pub name: String,
    pub description: String,
    pub version: Option<String>,
    pub scopes: Vec<String>,
    pub grant_types: Vec<String>,
    pub redirect_uris: Vec<String>,
    pub public: bool,
    pub resource_server: bool,
    pub created_at: Millis,
    /// None for a public client.
    pub secret: Option<NewSecret>,
}

/// All that authenticating a client and judging its tokens needs, in one read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub credential: Credential,
    pub account_suspended_at: Option<Millis>,
    /// Every secret that is neither revoked nor (at the time of reading) swept away.
    pub secrets: Vec<Secret>,
}

impl InEnvironment<'_> {
    /// Makes a credential (and its account, if new) with its first secret. `Refused::Exists` when the client id is taken.
    pub async fn create_credential(&self, new: NewCredential, audit: AuditEvent) -> Result<Credential, StoreError> { todo!() }
    /// By client id, for the token endpoint.
    pub async fn find_client(&self, client_id: &str) -> Result<Option<Client>, StoreError> { todo!() }
    /// By UUID, for judging a token that names its credential.
    pub async fn find_client_by_uuid(&self, uuid: &str) -> Result<Option<Client>, StoreError> { todo!() }
    /// All of the environment (or of one account), by name, at most `limit` after the cursor (the last row's `(name, uuid)`).
    pub async fn list_credentials(&self, account: Option<&str>, after: Option<(&str, &str)>, limit: u32) -> Result<Vec<Client>, StoreError> { todo!() }
    /// Only the name and the description can be changed.
    pub async fn update_credential(&self, uuid: &str, name: Option<&str>, description: Option<&str>, now: Millis, audit: AuditEvent) -> Result<Credential, StoreError> { todo!() }
    /// Refuses its secrets and its tokens until enabled again.
    pub async fn disable_credential(&self, uuid: &str, now: Millis, audit: AuditEvent) -> Result<Credential, StoreError> { todo!() }
    pub async fn enable_credential(&self, uuid: &str, now: Millis, audit: AuditEvent) -> Result<Credential, StoreError> { todo!() }
    /// Removes it with its secrets; its tokens are dead at once because nothing they name exists. Answers the number of live tokens that died.
    pub async fn delete_credential(&self, uuid: &str, now: Millis, audit: AuditEvent) -> Result<u64, StoreError> { todo!() }
    /// Every token issued at or before `now` is dead. Answers how many live (opaque) ones that were.
    pub async fn revoke_tokens_of_credential(&self, uuid: &str, now: Millis, audit: AuditEvent) -> Result<u64, StoreError> { todo!() }
    /// Live opaque tokens of one credential.
    pub async fn count_live_tokens(&self, uuid: &str, now: Millis) -> Result<u64, StoreError> { todo!() }
}

impl crate::Store {
    /// Finds the environment of a credential by UUID or, when it is unambiguous, by client id: for commands that name no environment.
    /// Several matches of a client id are `Refused::Conflict`.
    pub async fn locate_credential(&self, uuid_or_client_id: &str) -> Result<Option<(crate::EnvironmentName, Client)>, StoreError> { todo!() }
}
