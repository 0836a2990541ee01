//! The person of the tour: made once, kept in a file that only its owner can read, so that the next start can show the same sign-in.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;

use axum::http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::folder::{ENVIRONMENT, Folder};
use crate::admin;
use crate::cli::management::Management;
use crate::people::{recovery_codes, username};
use crate::platform::Platform;

/// Who signs in to the portal.
pub struct Person {
    /// What to sign in with.
    pub username: String,
    /// The password, in the clear: this is a sample.
    pub password: SecretString,
}

/// Reads the file of an earlier start, if the person is still there, or makes a new one through the management API.
pub async fn keep_or_make(platform: &Arc<Platform>, folder: &Folder) -> anyhow::Result<Person> {
    if let Ok(text) = std::fs::read_to_string(folder.person())
        && let Some(kept) = read(&text)
        && let Some(issuer) = platform.issuer(ENVIRONMENT)
        && platform
            .store
            .in_environment(issuer.name())
            .find_person(&username::canonical(&kept.username)?)
            .await?
            .is_some()
    {
        return Ok(kept);
    }
    // Letters and digits that nobody mistakes, as recovery codes have them.
    let (codes, _) = recovery_codes::generate()?;
    let made = Person {
        username: "anna".to_owned(),
        password: codes.into_iter().next().unwrap_or_default().into(),
    };
    let management = Management::Process {
        router: admin::router(Arc::clone(platform)),
        platform: Arc::clone(platform),
    };
    let body = json!({
        "environment": ENVIRONMENT, "account": "Acme", "role": "account-manager",
        "username": made.username, "password": made.password.expose_secret(),
    });
    management
        .call(Method::POST, "/admin/v1/people", Some(&body))
        .await
        .map_err(|ended| anyhow::anyhow!(ended.sentence))?;
    let text = json!({ "username": made.username, "password": made.password.expose_secret() });
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(folder.person())?;
    file.write_all(text.to_string().as_bytes())?;
    Ok(made)
}

fn read(text: &str) -> Option<Person> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let member = |name: &str| value[name].as_str().map(str::to_owned);
    Some(Person {
        username: member("username")?,
        password: member("password")?.into(),
    })
}
