//! A table with a line of names: what remains when the old server has no format of its own.

use serde_json::{Map, Value};

use super::client::{ForeignClient, ForeignSecret, Obstacle, Reading};
use super::fields::Row;
use super::format::SecretsAre;
use super::hashes::{self, Taken};
use super::{Options, SourceError};

const COLUMNS: &str = "client_id, name, description, account, secret, secret_format, secret_expires_at, scopes, grant_types, redirect_uris, public, disabled";
const FORMATS: &str = "plain, sha256, sha512, bcrypt, pbkdf2, argon2, aspnet, django, spring";

/// Reads the rows; what the columns mean stands in the line of names.
///
/// # Errors
/// There is no column `client_id`.
pub fn read(text: &str, options: &Options) -> Result<Reading, SourceError> {
    let mut table = csv::ReaderBuilder::new()
        .flexible(false)
        .from_reader(text.as_bytes());
    let names = table
        .headers()
        .map_err(|_| SourceError::new("The first line cannot be read as CSV."))?
        .clone();
    if !names
        .iter()
        .any(|name| super::fields::plain(name) == "clientid")
    {
        return Err(SourceError::new(format!(
            "The first line has no column client_id; these are read: {COLUMNS}."
        )));
    }
    let mut reading = Reading::default();
    for record in table.records() {
        // What a broken row holds may be a secret, so that it is not repeated.
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            SourceError::new(format!("Line {line} is no row of this table: quotes or columns are not as many as in the first line."))
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let columns: Map<String, Value> = names
            .iter()
            .zip(record.iter())
            .map(|(name, cell)| (name.to_owned(), Value::from(cell)))
            .collect();
        client(
            &Row::new(columns),
            &format!("line {line}"),
            options,
            &mut reading,
        );
    }
    Ok(reading)
}

fn client(row: &Row, place: &str, options: &Options, reading: &mut Reading) {
    let text = |name: &str| row.text(name).unwrap_or_default();
    let grant_types = row.list("grant_types", &[',', ';']);
    let mut client = ForeignClient {
        place: place.to_owned(),
        client_id: text("client_id"),
        name: text("name"),
        description: text("description"),
        account: row.account(Some(options.account_by.as_deref().unwrap_or("account"))),
        scopes: row.list("scopes", &[',', ';']),
        grant_types: if grant_types.is_empty() {
            options.grant_types.clone()
        } else {
            grant_types
        },
        redirect_uris: row.list("redirect_uris", &[]),
        public: row.flag("public").unwrap_or(false),
        disabled: row.flag("disabled").unwrap_or(false),
        pkce_required: false,
        secrets: Vec::new(),
    };
    let mut obstacles = Vec::new();
    if let Some(secret) = row.text("secret").filter(|_| !client.public) {
        let format = row.text("secret_format");
        let format = format.as_deref().or(options.secrets.map(SecretsAre::name));
        match (format.map(|format| taken(format, &secret)), row.time("secret_expires_at")) {
            (None, _) => obstacles.push(Obstacle::new(
                "Whether its secret is hashed, and how, is not said.",
                format!("Add a column secret_format with one of {FORMATS}, or say it for all rows by `--secrets`."),
            )),
            (Some(None), _) => obstacles.push(Obstacle::new(
                "Its secret_format is none that is known.",
                format!("Write one of {FORMATS}."),
            )),
            (_, Err(_)) => obstacles.push(Obstacle::new(
                "Its secret_expires_at is no time.",
                "Write it as 2026-12-31T00:00:00Z, or leave it empty for a secret that does not end.",
            )),
            (Some(Some(Err(unreadable))), _) => obstacles.push(unreadable.obstacle()),
            (Some(Some(Ok(hash))), Ok(expires_at)) => client.secrets.push(ForeignSecret { hash, expires_at }),
        }
    }
    reading.add(client, obstacles);
}

fn taken(format: &str, secret: &str) -> Option<Taken> {
    Some(match format {
        "plain" => hashes::plain(secret),
        "sha256" | "sha512" => hashes::digest(secret),
        "bcrypt" => hashes::bcrypt(secret),
        "pbkdf2" => hashes::pbkdf2(secret),
        "argon2" => hashes::argon2(secret),
        "aspnet" => hashes::aspnet(secret),
        "django" => hashes::django(secret),
        "spring" => hashes::spring(secret),
        _ => return None,
    })
}
