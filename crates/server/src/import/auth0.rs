//! Auth0: what its deploy tool exports (JSON or YAML), or the list that its API answers. Secrets stand in it as they are, where
//! they were asked for.

use serde_json::Value;

use super::client::{ForeignClient, Obstacle, Reading};
use super::fields::Row;
use super::hashes;
use super::{Options, SourceError};

const INCLUDE: &str = "Export with INCLUDED_PROPS={\"clients\":[\"client_id\",\"client_secret\"]}, or ask the API with the scope read:client_keys.";

/// Reads the clients, with the scopes of their grants of APIs.
///
/// # Errors
/// The file holds no clients.
pub fn read(document: &Value, options: &Options) -> Result<Reading, SourceError> {
    let clients = match document {
        Value::Array(clients) => Some(clients),
        document => document.get("clients").and_then(Value::as_array),
    };
    let clients = clients.ok_or_else(|| SourceError::new("The file holds no list of clients."))?;
    let api_grants = ["clientGrants", "client_grants"]
        .iter()
        .find_map(|name| document.get(name)?.as_array());
    let api_grants: Vec<Row> = api_grants.into_iter().flatten().map(Row::of).collect();
    let mut reading = Reading::default();
    for (at, value) in clients.iter().enumerate() {
        client(
            &Row::of(value),
            &format!("clients[{at}]"),
            &api_grants,
            options,
            &mut reading,
        );
    }
    Ok(reading)
}

fn client(row: &Row, place: &str, api_grants: &[Row], options: &Options, reading: &mut Reading) {
    let name = row.text("name").unwrap_or_default();
    let Some(client_id) = row.text("client_id") else {
        return reading.refuse(
            &name,
            place,
            Obstacle::new("The file does not hold its client id.", INCLUDE),
        );
    };
    if row.flag("global") == Some(true) {
        return reading.refuse(
            &client_id,
            place,
            Obstacle::new(
                "It is the old server's own.",
                "Nothing: it is not needed here.",
            ),
        );
    }
    let method = row.text("token_endpoint_auth_method").unwrap_or_default();
    let public = method == "none";
    // The deploy tool names clients by their names.
    let its_own = |grant: &&Row| {
        grant
            .text("client_id")
            .is_some_and(|id| id == client_id || id == name)
    };
    let mut client = ForeignClient {
        place: place.to_owned(),
        client_id: client_id.clone(),
        name: name.clone(),
        description: row.text("description").unwrap_or_default(),
        account: row.account(options.account_by.as_deref()),
        scopes: api_grants
            .iter()
            .filter(its_own)
            .flat_map(|grant| grant.list("scope", &[]))
            .collect(),
        grant_types: row.list("grant_types", &[]),
        redirect_uris: row.list("callbacks", &[]),
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
        match row.text("client_secret") {
            Some(secret) => client.take(hashes::plain(&secret), None, &mut obstacles),
            None => obstacles.push(Obstacle::new("The file does not hold its secret.", INCLUDE)),
        }
    }
    reading.add(client, obstacles);
}
