//! The credential of the tour: made once, kept in a file that only its owner can read, so that the next start can show the same lines.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;

use axum::http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::folder::{ENVIRONMENT, Folder};
use crate::admin;
use crate::cli::management::Management;
use crate::platform::Platform;

/// What the tour needs to know of it.
pub struct Credential {
    /// The client id.
    pub client_id: String,
    /// The secret, in the clear: this is a sample.
    pub client_secret: SecretString,
    /// Its name.
    pub name: String,
    /// Its account.
    pub account: String,
}

/// Reads the file of an earlier start, if the credential still lives, or makes a new one through the management API.
pub async fn keep_or_make(platform: &Arc<Platform>, folder: &Folder) -> anyhow::Result<Credential> {
    if let Ok(text) = std::fs::read_to_string(folder.credential())
        && let Some(kept) = read(&text)
        && let Some(issuer) = platform.issuer(ENVIRONMENT)
        && platform
            .store
            .in_environment(issuer.name())
            .find_client(&kept.client_id)
            .await?
            .is_some()
    {
        return Ok(kept);
    }
    let management = Management::Process {
        router: admin::router(Arc::clone(platform)),
        platform: Arc::clone(platform),
    };
    let body = json!({
        "environment": ENVIRONMENT, "account": "Acme", "name": "Quickstart",
        "description": "Made by grantor quickstart: may read orders",
        "version": "v1", "allow": ["orders=read"],
    });
    let made = management
        .call(Method::POST, "/admin/v1/credentials", Some(&body))
        .await;
    let made = made.map_err(|ended| anyhow::anyhow!(ended.sentence))?.value;
    let made = read(&made.to_string())
        .ok_or_else(|| anyhow::anyhow!("the management API answered no credential"))?;
    write(folder, &made)?;
    Ok(made)
}

fn read(text: &str) -> Option<Credential> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let member = |name: &str| value[name].as_str().map(str::to_owned);
    Some(Credential {
        client_id: member("client_id")?,
        client_secret: member("client_secret")?.into(),
        name: member("name")?,
        account: member("account")?,
    })
}

fn write(folder: &Folder, credential: &Credential) -> anyhow::Result<()> {
    let text = json!({
        "client_id": credential.client_id, "client_secret": credential.client_secret.expose_secret(),
        "name": credential.name, "account": credential.account,
    });
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(folder.credential())?;
    file.write_all(text.to_string().as_bytes())?;
    Ok(())
}
