//! Doorkeeper: the tables `oauth_applications` and `oauth_access_tokens`.
//!
//! A row does not say how its secret is kept: 64 hex digits may be a SHA-256 or a secret that is kept as it is. Taking the one for
//! the other would either lock an integrator out or let in whoever read the table, so where it is open, the operator says it.

mod tokens;

use std::collections::HashMap;

use super::client::{ForeignClient, Obstacle, Reading, usual_grants};
use super::fields::Row;
use super::format::SecretsAre;
use super::hashes::{self, Taken};
use super::source::Tables;
use super::{Options, SourceError};

/// Reads the applications, and the tokens that live.
///
/// # Errors
/// There is no such table, or how secrets or tokens are kept is open.
pub async fn read(tables: &Tables, options: &Options) -> Result<Reading, SourceError> {
    let rows = tables.rows("oauth_applications").await?;
    let kept = match options.secrets {
        Some(kept) => kept,
        None => told_by(&rows)?,
    };
    let mut reading = Reading::default();
    for row in &rows {
        application(row, kept, options, &mut reading);
    }
    let ids = rows
        .iter()
        .filter_map(|row| Some((row.text("id")?, row.text("uid")?)));
    let ids: HashMap<String, String> = ids.collect();
    tokens::read(tables, &ids, options, &mut reading).await?;
    Ok(reading)
}

/// What the secrets themselves leave no doubt about.
fn told_by(rows: &[Row]) -> Result<SecretsAre, SourceError> {
    let secrets: Vec<String> = rows.iter().filter_map(|row| row.text("secret")).collect();
    let are = |what: fn(&str) -> bool| secrets.iter().any(|secret| what(secret));
    let hex =
        |secret: &str| secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bcrypt = |secret: &str| secret.starts_with("$2");
    let other = |secret: &str| !secret.starts_with("$2");
    match (are(hex), are(bcrypt), are(other)) {
        (true, ..) => Err(SourceError::new(
            "Secrets of 64 hex digits may be SHA-256 hashes or secrets kept as they are: say which by `--secrets sha256` or `--secrets plain` \
             (in the old server's initializer, `hash_application_secrets` means sha256).",
        )),
        (_, true, true) => Err(SourceError::new(
            "Some secrets are bcrypt and others are not: say by `--secrets bcrypt` that the others are left out, or rotate those first.",
        )),
        (_, true, false) => Ok(SecretsAre::Bcrypt),
        _ => Ok(SecretsAre::Plain),
    }
}

fn taken(kept: SecretsAre, secret: &str) -> Taken {
    match kept {
        SecretsAre::Plain => hashes::plain(secret),
        SecretsAre::Sha256 => hashes::digest(secret),
        SecretsAre::Bcrypt => hashes::bcrypt(secret),
    }
}

fn application(row: &Row, kept: SecretsAre, options: &Options, reading: &mut Reading) {
    let place = format!("oauth_applications {}", row.text("id").unwrap_or_default());
    let Some(client_id) = row.text("uid") else {
        let obstacle = Obstacle::new("It has no uid.", "Look at that row in the old server.");
        return reading.refuse("", &place, obstacle);
    };
    // Older versions have no such column, and no public clients.
    let public = !row.flag("confidential").unwrap_or(true);
    let redirect_uris = row.list("redirect_uri", &[]);
    let mut client = ForeignClient {
        place,
        client_id,
        name: row.text("name").unwrap_or_default(),
        description: String::new(),
        account: account(row, options),
        scopes: row.list("scopes", &[',']),
        grant_types: grants(options, public, !redirect_uris.is_empty()),
        redirect_uris,
        public,
        disabled: false,
        pkce_required: false,
        secrets: Vec::new(),
    };
    let mut obstacles = Vec::new();
    if let Some(secret) = row.text("secret").filter(|_| !public) {
        client.take(taken(kept, &secret), None, &mut obstacles);
    }
    reading.add(client, obstacles);
}

/// `owner` stands for the two columns that name one.
fn account(row: &Row, options: &Options) -> Option<String> {
    match options.account_by.as_deref() {
        Some("owner") => {
            let kind = row.text("owner_type").unwrap_or_default();
            Some(
                format!("{kind} {}", row.text("owner_id")?)
                    .trim()
                    .to_owned(),
            )
        }
        by => row.account(by),
    }
}

/// The rows keep no grants: those of its initializer hold for all. Without them, what an application like this can use.
fn grants(options: &Options, public: bool, redirects: bool) -> Vec<String> {
    if !options.grant_types.is_empty() {
        return options.grant_types.clone();
    }
    usual_grants(public, redirects)
}
