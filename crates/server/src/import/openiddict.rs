//! OpenIddict: the tables of its applications and its tokens. What one may do stands in prefixed words (`gt:client_credentials`, `scp:api`).

mod tokens;

use std::collections::HashMap;

use super::client::{ForeignClient, Obstacle, Reading};
use super::hashes;
use super::source::Tables;
use super::{Options, SourceError};

/// Reads the applications, and the tokens that live.
///
/// # Errors
/// There is no such table.
pub async fn read(tables: &Tables, options: &Options) -> Result<Reading, SourceError> {
    let mut reading = Reading::default();
    let mut ids = HashMap::new();
    for row in tables.rows("OpenIddictApplications").await? {
        ids.extend(row.text("Id").zip(row.text("ClientId")));
        let place = format!(
            "OpenIddictApplications {}",
            row.text("Id").unwrap_or_default()
        );
        let Some(client_id) = row.text("ClientId") else {
            let obstacle =
                Obstacle::new("It has no ClientId.", "Look at that row in the old server.");
            reading.refuse("", &place, obstacle);
            continue;
        };
        let permissions = row.list("Permissions", &[]);
        let permitted = |prefix: &str| -> Vec<String> {
            let words = permissions
                .iter()
                .filter_map(|word| word.strip_prefix(prefix));
            words.map(str::to_owned).collect()
        };
        // Before version 5 the column was called Type.
        let kind = row.text("ClientType").or_else(|| row.text("Type"));
        let public = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("public"));
        let mut client = ForeignClient {
            place,
            client_id,
            name: row.text("DisplayName").unwrap_or_default(),
            description: String::new(),
            account: row.account(options.account_by.as_deref()),
            scopes: permitted("scp:"),
            grant_types: permitted("gt:"),
            redirect_uris: row.list("RedirectUris", &[]),
            public,
            disabled: false,
            pkce_required: row
                .list("Requirements", &[])
                .iter()
                .any(|word| word == "ft:pkce"),
            secrets: Vec::new(),
        };
        let mut obstacles = Vec::new();
        if let Some(secret) = row.text("ClientSecret").filter(|_| !public) {
            client.take(hashes::aspnet(&secret), None, &mut obstacles);
        } else if !public && row.text("JsonWebKeySet").is_some() {
            obstacles.push(Obstacle::new(
                "It proves itself by a key, not by a secret.",
                "Grantor proves clients by a shared secret: give it one.",
            ));
        }
        reading.add(client, obstacles);
    }
    tokens::read(tables, &ids, options, &mut reading).await?;
    Ok(reading)
}
