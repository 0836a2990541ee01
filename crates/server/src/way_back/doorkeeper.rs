//! Statements for `oauth_applications`, whose secrets are hashed by SHA-256.

use super::journey::{Going, Journey};
use super::sql::{literal, name};

/// Writes them; what cannot stand in one is noted.
pub fn write(journey: &mut Journey<'_>, now: &str) -> String {
    let mut text = format!(
        "-- For Doorkeeper with `hash_application_secrets`; made by `grantor export doorkeeper` on {now}. It holds hashes of secrets.\nbegin;\n"
    );
    for going in std::mem::take(&mut journey.going) {
        match statement(&going, now) {
            Some(statement) => {
                text.push_str(&statement);
                journey.going.push(going);
            }
            None => super::sql::refuse(journey, &going),
        }
    }
    text.push_str("commit;\n");
    text
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
