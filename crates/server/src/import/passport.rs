//! Laravel Passport: the table `oauth_clients`, as it is since version 13 and as it was before. Scopes stand in its code.

use super::client::{ForeignClient, Obstacle, Reading, usual_grants};
use super::fields::Row;
use super::format::SecretsAre;
use super::hashes::{self, Taken};
use super::source::Tables;
use super::{Options, SourceError};

/// Lists stood in one column.
const COMMA: &[char] = &[','];

/// Reads the clients.
///
/// # Errors
/// There is no such table, or how secrets are kept is open.
pub async fn read(tables: &Tables, options: &Options) -> Result<Reading, SourceError> {
    let rows = tables.rows("oauth_clients").await?;
    let kept = match options.secrets {
        Some(kept) => kept,
        None => told_by(&rows)?,
    };
    let mut reading = Reading::default();
    for row in &rows {
        client(row, kept, options, &mut reading);
    }
    Ok(reading)
}

/// Its switch holds for all rows: where some are hashed, the others cannot be secrets that its server takes.
fn told_by(rows: &[Row]) -> Result<SecretsAre, SourceError> {
    let secrets: Vec<String> = rows.iter().filter_map(|row| row.text("secret")).collect();
    let hashed = secrets.iter().filter(|secret| secret.starts_with('$'));
    match hashed.count() {
        0 => Ok(SecretsAre::Plain),
        all if all == secrets.len() => Ok(SecretsAre::Bcrypt),
        _ => Err(SourceError::new(
            "Some secrets are hashed and others are not: say by `--secrets bcrypt` or `--secrets plain` how the old server keeps them; \
             the others are left out.",
        )),
    }
}

fn taken(kept: SecretsAre, secret: &str) -> Taken {
    match kept {
        SecretsAre::Plain => hashes::plain(secret),
        SecretsAre::Sha256 => hashes::digest(secret),
        // Laravel's hasher may be Argon2.
        SecretsAre::Bcrypt => hashes::self_describing(secret),
    }
}

fn client(row: &Row, kept: SecretsAre, options: &Options, reading: &mut Reading) {
    let Some(client_id) = row.text("id") else {
        let obstacle = Obstacle::new("It has no id.", "Look at that row in the old server.");
        return reading.refuse("", "oauth_clients", obstacle);
    };
    let place = format!("oauth_clients {client_id}");
    let secret = row.text("secret");
    // A client without a secret is a public one there.
    let public = secret.is_none();
    let redirect_uris = match row.get("redirect_uris") {
        Some(_) => row.list("redirect_uris", COMMA),
        None => row.list("redirect", COMMA),
    };
    let grant_types = grants(row, public, !redirect_uris.is_empty());
    if grant_types == ["personal_access"] {
        let obstacle = Obstacle::new(
            "It only makes personal access tokens for the old server's own pages.",
            "Nothing: no program sends its id and secret.",
        );
        return reading.refuse(&client_id, &place, obstacle);
    }
    let mut client = ForeignClient {
        place,
        client_id,
        name: row.text("name").unwrap_or_default(),
        description: String::new(),
        account: row.account(options.account_by.as_deref()),
        scopes: row.list("scopes", &[]),
        grant_types,
        redirect_uris,
        public,
        disabled: row.flag("revoked").unwrap_or(false),
        pkce_required: false,
        secrets: Vec::new(),
    };
    let mut obstacles = Vec::new();
    if let Some(secret) = secret {
        client.take(taken(kept, &secret), None, &mut obstacles);
    }
    reading.add(client, obstacles);
}

/// Rows that name none may use what their server lets such a client use.
fn grants(row: &Row, public: bool, redirects: bool) -> Vec<String> {
    let named = row.list("grant_types", &[]);
    if !named.is_empty() {
        return named;
    }
    let of_kind = |kind: &str| row.flag(kind).unwrap_or(false);
    let grants = if of_kind("personal_access_client") {
        &["personal_access"][..]
    } else if of_kind("password_client") {
        &["password", "refresh_token"]
    } else {
        return usual_grants(public, redirects);
    };
    grants.iter().map(|grant| (*grant).to_owned()).collect()
}
