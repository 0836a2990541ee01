//! Kong's plugin oauth2: the credentials of its consumers, out of its database or its declarative file. What they may do stands
//! in the plugins' configuration, and holds for all of them.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::client::{ForeignClient, Obstacle, Reading};
use super::fields::Row;
use super::format::SecretsAre;
use super::hashes::{self, Taken};
use super::source::Tables;
use super::{Options, SourceError};

/// Switches of the plugin, and the grants they stand for.
const GRANTS: [(&str, &str); 3] = [
    ("enable_client_credentials", "client_credentials"),
    ("enable_authorization_code", "authorization_code"),
    ("enable_password_grant", "password"),
];

/// What the plugins let everybody do.
#[derive(Default)]
struct Permitted {
    grants: Vec<String>,
    scopes: Vec<String>,
}

/// Reads a database.
///
/// # Errors
/// There are no such tables.
pub async fn read_tables(tables: &Tables, options: &Options) -> Result<Reading, SourceError> {
    let rows = tables.rows("oauth2_credentials").await?;
    let mut consumers = HashMap::new();
    for row in tables.rows("consumers").await? {
        consumers.insert(row.text("id").unwrap_or_default(), row);
    }
    let permitted = permitted(&tables.rows_if_any("plugins").await?, options);
    let mut reading = Reading::default();
    for row in &rows {
        let place = format!("oauth2_credentials {}", row.text("id").unwrap_or_default());
        let consumer = row
            .text("consumer_id")
            .and_then(|id| consumers.get(&id).cloned());
        let consumer = consumer.unwrap_or_default();
        credential(row, &consumer, &place, &permitted, options, &mut reading);
    }
    Ok(reading)
}

/// Reads a declarative file: credentials stand inside their consumers, or beside them with their consumers' names.
///
/// # Errors
/// It holds no credentials.
pub fn read_file(document: &Value, options: &Options) -> Result<Reading, SourceError> {
    let plugins: Vec<Row> = plugins(document).into_iter().map(Row::of).collect();
    let permitted = permitted(&plugins, options);
    let mut reading = Reading::default();
    let mut found = false;
    for (at, consumer) in list(document, "consumers").iter().enumerate() {
        for (number, value) in list(consumer, "oauth2_credentials").iter().enumerate() {
            let place = format!("consumers[{at}].oauth2_credentials[{number}]");
            let (row, consumer) = (Row::of(value), Row::of(consumer));
            credential(&row, &consumer, &place, &permitted, options, &mut reading);
            found = true;
        }
    }
    for (at, value) in list(document, "oauth2_credentials").iter().enumerate() {
        let row = Row::of(value);
        let consumer = match row.get("consumer") {
            Some(Value::String(name)) => {
                let named = ("username".to_owned(), Value::from(name.as_str()));
                Row::new(Map::from_iter([named]))
            }
            Some(consumer) => Row::of(consumer),
            None => Row::default(),
        };
        let place = format!("oauth2_credentials[{at}]");
        credential(&row, &consumer, &place, &permitted, options, &mut reading);
        found = true;
    }
    match found {
        true => Ok(reading),
        false => Err(SourceError::new(
            "The file holds no oauth2_credentials, beside its consumers or inside them.",
        )),
    }
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    let found = value.get(name).and_then(Value::as_array);
    found.map(Vec::as_slice).unwrap_or_default()
}

/// Plugins stand anywhere among services and routes.
fn plugins(value: &Value) -> Vec<&Value> {
    let mut found: Vec<&Value> = list(value, "plugins").iter().collect();
    for (name, within) in value.as_object().into_iter().flatten() {
        if matches!(name.as_str(), "services" | "routes" | "consumers") {
            found.extend(within.as_array().into_iter().flatten().flat_map(plugins));
        }
    }
    found
}

fn permitted(plugins: &[Row], options: &Options) -> Permitted {
    let mut permitted = Permitted::default();
    let ours = |plugin: &&Row| plugin.text("name").is_some_and(|name| name == "oauth2");
    for plugin in plugins.iter().filter(ours) {
        let config = Row::of(&plugin.json("config").unwrap_or_default());
        for (switch, grant) in GRANTS {
            if config.flag(switch) == Some(true) {
                permitted.grants.push(grant.to_owned());
            }
        }
        permitted.scopes.extend(config.list("scopes", &[]));
    }
    if !options.grant_types.is_empty() {
        permitted.grants.clone_from(&options.grant_types);
    } else if permitted
        .grants
        .iter()
        .any(|grant| grant != "client_credentials")
    {
        permitted.grants.push("refresh_token".to_owned());
    }
    permitted
}

fn credential(
    row: &Row,
    consumer: &Row,
    place: &str,
    permitted: &Permitted,
    options: &Options,
    reading: &mut Reading,
) {
    let name = row.text("name").unwrap_or_default();
    let Some(client_id) = row.text("client_id") else {
        let obstacle = Obstacle::new(
            "The source does not hold its client_id.",
            "Export it with the ids and secrets, or read the database.",
        );
        return reading.refuse(&name, place, obstacle);
    };
    let public = row.text("client_type").is_some_and(|kind| kind == "public");
    let mut client = ForeignClient {
        place: place.to_owned(),
        client_id,
        name,
        description: String::new(),
        account: account(row, consumer, options),
        scopes: permitted.scopes.clone(),
        grant_types: permitted.grants.clone(),
        redirect_uris: row.list("redirect_uris", &[]),
        public,
        disabled: false,
        pkce_required: false,
        secrets: Vec::new(),
    };
    let mut obstacles = Vec::new();
    if let Some(secret) = row.text("client_secret").filter(|_| !public) {
        let taken = taken(&secret, row.flag("hash_secret"), options);
        client.take(taken, None, &mut obstacles);
    }
    reading.add(client, obstacles);
}

/// `consumer` stands for its name, `consumer.FIELD` for a field of it.
fn account(row: &Row, consumer: &Row, options: &Options) -> Option<String> {
    let by = options.account_by.as_deref()?;
    match by.strip_prefix("consumer") {
        Some("") => consumer
            .text("username")
            .or_else(|| consumer.text("custom_id")),
        Some(field) if field.starts_with('.') => consumer.account(field.get(1..)),
        _ => row.account(Some(by)),
    }
}

/// Plain unless the row says that it is hashed. A file written by hand may hold a secret that is hashed only when it is loaded;
/// that it is one, the operator says.
fn taken(secret: &str, hashed: Option<bool>, options: &Options) -> Taken {
    match hashed {
        Some(true) if options.secrets != Some(SecretsAre::Plain) || secret.starts_with('$') => {
            hashes::self_describing(secret)
        }
        _ => hashes::plain(secret),
    }
}
