//! The page after making a credential or rotating its secret: the only one that ever shows a secret.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oauth::grant_type::GrantType;
use secrecy::{ExposeSecret, SecretString};
use store::{Credential, Millis};

use crate::example_lines;
use crate::pages::CredentialMade;
use crate::portal::access::Manager;

/// The page.
pub fn page(
    manager: &Manager,
    credential: &Credential,
    secret: Option<&SecretString>,
    secret_expires_at: Option<Millis>,
) -> CredentialMade {
    let issuer = &manager.visit.context.issuer;
    let environment = &issuer.environment;
    let secret = secret.map(ExposeSecret::expose_secret);
    let token_url = issuer.url(&environment.paths.token);
    let by_itself = GrantType::ClientCredentials.as_str();
    let line = credential
        .grant_types
        .iter()
        .any(|grant| grant == by_itself)
        .then(|| {
            example_lines::token(environment)
                .replace("CLIENT_ID", &credential.client_id)
                .replace("CLIENT_SECRET", secret.unwrap_or("CLIENT_SECRET"))
        });
    let download = format!(
        "client_id={}\nclient_secret={}\nuuid={}\ntoken_url={token_url}\n",
        credential.client_id,
        secret.unwrap_or_default(),
        credential.uuid
    );
    CredentialMade {
        shell: manager.shell("credentials"),
        name: credential.name.clone(),
        client_id: credential.client_id.clone(),
        uuid: credential.uuid.clone(),
        download: STANDARD.encode(download),
        secret: secret.map(str::to_owned),
        token_url,
        docs_url: issuer.url(&environment.paths.docs),
        line,
        secret_expires_at,
        others_expire_at: None,
    }
}
