//! Spring Authorization Server: the table `oauth2_registered_client`.

use super::client::{ForeignClient, ForeignSecret, Obstacle, Reading};
use super::fields::Row;
use super::hashes;
use super::source::Tables;
use super::{Options, SourceError};

/// Lists stand in one column.
const COMMA: &[char] = &[','];

/// Reads the registered clients.
///
/// # Errors
/// There is no such table.
pub async fn read(tables: &Tables, options: &Options) -> Result<Reading, SourceError> {
    let mut reading = Reading::default();
    for row in tables.rows("oauth2_registered_client").await? {
        client(&row, options, &mut reading);
    }
    Ok(reading)
}

fn client(row: &Row, options: &Options, reading: &mut Reading) {
    let place = format!(
        "oauth2_registered_client {}",
        row.text("id").unwrap_or_default()
    );
    let Some(client_id) = row.text("client_id") else {
        let obstacle = Obstacle::new(
            "It has no client_id.",
            "Look at that row in the old server.",
        );
        return reading.refuse("", &place, obstacle);
    };
    let methods = row.list("client_authentication_methods", COMMA);
    let shared = methods.is_empty()
        || methods.iter().any(|method| {
            method.starts_with("client_secret") || method == "basic" || method == "post"
        });
    let public = !shared && methods.iter().any(|method| method == "none");
    let settings = Row::of(&row.json("client_settings").unwrap_or_default());
    let mut client = ForeignClient {
        place,
        client_id,
        name: row.text("client_name").unwrap_or_default(),
        description: String::new(),
        account: row.account(options.account_by.as_deref()),
        scopes: row.list("scopes", COMMA),
        grant_types: row.list("authorization_grant_types", COMMA),
        redirect_uris: row.list("redirect_uris", COMMA),
        public,
        disabled: false,
        pkce_required: settings
            .flag("settings.client.require-proof-key")
            .unwrap_or(false),
        secrets: Vec::new(),
    };
    let mut obstacles = Vec::new();
    let secret = row.text("client_secret").filter(|_| shared);
    match (
        secret.map(|secret| hashes::spring(&secret)),
        row.time("client_secret_expires_at"),
    ) {
        (Some(Ok(hash)), Ok(expires_at)) => client.secrets.push(ForeignSecret { hash, expires_at }),
        (Some(Ok(_)), Err(_)) => obstacles.push(Obstacle::new(
            "When its secret ends cannot be read.",
            "Look at that row in the old server.",
        )),
        (Some(Err(unreadable)), _) => obstacles.push(unreadable.obstacle()),
        (None, _) if !public && !shared => obstacles.push(Obstacle::new(
            "It proves itself by a key or a certificate, not by a secret.",
            "Grantor proves clients by a shared secret: give it one.",
        )),
        (None, _) => {}
    }
    reading.add(client, obstacles);
}
