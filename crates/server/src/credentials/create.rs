//! Making a credential, and its account if that is new.

use oauth::grant_type::GrantType;
use secrecy::SecretString;
use store::{AuditEvent, Credential, Millis, NewCredential};

use super::secret::{self, Wanted};
use super::{CredentialRefusal, Field, allow, client_id, edit, grants};
use crate::platform::{Issuer, Platform};
use crate::random;
use crate::text::{self, LONGEST_NAME};

/// What is asked for.
#[derive(Debug, Default)]
pub struct Asked {
    /// Whose, by name; made if it is new.
    pub account: String,
    /// What people will call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The version of the API.
    pub version: Option<String>,
    /// Scopes and permissions, each as `shifts=read,add`.
    pub allow: Vec<String>,
    /// None means the environment's own.
    pub grant_types: Vec<String>,
    /// Where authorization codes may be sent.
    pub redirect_uris: Vec<String>,
    /// What is asked of the secret.
    pub secret: Wanted,
    /// Without a secret.
    pub public: bool,
    /// May introspect every client's tokens.
    pub resource_server: bool,
    /// May leave PKCE out.
    pub pkce_exempt: bool,
}

/// What was made.
pub struct Made {
    /// As it is kept.
    pub credential: Credential,
    /// The secret, this once; none where whoever asked knows it, or there is none.
    pub secret: Option<SecretString>,
    /// When it ends by itself.
    pub secret_expires_at: Option<Millis>,
}

/// Makes it under a UUID that was drawn before: the same UUID twice makes one credential.
///
/// # Errors
/// See [`CredentialRefusal`]; nothing was made then.
pub async fn create(
    platform: &Platform,
    issuer: &Issuer,
    asked: Asked,
    uuid: String,
    now: Millis,
    audit: AuditEvent,
) -> Result<Made, CredentialRefusal> {
    text::required("account", &asked.account, LONGEST_NAME)
        .map_err(|unfit| CredentialRefusal::unfit(Field::Account, unfit))?;
    edit::name(&asked.name)?;
    edit::description(&asked.description)?;
    refuse_suspended(platform, &asked.account).await?;
    let (new, secret) = decide(platform, issuer, asked, uuid, now).await?;
    let secret_expires_at = new.secret.as_ref().and_then(|secret| secret.expires_at);
    let details = serde_json::json!({
        "client_id": new.client_id, "name": new.name, "version": new.version, "scopes": new.scopes, "grant_types": new.grant_types,
    });
    let audit = AuditEvent {
        environment: Some(issuer.name().clone()),
        subject: Some(new.uuid.clone()),
        details: details.to_string(),
        ..audit
    };
    let credential = platform
        .store
        .in_environment(issuer.name())
        .create_credential(new, audit)
        .await?;
    Ok(Made {
        credential,
        secret,
        secret_expires_at,
    })
}

/// Checks what was asked against the configuration, and makes the secret.
async fn decide(
    platform: &Platform,
    issuer: &Issuer,
    asked: Asked,
    uuid: String,
    now: Millis,
) -> Result<(NewCredential, Option<SecretString>), CredentialRefusal> {
    let environment = &issuer.environment;
    let version = allow::version(&platform.config.versions, asked.version.as_deref())?;
    let scopes = allow::scopes(version, &asked.allow)?;
    let grants = grants::grants(environment, &asked.grant_types, asked.public)?;
    grants::redirect_uris(&asked.redirect_uris, &grants)?;
    let not_together = |sentence: &str| {
        CredentialRefusal::asked(Field::GrantType, "credential-not-possible", sentence)
    };
    if asked.public && asked.resource_server {
        return Err(not_together(
            "A resource server proves who it is before it introspects, so it cannot be a public client.",
        ));
    }
    if asked.pkce_exempt && (asked.public || !grants.contains(&GrantType::AuthorizationCode)) {
        return Err(not_together(
            "Only a confidential client of authorization_code can be let off PKCE (RFC 9700 section 2.1.1).",
        ));
    }
    let secret = match (asked.public, asked.secret) {
        (true, wanted) if wanted.chosen.is_some() || wanted.lifetime.is_some() => {
            return Err(CredentialRefusal::asked(
                Field::Secret,
                "credential-not-possible",
                "A public client has no secret.",
            ));
        }
        (true, _) => None,
        (false, wanted) => Some(secret::make(platform, environment, &uuid, wanted, now).await?),
    };
    let (stored, told) = secret.map_or((None, None), |made| (Some(made.stored), made.told));
    let new = NewCredential {
        uuid,
        client_id: client_id::new(environment.client_id_look)?,
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
async fn refuse_suspended(platform: &Platform, account: &str) -> Result<(), CredentialRefusal> {
    match platform.store.find_account(account).await? {
        Some(found) if found.name == account && found.suspended_at.is_some() => {
            Err(CredentialRefusal::Conflict {
                key: "credential-account-suspended",
                sentence: "This account is suspended; restore it before making a credential for it.",
            })
        }
        _ => Ok(()),
    }
}
