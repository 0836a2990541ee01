//! Which credentials were let off a rule: a configuration cannot show that, the database can.

use serde::Serialize;
use serde_json::Value;
use store::{DatabaseUrl, Store};

use crate::admin::credentials::view::CredentialView;
use crate::admin::paging::MOST;
use crate::cli::connection::Way;
use crate::cli::management::Management;
use crate::clock;
use crate::config::Config;

/// Rows asked of the database at once.
const AT_ONCE: u32 = MOST;

/// A credential that may do what others may not. The members are the stable form of `grantor check --json`.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Exemption {
    /// Where it is good.
    pub environment: String,
    /// Its account's name.
    pub account: String,
    /// Its name.
    pub name: String,
    /// Its UUID.
    pub uuid: String,
    /// Its client id.
    pub client_id: String,
    /// What it may do.
    pub allows: &'static str,
    /// A section of RFC 9700.
    pub departs_from: &'static str,
}

/// Looks through all credentials: asks the running server, or reads the database if there is one.
///
/// # Errors
/// Why it was not possible, as a sentence.
pub async fn look(config: Config) -> Result<Vec<Exemption>, String> {
    let way = Way::to(&config.server).map_err(|ended| ended.sentence)?;
    let running = way.connect().await;
    let rows = if matches!(running, Ok(Some(_))) {
        let management = Management::open(config)
            .await
            .map_err(|ended| ended.sentence)?;
        let path = format!("/admin/v1/credentials?limit={AT_ONCE}");
        management
            .list(&path, usize::MAX)
            .await
            .map_err(|ended| ended.sentence)?
    } else {
        in_database(&config).await?
    };
    Ok(rows.iter().flat_map(exemptions_of).collect())
}

/// Without a server. Nothing is made that is not there, and no master key is needed.
async fn in_database(config: &Config) -> Result<Vec<Value>, String> {
    if let DatabaseUrl::Sqlite(file) = &config.database
        && !file.exists()
    {
        return Ok(Vec::new());
    }
    let store = Store::open(&config.database, clock::now())
        .await
        .map_err(|error| format!("The database could not be read: {error}."))?;
    let rows = read(&store, config).await;
    store.close().await;
    rows.map_err(|error| format!("The database could not be read: {error}."))
}

async fn read(store: &Store, config: &Config) -> Result<Vec<Value>, store::StoreError> {
    if !store.migration_status().await?.is_current() {
        return Ok(Vec::new());
    }
    let mut rows = Vec::new();
    for environment in &config.environments {
        let mut after: Option<(String, String)> = None;
        loop {
            let key = after
                .as_ref()
                .map(|(name, uuid)| (name.as_str(), uuid.as_str()));
            let page = store
                .in_environment(&environment.name)
                .list_credentials(None, key, AT_ONCE)
                .await?;
            let Some(last) = page.last() else { break };
            after = Some((last.credential.name.clone(), last.credential.uuid.clone()));
            rows.extend(page.iter().filter_map(|client| {
                serde_json::to_value(CredentialView::of(&environment.name, client)).ok()
            }));
        }
    }
    Ok(rows)
}

fn exemptions_of(credential: &Value) -> Vec<Exemption> {
    let text = |member: &str| credential[member].as_str().unwrap_or_default().to_owned();
    let exemption = |allows, departs_from| Exemption {
        environment: text("environment"),
        account: text("account"),
        name: text("name"),
        uuid: text("uuid"),
        client_id: text("client_id"),
        allows,
        departs_from,
    };
    let mut found = Vec::new();
    if credential["pkce_exempt"] == true {
        found.push(exemption(
            "authorization codes without PKCE",
            "RFC 9700 section 2.1.1",
        ));
    }
    let grants = credential["grant_types"].as_array();
    if grants.is_some_and(|grants| grants.iter().any(|grant| grant == "password")) {
        found.push(exemption(
            "people's passwords in the client's own hands (the password grant)",
            "RFC 9700 section 2.4",
        ));
    }
    found
}
