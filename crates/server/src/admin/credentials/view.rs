//! A credential as it is answered: everything but what would let its reader in.

use serde::Serialize;
use store::{Client, EnvironmentName, Secret, SecretScheme};
use utoipa::ToSchema;

use crate::clock::rfc3339;

/// A credential.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Credential)]
pub struct CredentialView {
    /// For talking to support.
    pub uuid: String,
    /// For the token endpoint.
    pub client_id: String,
    /// Where it is good.
    pub environment: String,
    /// The account's name.
    pub account: String,
    /// The account's id.
    pub account_id: String,
    /// Whether the account is suspended, which stops this credential too.
    pub account_suspended: bool,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The version of the API it was made for.
    pub version: Option<String>,
    /// Scope values as they stand in tokens.
    pub scopes: Vec<String>,
    /// The grants it may use.
    pub grant_types: Vec<String>,
    /// Where authorization codes may be sent.
    pub redirect_uris: Vec<String>,
    /// Has no secret.
    pub public: bool,
    /// May introspect every client's tokens.
    pub resource_server: bool,
    /// May leave PKCE out.
    pub pkce_exempt: bool,
    /// Refused until it is enabled again.
    pub disabled: bool,
    /// By a refresh of the environment, since the account was not among those that came over.
    pub disabled_by_refresh: bool,
    /// Requests in any second that it may make, where that differs from its environment's; 0 is no limit.
    pub requests_per_second: Option<u64>,
    /// The same on one day, UTC.
    pub requests_per_day: Option<u64>,
    /// RFC 3339.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    pub updated_at: String,
    /// RFC 3339; None while it is enabled.
    #[schema(format = DateTime)]
    pub disabled_at: Option<String>,
    /// When any of its secrets was last used.
    #[schema(format = DateTime)]
    pub last_used_at: Option<String>,
    /// What is known of its secrets.
    pub secrets: Vec<SecretView>,
    /// Live opaque tokens, where they were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live_tokens: Option<u64>,
    /// In a preview: nothing was changed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// What is known of a secret: enough to recognise it, nothing to use it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Secret)]
pub struct SecretView {
    /// Its name.
    pub id: String,
    /// The last four characters; empty for one that a person chose or that was imported.
    pub hint: String,
    /// It came from another server and waits for its first use.
    pub awaits_first_use: bool,
    /// RFC 3339.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// RFC 3339.
    #[schema(format = DateTime)]
    pub last_used_at: Option<String>,
    /// From where.
    pub last_used_address: Option<String>,
}

impl CredentialView {
    /// Of a row.
    pub fn of(environment: &EnvironmentName, client: &Client) -> Self {
        let credential = client.credential.clone();
        let last_used_at = client
            .secrets
            .iter()
            .filter_map(|secret| secret.last_used_at)
            .max();
        Self {
            uuid: credential.uuid,
            client_id: credential.client_id,
            environment: environment.as_str().to_owned(),
            account: credential.account_name,
            account_id: credential.account_id,
            account_suspended: client.account_suspended_at.is_some(),
            name: credential.name,
            description: credential.description,
            version: credential.version,
            scopes: credential.scopes,
            grant_types: credential.grant_types,
            redirect_uris: credential.redirect_uris,
            public: credential.public,
            resource_server: credential.resource_server,
            pkce_exempt: credential.pkce_exempt,
            disabled: credential.disabled_at.is_some(),
            disabled_by_refresh: credential.disabled_by_refresh,
            requests_per_second: credential.budget.requests_per_second,
            requests_per_day: credential.budget.requests_per_day,
            created_at: rfc3339(credential.created_at),
            updated_at: rfc3339(credential.updated_at),
            disabled_at: credential.disabled_at.map(rfc3339),
            last_used_at: last_used_at.map(rfc3339),
            secrets: client.secrets.iter().map(SecretView::of).collect(),
            live_tokens: None,
            dry_run: false,
        }
    }
}

impl SecretView {
    fn of(secret: &Secret) -> Self {
        Self {
            id: secret.id.clone(),
            hint: secret.hint.clone(),
            awaits_first_use: secret.scheme == SecretScheme::Imported,
            created_at: rfc3339(secret.created_at),
            expires_at: secret.expires_at.map(rfc3339),
            last_used_at: secret.last_used_at.map(rfc3339),
            last_used_address: secret.last_used_address.clone(),
        }
    }
}
