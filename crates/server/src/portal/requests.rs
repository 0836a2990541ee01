//! The latest requests of credentials, for a talk with support: found by name or by credential, looked at and taken away.

pub mod export;
pub mod find;
pub mod list;
mod row;
pub mod show;

use axum::response::Response;
use store::{Client, RequestRecord};

use super::access::{Manager, nothing_here};

/// The name of a request as it is written: 32 hex digits.
fn id_of(text: &str) -> Option<String> {
    let id = text.trim().to_ascii_lowercase();
    (id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(id)
}

/// A request of a credential that this person manages. Another account's is answered like one that does not exist, and noted.
///
/// # Errors
/// The answer.
async fn request(manager: &Manager, id: &str) -> Result<(RequestRecord, Client), Response> {
    let context = &manager.visit.context;
    let Some(id) = id_of(id) else {
        return Err(nothing_here(&manager.visit));
    };
    // Whoever looks wants to see what was asked a moment ago.
    let written = context.platform.write_uses().await;
    written.map_err(|error| manager.visit.unavailable(&error))?;
    let store = context.platform.store.in_environment(context.issuer.name());
    let found = store
        .find_request(&id)
        .await
        .map_err(|error| manager.visit.unavailable(&error))?;
    let Some(record) = found else {
        return Err(nothing_here(&manager.visit));
    };
    let client = manager.credential(&record.credential_uuid).await?;
    Ok((record, client))
}
