//! `POST /admin/v1/credentials`: makes a credential, and its account if that is new.
//!
//! The answer is the only one that ever holds the secret.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::issuer_of;
use crate::admin::body;
use crate::admin::description::Conflict;
use crate::admin::idempotency::{IdempotencyKey, Repeatable, Told};
use crate::admin::operator::Operator;
use crate::admin::problem::Problem;
use crate::admin::scopes::WriteCredentials;
use crate::clock::rfc3339;
use crate::credentials::create;
use crate::credentials::secret::Wanted;
use crate::platform::Platform;

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewCredential, example = json!({
    "environment": "production", "account": "Acme", "name": "Payroll", "description": "Reads shifts for payroll", "allow": ["shifts=read"],
}))]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The environment's name.
    environment: String,
    /// The account's name; made if it is new.
    account: String,
    /// What people will call it.
    name: String,
    /// What it is for.
    description: String,
    /// The version of the API; may be left out where there is one.
    version: Option<String>,
    /// Scopes and permissions, each as `shifts=read,add`.
    #[serde(default)]
    allow: Vec<String>,
    /// The environment's own when left out.
    #[serde(default)]
    grant_types: Vec<String>,
    /// Where authorization codes may be sent.
    #[serde(default)]
    redirect_uris: Vec<String>,
    /// The secret, where people choose them.
    #[serde(default, deserialize_with = "body::secret")]
    #[schema(value_type = Option<String>, format = Password, write_only)]
    secret: Option<SecretString>,
    /// Seconds after which the secret ends by itself.
    secret_expires_in: Option<u64>,
    /// Without a secret.
    #[serde(default)]
    public: bool,
    /// May introspect every client's tokens.
    #[serde(default)]
    resource_server: bool,
    /// May leave PKCE out.
    #[serde(default)]
    pkce_exempt: bool,
}

/// What was made.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedCredential)]
pub struct Created {
    /// For talking to support.
    uuid: String,
    /// For the token endpoint.
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// This once.
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
    #[schema(format = DateTime)]
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    secret_expires_at: Option<String>,
}

/// Makes a credential, and its account if that is new.
///
/// The answer is the only one that ever holds the secret.
#[utoipa::path(
    post, path = "/credentials", operation_id = "createCredential", tag = "credentials",
    params(IdempotencyKey),
    request_body = Asked,
    responses((status = 201, description = "What was made", body = Created), Conflict),
    security(("operator" = ["credentials:write"])),
)]
pub async fn create_credential(
    State(platform): State<Arc<Platform>>,
    operator: Operator<WriteCredentials>,
    Repeatable { asked, once }: Repeatable<Asked>,
) -> Result<Response, Problem> {
    let made = |platform, operator, uuid| make(platform, operator, asked, uuid);
    once.answer(platform, operator, StatusCode::CREATED, made)
        .await
}

impl Told for Created {
    const ONCE: &'static [&'static str] = &["client_secret"];
}

async fn make(
    platform: Arc<Platform>,
    operator: Operator<WriteCredentials>,
    asked: Asked,
    uuid: String,
) -> Result<Created, Problem> {
    let issuer = issuer_of(&platform, &asked.environment)?;
    let now = operator.arrival.now;
    let asked = create::Asked {
        account: asked.account,
        name: asked.name,
        description: asked.description,
        version: asked.version,
        allow: asked.allow,
        grant_types: asked.grant_types,
        redirect_uris: asked.redirect_uris,
        secret: Wanted {
            chosen: asked.secret,
            lifetime: asked.secret_expires_in,
        },
        public: asked.public,
        resource_server: asked.resource_server,
        pkce_exempt: asked.pkce_exempt,
    };
    let audit = operator.audit("credential.created");
    let made = create::create(&platform, issuer, asked, uuid, now, audit).await?;
    let credential = made.credential;
    let paths = &issuer.environment.paths;
    Ok(Created {
        uuid: credential.uuid,
        client_id: credential.client_id,
        client_secret: made.secret.map(|secret| secret.expose_secret().to_owned()),
        environment: issuer.realm().to_owned(),
        account: credential.account_name,
        name: credential.name,
        description: credential.description,
        version: credential.version,
        scopes: credential.scopes,
        grant_types: credential.grant_types,
        redirect_uris: credential.redirect_uris,
        public: credential.public,
        resource_server: credential.resource_server,
        pkce_exempt: credential.pkce_exempt,
        token_url: issuer.url(&paths.token),
        docs_url: issuer.url(&paths.docs),
        created_at: rfc3339(credential.created_at),
        secret_expires_at: made.secret_expires_at.map(rfc3339),
    })
}
