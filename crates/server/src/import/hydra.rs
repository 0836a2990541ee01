//! Ory Hydra: the table `hydra_client`, since its management interface never shows a hash.

use serde_json::Value;

use super::client::{ForeignClient, Obstacle, Reading};
use super::fields::Row;
use super::hashes;
use super::source::Tables;
use super::{Options, SourceError};

/// Reads the clients, the rotated secrets among theirs.
///
/// # Errors
/// There is no such table.
pub async fn read(tables: &Tables, options: &Options) -> Result<Reading, SourceError> {
    let mut reading = Reading::default();
    for row in tables.rows("hydra_client").await? {
        client(&row, options, &mut reading);
    }
    Ok(reading)
}

fn client(row: &Row, options: &Options, reading: &mut Reading) {
    let Some(client_id) = row.text("id") else {
        let obstacle = Obstacle::new("It has no id.", "Look at that row in the old server.");
        return reading.refuse("", "hydra_client", obstacle);
    };
    let method = row.text("token_endpoint_auth_method").unwrap_or_default();
    let public = method == "none";
    let mut client = ForeignClient {
        place: format!("hydra_client {client_id}"),
        client_id,
        name: row.text("client_name").unwrap_or_default(),
        description: String::new(),
        account: row.account(options.account_by.as_deref()),
        scopes: row.list("scope", &[]),
        grant_types: row.list("grant_types", &['|']),
        redirect_uris: row.list("redirect_uris", &['|']),
        public,
        disabled: false,
        pkce_required: false,
        secrets: Vec::new(),
    };
    let mut obstacles = Vec::new();
    if method == "private_key_jwt" {
        obstacles.push(Obstacle::new(
            "It proves itself by a key, not by a secret.",
            "Grantor proves clients by a shared secret: give it one.",
        ));
    } else if !public {
        secrets(row, &mut client, &mut obstacles);
    }
    reading.add(client, obstacles);
}

fn secrets(row: &Row, client: &mut ForeignClient, obstacles: &mut Vec<Obstacle>) {
    let Ok(expires_at) = row.time("client_secret_expires_at") else {
        obstacles.push(Obstacle::new(
            "When its secret ends cannot be read.",
            "Look at that row in the old server.",
        ));
        return;
    };
    let current = row.text("client_secret").map(|text| (text, expires_at));
    let rotated = match row.json("rotated_secrets") {
        Some(Value::Array(hashes)) => hashes,
        _ => Vec::new(),
    };
    let rotated = rotated
        .into_iter()
        .filter_map(|hash| Some((hash.as_str()?.to_owned(), None)));
    for (text, expires_at) in current.into_iter().chain(rotated) {
        client.take(hashes::self_describing(&text), expires_at, obstacles);
    }
}
