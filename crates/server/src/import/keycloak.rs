//! Keycloak: a realm as `kc.sh export` writes it. Secrets stand in it as they are; the administration console writes stars instead.

use serde_json::Value;
use store::Millis;

use super::client::{ForeignClient, ForeignSecret, Obstacle, Reading};
use super::fields::Row;
use super::hashes;
use super::{Options, SourceError};

/// Clients that every realm has for itself.
const ITS_OWN: [&str; 6] = [
    "account",
    "account-console",
    "admin-cli",
    "broker",
    "realm-management",
    "security-admin-console",
];

/// Reads the clients of one realm.
///
/// # Errors
/// The file holds no realm, or several.
pub fn read(document: &Value, options: &Options) -> Result<Reading, SourceError> {
    let realm = match document {
        Value::Array(realms) => match &realms[..] {
            [only] => only,
            _ => {
                return Err(SourceError::new(
                    "The file holds several realms: export the one that becomes this environment (`kc.sh export --realm NAME`).",
                ));
            }
        },
        realm => realm,
    };
    let clients = realm.get("clients").and_then(Value::as_array).ok_or_else(|| {
        SourceError::new("The file holds no realm with clients: export one by `kc.sh export --realm NAME --file FILE`.")
    })?;
    let mut reading = Reading::default();
    for (at, value) in clients.iter().enumerate() {
        client(
            &Row::of(value),
            &format!("clients[{at}]"),
            options,
            &mut reading,
        );
    }
    Ok(reading)
}

fn client(row: &Row, place: &str, options: &Options, reading: &mut Reading) {
    let client_id = row.text("clientId").unwrap_or_default();
    if let Some(obstacle) = not_ours(row, &client_id) {
        return reading.refuse(&client_id, place, obstacle);
    }
    let public = row.flag("publicClient").unwrap_or(false);
    let attributes = Row::of(&row.json("attributes").unwrap_or_default());
    let mut scopes = row.list("defaultClientScopes", &[]);
    scopes.extend(row.list("optionalClientScopes", &[]));
    let mut client = ForeignClient {
        place: place.to_owned(),
        client_id,
        name: row.text("name").unwrap_or_default(),
        description: row.text("description").unwrap_or_default(),
        account: row.account(options.account_by.as_deref()),
        scopes,
        grant_types: grants(row),
        redirect_uris: row.list("redirectUris", &[]),
        public,
        disabled: !row.flag("enabled").unwrap_or(true),
        pkce_required: attributes.text("pkce.code.challenge.method").is_some(),
        secrets: Vec::new(),
    };
    let mut obstacles = Vec::new();
    if !public {
        let current = row.text("secret");
        let rotated = attributes.text("client.secret.rotated");
        let current =
            current.map(|secret| (secret, attributes.time("client.secret.expiration.time")));
        let rotated = rotated.map(|secret| {
            (
                secret,
                attributes.time("client.secret.rotated.expiration.time"),
            )
        });
        for (secret, expires_at) in current.into_iter().chain(rotated) {
            let expires_at = expires_at.map_err(|_| {
                Obstacle::new(
                    "When one of its secrets ends cannot be read.",
                    "Look at its attributes in the file.",
                )
            });
            match expires_at.and_then(|expires_at| taken(&secret, expires_at)) {
                Ok(secret) => client.secrets.push(secret),
                Err(obstacle) => obstacles.push(obstacle),
            }
        }
    }
    reading.add(client, obstacles);
}

fn taken(secret: &str, expires_at: Option<Millis>) -> Result<ForeignSecret, Obstacle> {
    if secret.bytes().all(|byte| byte == b'*') {
        return Err(Obstacle::new(
            "Its secret is blotted out by stars.",
            "Export with `kc.sh export` while the server is stopped, not in the administration console.",
        ));
    }
    if secret.starts_with("${") {
        return Err(Obstacle::new(
            "Its secret lies in a vault, and the file only names it.",
            "Put the secret into the file in place of its name.",
        ));
    }
    hashes::plain(secret)
        .map(|hash| ForeignSecret { hash, expires_at })
        .map_err(|unreadable| unreadable.obstacle())
}

fn not_ours(row: &Row, client_id: &str) -> Option<Obstacle> {
    if client_id.is_empty() {
        return Some(Obstacle::new(
            "It has no clientId.",
            "Look at it in the file.",
        ));
    }
    if ITS_OWN.contains(&client_id) || row.flag("bearerOnly") == Some(true) {
        return Some(Obstacle::new(
            "It is the old server's own, or asks for no tokens.",
            "Nothing: it is not needed here.",
        ));
    }
    let protocol = row.text("protocol");
    if protocol.is_some_and(|protocol| protocol != "openid-connect") {
        return Some(Obstacle::new(
            "It speaks SAML.",
            "Nothing: Grantor speaks OAuth.",
        ));
    }
    let kind = row
        .text("clientAuthenticatorType")
        .unwrap_or_else(|| "client-secret".to_owned());
    if kind != "client-secret" && row.flag("publicClient") != Some(true) {
        return Some(Obstacle::new(
            "It proves itself by a key, a certificate or a signature, not by a secret.",
            "Grantor proves clients by a shared secret: give it one.",
        ));
    }
    None
}

fn grants(row: &Row) -> Vec<String> {
    let allowed = |name: &str| row.flag(name).unwrap_or(false);
    let mut grants = Vec::new();
    if allowed("serviceAccountsEnabled") {
        grants.push("client_credentials");
    }
    if allowed("standardFlowEnabled") {
        grants.push("authorization_code");
    }
    if allowed("directAccessGrantsEnabled") {
        grants.push("password");
    }
    if allowed("standardFlowEnabled") || allowed("directAccessGrantsEnabled") {
        grants.push("refresh_token");
    }
    grants.into_iter().map(str::to_owned).collect()
}
