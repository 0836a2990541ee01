//! The table `PersistedGrants`: reference tokens and refresh tokens, each found by a SHA-256 of its handle and its type.

use serde_json::Value;

use crate::import::client::{Obstacle, Reading};
use crate::import::fields::Row;
use crate::import::hashes;
use crate::import::people::People;
use crate::import::source::Tables;
use crate::import::token::{ForeignToken, ForeignTokens, OFFLINE, placed, without_times};
use crate::import::{Options, SourceError};
use crate::secrets::imported::work::Bytes;

/// The table, which may be in a database of its own.
pub const TABLE: &str = "PersistedGrants";

/// Reads what lives.
///
/// # Errors
/// People cannot be read.
pub async fn read(
    tables: &Tables,
    options: &Options,
    reading: &mut Reading,
) -> Result<(), SourceError> {
    if options.no_tokens || !tables.has(TABLE) {
        return Ok(());
    }
    let people = People::read(tables, options.people.as_ref()).await?;
    let take = |row: Row| one(&row, &people, options, reading);
    tables.each(TABLE, None, take).await
}

fn one(row: &Row, people: &People, options: &Options, reading: &mut Reading) {
    let kind = row.text("Type").unwrap_or_default();
    let is_access = kind == "reference_token";
    let used = row.get("ConsumedTime").is_some();
    if !(is_access || kind == "refresh_token") || used {
        return;
    }
    let ends_at = row.time("Expiration");
    if matches!(ends_at, Ok(Some(end)) if end <= options.now) {
        return;
    }
    let client_id = row.text("ClientId").unwrap_or_default();
    let key = row.text("Key").unwrap_or_default();
    // Older versions have no other name for a row than its key, which is no secret, but long.
    let name = row
        .text("Id")
        .unwrap_or_else(|| key.chars().take(8).collect());
    let place = format!("{TABLE} {name}");
    let mut refuse = |obstacle| {
        let not_coming = &mut reading.tokens_not_coming;
        not_coming.add(&client_id, &place, 1, obstacle);
    };
    let (Ok(ends_at), Ok(Some(issued_at))) = (ends_at, row.time("CreationTime")) else {
        return refuse(without_times());
    };
    let Some(digest) = digest(&key) else {
        return refuse(Obstacle::new(
            "Its key is no SHA-256.",
            "Look at that row in the old server. It is never taken for the token itself.",
        ));
    };
    let person = match row.text("SubjectId").map(|id| people.name(&id)).transpose() {
        Ok(person) => person,
        Err(obstacle) => return refuse(obstacle),
    };
    let token = ForeignToken {
        digest: Bytes(digest),
        ends_at,
    };
    let (access, refresh) = placed(token, is_access);
    reading.tokens.push(ForeignTokens {
        place,
        client_id,
        person,
        scopes: scopes(row),
        issued_at,
        access,
        refresh,
    });
}

/// Base64, or since version 6 upper-case hex.
fn digest(key: &str) -> Option<Vec<u8>> {
    let hex = hashes::hex(key).filter(|bytes| bytes.len() == 32);
    hex.or_else(|| hashes::base64(key).filter(|bytes| bytes.len() == 32))
}

/// What stands in the row's JSON, with or without the envelope of newer versions; none where it is encrypted.
fn scopes(row: &Row) -> Option<Vec<String>> {
    let mut data = row.json("Data")?;
    if let Some(payload) = data.get("Payload") {
        if data.get("DataProtected") != Some(&Value::Bool(false)) {
            return None;
        }
        data = serde_json::from_str(payload.as_str()?).ok()?;
    }
    let listed = |name: &str| data.get(name)?.as_array().cloned();
    let text = |value: Value| value.as_str().map(str::to_owned);
    let mut scopes: Vec<String> = match listed("AuthorizedScopes").or_else(|| listed("Scopes")) {
        Some(scopes) => scopes.into_iter().filter_map(text).collect(),
        None => {
            let token = data.get("AccessToken").unwrap_or(&data);
            let claims = token.get("Claims")?.as_array()?;
            let scopes = claims
                .iter()
                .filter(|claim| claim.get("Type") == Some(&"scope".into()));
            scopes
                .filter_map(|claim| text(claim.get("Value")?.clone()))
                .collect()
        }
    };
    scopes.retain(|scope| scope != OFFLINE);
    Some(scopes)
}
