//! django-oauth-toolkit: the table `oauth2_provider_application`. Scopes stand in its settings, not in the rows.

use super::client::{ForeignClient, Obstacle, Reading};
use super::fields::Row;
use super::format::SecretsAre;
use super::hashes::{self, Taken};
use super::source::Tables;
use super::{Options, SourceError};

/// Reads the applications.
///
/// # Errors
/// There is no such table.
pub async fn read(tables: &Tables, options: &Options) -> Result<Reading, SourceError> {
    let mut reading = Reading::default();
    for row in tables.rows("oauth2_provider_application").await? {
        application(&row, options, &mut reading);
    }
    Ok(reading)
}

fn application(row: &Row, options: &Options, reading: &mut Reading) {
    let id = row.text("id").unwrap_or_default();
    let place = format!("oauth2_provider_application {id}");
    let Some(client_id) = row.text("client_id") else {
        let obstacle = Obstacle::new(
            "It has no client_id.",
            "Look at that row in the old server.",
        );
        return reading.refuse("", &place, obstacle);
    };
    let public = row.text("client_type").is_some_and(|kind| kind == "public");
    let mut client = ForeignClient {
        place,
        client_id,
        name: row.text("name").unwrap_or_default(),
        description: String::new(),
        account: row.account(options.account_by.as_deref()),
        scopes: Vec::new(),
        grant_types: grants(row.text("authorization_grant_type").unwrap_or_default()),
        redirect_uris: row.list("redirect_uris", &[]),
        public,
        disabled: false,
        pkce_required: false,
        secrets: Vec::new(),
    };
    let mut obstacles = Vec::new();
    if let Some(secret) = row.text("client_secret").filter(|_| !public) {
        let taken = taken(&secret, row.flag("hash_client_secret"), options);
        client.take(taken, None, &mut obstacles);
    }
    reading.add(client, obstacles);
}

/// What a hasher of Django wrote is a hash, whatever the row says: so does its own server decide. Anything else is the secret only
/// where the row or the operator says so; versions before 2.0 have no such column, and kept plain text.
fn taken(secret: &str, hashed: Option<bool>, options: &Options) -> Taken {
    let plain = hashed == Some(false) || options.secrets == Some(SecretsAre::Plain);
    match hashes::is_django(secret) {
        false if plain => hashes::plain(secret),
        _ => hashes::django(secret),
    }
}

/// A row has one grant, spelled its own way.
fn grants(grant: String) -> Vec<String> {
    match grant.as_str() {
        "client-credentials" => vec!["client_credentials".to_owned()],
        "authorization-code" => vec!["authorization_code".to_owned(), "refresh_token".to_owned()],
        "password" => vec![grant, "refresh_token".to_owned()],
        _ => vec![grant],
    }
}
