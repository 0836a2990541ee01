//! `POST /admin/v1/credentials`: makes a credential, and its account if that is new.
//!
//! The answer is the only one that ever holds the secret.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use oauth::grant_type::GrantType;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::{AuditEvent, NewCredential};

use super::{allow, client_id, grants, issuer_of, secret};
use crate::admin::body::{self, Body};
use crate::admin::operator::Operator;
use crate::admin::problem::Problem;
use crate::admin::scopes::WriteCredentials;
use crate::admin::text::{self, LONGEST_DESCRIPTION, LONGEST_NAME};
use crate::clock::rfc3339;
use crate::platform::{Issuer, Platform};
use crate::random;

/// What is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    environment: String,
    account: String,
    name: String,
    description: String,
    version: Option<String>,
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    grant_types: Vec<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default, deserialize_with = "body::secret")]
    secret: Option<SecretString>,
    #[serde(default)]
    public: bool,
    #[serde(default)]
    resource_server: bool,
    #[serde(default)]
    pkce_exempt: bool,
}

/// What was made.
#[derive(Serialize)]
pub struct Created {
    uuid: String,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    environment: String,
    account: String,
    name: String,
    description: String,
    version: Option<String>,
    scopes: Vec<String>,
    grant_types: Vec<String>,
    redirect_uris: Vec<String>,
    public: bool,
    resource_server: bool,
    pkce_exempt: bool,
    token_url: String,
    docs_url: String,
    created_at: String,
}

/// Makes it.
pub async fn create(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteCredentials>,
    Body(asked): Body<Asked>,
) -> Result<(StatusCode, Json<Created>), Problem> {
    text::required("account", &asked.account, LONGEST_NAME)?;
    text::required("name", &asked.name, LONGEST_NAME)?;
    text::required("description", &asked.description, LONGEST_DESCRIPTION)?;
    let issuer = issuer_of(&platform, &asked.environment)?;
    refuse_suspended(&platform, &asked.account).await?;
    let now = operator.arrival.now;
    let uuid = random::uuid(now)?;
    let (new, told) = decide(&platform, issuer, asked, uuid, now).await?;
    let details = serde_json::json!({
        "client_id": new.client_id, "name": new.name, "version": new.version, "scopes": new.scopes, "grant_types": new.grant_types,
    });
    let audit = AuditEvent {
        environment: Some(issuer.name().clone()),
        subject: Some(new.uuid.clone()),
        details: details.to_string(),
        ..operator.audit("credential.created")
    };
    let made = platform
        .store
        .in_environment(issuer.name())
        .create_credential(new, audit)
        .await?;
    platform.forget();
    let paths = &issuer.environment.paths;
    let created = Created {
        uuid: made.uuid,
        client_id: made.client_id,
        client_secret: told.map(|secret| secret.expose_secret().to_owned()),
        environment: issuer.realm().to_owned(),
        account: made.account_name,
        name: made.name,
        description: made.description,
        version: made.version,
        scopes: made.scopes,
        grant_types: made.grant_types,
        redirect_uris: made.redirect_uris,
        public: made.public,
        resource_server: made.resource_server,
        pkce_exempt: made.pkce_exempt,
        token_url: issuer.url(&paths.token),
        docs_url: issuer.url(&paths.docs),
        created_at: rfc3339(made.created_at),
    };
    Ok((StatusCode::CREATED, Json(created)))
}

/// Checks what was asked against the configuration, and makes the secret.
async fn decide(
    platform: &Platform,
    issuer: &Issuer,
    asked: Asked,
    uuid: String,
    now: store::Millis,
) -> Result<(NewCredential, Option<SecretString>), Problem> {
    let environment = &issuer.environment;
    let version = allow::version(&platform.config.versions, asked.version.as_deref())?;
    let scopes = allow::scopes(version, &asked.allow)?;
    let grants = grants::grants(environment, &asked.grant_types, asked.public)?;
    grants::redirect_uris(&asked.redirect_uris, &grants)?;
    if asked.public && asked.resource_server {
        return Err(Problem::bad_request(
            "A resource server proves who it is before it introspects, so it cannot be a public client.",
        ));
    }
    if asked.pkce_exempt && (asked.public || !grants.contains(&GrantType::AuthorizationCode)) {
        return Err(Problem::bad_request(
            "Only a confidential client of authorization_code can be let off PKCE (RFC 9700 section 2.1.1).",
        ));
    }
    let secret = match (asked.public, asked.secret) {
        (true, Some(_)) => return Err(Problem::bad_request("A public client has no secret.")),
        (true, None) => None,
        (false, chosen) => {
            Some(secret::make(platform, environment.secrets, &uuid, chosen, now).await?)
        }
    };
    let (stored, told) = secret.map_or((None, None), |made| (Some(made.stored), made.told));
    let new = NewCredential {
        uuid,
        client_id: client_id::new(environment.dialect.defaults.client_id_look)?,
        account_name: asked.account,
        new_account_id: random::uuid(now)?,
        name: asked.name,
        description: asked.description,
        version: version.map(|version| version.name.clone()),
        scopes,
        grant_types: grants
            .iter()
            .map(|grant| grant.as_str().to_owned())
            .collect(),
        redirect_uris: asked.redirect_uris,
        public: asked.public,
        resource_server: asked.resource_server,
        pkce_exempt: asked.pkce_exempt,
        created_at: now,
        secret: stored,
    };
    Ok((new, told))
}

/// A credential that could not be used would only puzzle its owner.
async fn refuse_suspended(platform: &Platform, account: &str) -> Result<(), Problem> {
    match platform.store.find_account(account).await? {
        Some(found) if found.name == account && found.suspended_at.is_some() => {
            Err(Problem::conflict(
                "This account is suspended; restore it before making a credential for it.",
            ))
        }
        _ => Ok(()),
    }
}
