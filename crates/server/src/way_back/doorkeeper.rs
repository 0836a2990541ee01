//! Statements for `oauth_applications`, whose secrets are hashed by SHA-256.

use super::journey::{Going, Journey};
use super::sql::{literal, name, written};

/// Writes them; what cannot stand in one is noted.
pub fn write(journey: &mut Journey<'_>, now: &str) -> String {
    let head = format!(
        "For Doorkeeper with `hash_application_secrets`; made by `grantor export doorkeeper` on {now}."
    );
    written(journey, &head, |going| statement(going, now))
}

fn statement(going: &Going<'_>, now: &str) -> Option<String> {
    let credential = going.credential;
    let id = literal(&credential.client_id)?;
    let secret = literal(going.secret.as_ref().map_or("", |text| text.as_str()))?;
    if going.is_there {
        return Some(format!(
            "update oauth_applications set secret = {secret}, updated_at = '{now}' where uid = {id};\n"
        ));
    }
    Some(format!(
        "insert into oauth_applications (name, uid, secret, redirect_uri, scopes, confidential, created_at, updated_at) \
         values ({}, {id}, {secret}, {}, {}, {}, '{now}', '{now}');\n",
        name(&credential.name),
        literal(&credential.redirect_uris.join(" "))?,
        literal(&credential.scopes.join(" "))?,
        !credential.public,
    ))
}
