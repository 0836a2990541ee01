//! Duende IdentityServer and IdentityServer4: the tables of their configuration store, and of what they gave out.

mod tokens;

use std::collections::HashMap;

use super::client::{ForeignClient, ForeignSecret, Obstacle, Reading};
use super::fields::Row;
use super::format::SecretsAre;
use super::hashes;
use super::source::Tables;
use super::{Options, SourceError};

/// Rows of a table by the client they belong to.
type ByClient = HashMap<String, Vec<Row>>;

/// Reads the clients, and the tokens that live; where what was given out has a database of its own, the tokens alone.
///
/// # Errors
/// A table is missing.
pub async fn read(tables: &Tables, options: &Options) -> Result<Reading, SourceError> {
    let mut reading = Reading::default();
    if tables.has("Clients") || !tables.has(tokens::TABLE) {
        clients(tables, options, &mut reading).await?;
    }
    tokens::read(tables, options, &mut reading).await?;
    Ok(reading)
}

async fn clients(
    tables: &Tables,
    options: &Options,
    reading: &mut Reading,
) -> Result<(), SourceError> {
    let secrets = by_client(tables.rows("ClientSecrets").await?);
    let scopes = by_client(tables.rows_if_any("ClientScopes").await?);
    let grants = by_client(tables.rows_if_any("ClientGrantTypes").await?);
    let redirects = by_client(tables.rows_if_any("ClientRedirectUris").await?);
    for row in tables.rows("Clients").await? {
        let id = row.text("Id").unwrap_or_default();
        let place = format!("Clients {id}");
        let Some(client_id) = row.text("ClientId") else {
            let obstacle =
                Obstacle::new("It has no ClientId.", "Look at that row in the old server.");
            reading.refuse("", &place, obstacle);
            continue;
        };
        let mut grant_types = values(&grants, &id, "GrantType");
        if row.flag("AllowOfflineAccess").unwrap_or(false) {
            grant_types.push("refresh_token".to_owned());
        }
        let mut client = ForeignClient {
            place,
            client_id,
            name: row.text("ClientName").unwrap_or_default(),
            description: row.text("Description").unwrap_or_default(),
            account: row.account(options.account_by.as_deref()),
            scopes: values(&scopes, &id, "Scope"),
            grant_types,
            redirect_uris: values(&redirects, &id, "RedirectUri"),
            public: !row.flag("RequireClientSecret").unwrap_or(true),
            disabled: !row.flag("Enabled").unwrap_or(true),
            pkce_required: row.flag("RequirePkce").unwrap_or(false),
            secrets: Vec::new(),
        };
        let mut obstacles = Vec::new();
        for secret in secrets
            .get(&id)
            .into_iter()
            .flatten()
            .filter(|_| !client.public)
        {
            match taken(secret, options) {
                Ok(secret) => client.secrets.push(secret),
                Err(obstacle) => obstacles.push(obstacle),
            }
        }
        reading.add(client, obstacles);
    }
    Ok(())
}

fn taken(row: &Row, options: &Options) -> Result<ForeignSecret, Obstacle> {
    let kind = row
        .text("Type")
        .unwrap_or_else(|| "SharedSecret".to_owned());
    if kind != "SharedSecret" {
        return Err(Obstacle::new(
            "One of its secrets is a certificate or a key, not a shared secret.",
            "Grantor proves clients by a shared secret: give it one.",
        ));
    }
    let expires_at = row.time("Expiration").map_err(|_| {
        Obstacle::new(
            "When one of its secrets ends cannot be read.",
            "Look at that row in the old server.",
        )
    })?;
    let value = row.text("Value").unwrap_or_default();
    let hash = match options.secrets {
        Some(SecretsAre::Plain) => hashes::plain(&value),
        _ => hashes::digest(&value),
    };
    hash.map(|hash| ForeignSecret { hash, expires_at })
        .map_err(|unreadable| unreadable.obstacle())
}

fn by_client(rows: Vec<Row>) -> ByClient {
    let mut sorted = ByClient::new();
    for row in rows {
        let client = row.text("ClientId").unwrap_or_default();
        sorted.entry(client).or_default().push(row);
    }
    sorted
}

fn values(rows: &ByClient, client: &str, column: &str) -> Vec<String> {
    let rows = rows.get(client).into_iter().flatten();
    rows.filter_map(|row| row.text(column)).collect()
}
