//! Whose a request is: looked up when it is written, long after the sender has an answer.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;
use store::StoreError;
use subtle::ConstantTimeEq;

use super::taken::{Body, Door, Taken, Whose};
use super::write::Books;
use crate::clients::KnownClient;
use crate::platform::Issuer;
use crate::tokens::{jwt, opaque};

/// Readings of a client id that are looked up for one request.
const MOST_READINGS: usize = 4;

/// The credential of a request; None when it names none of ours.
///
/// # Errors
/// The database could not be asked.
pub async fn find(books: &Books, taken: &Taken) -> Result<Option<Arc<KnownClient>>, StoreError> {
    let mut issuers = books.issuers.iter();
    let Some(issuer) = issuers.find(|issuer| *issuer.name() == taken.environment) else {
        return Ok(None);
    };
    let store = books.store.in_environment(issuer.name());
    match (&taken.whose, taken.door) {
        (Whose::Proven(uuid), _) => issuer.clients.by_uuid(store, uuid).await,
        (Whose::Claimed, Door::Gateway) => of_token(books, issuer, &taken.request.headers).await,
        (Whose::Claimed, Door::Token) => {
            for client_id in claimed(taken).into_iter().take(MOST_READINGS) {
                let known = match issuer.clients.remembered(&client_id) {
                    Some(known) => Some(known),
                    None => issuer.clients.fresh(store, &client_id).await?,
                };
                if known.is_some() {
                    return Ok(known);
                }
            }
            Ok(None)
        }
    }
}

/// The credential that a token was given to, though it is dead by now.
async fn of_token(
    books: &Books,
    issuer: &Issuer,
    headers: &HeaderMap,
) -> Result<Option<Arc<KnownClient>>, StoreError> {
    let Some(text) = after_scheme(headers, "bearer") else {
        return Ok(None);
    };
    if jwt::looks_like_one(text) {
        return of_jwt(books, issuer, text).await;
    }
    let hash = opaque::hash(text);
    let Some(id) = opaque::id_of(text, &hash) else {
        return Ok(None);
    };
    let store = books.store.in_environment(issuer.name());
    match store.find_access_token(id).await? {
        Some(row) if bool::from(row.secret_hash.ct_eq(&hash)) => {
            issuer.clients.by_uuid(store, &row.credential_uuid).await
        }
        _ => Ok(None),
    }
}

/// The same of a JWT: judged as of its last moment, so that one that is over is still known by its signature.
async fn of_jwt(
    books: &Books,
    issuer: &Issuer,
    text: &str,
) -> Result<Option<Arc<KnownClient>>, StoreError> {
    let claims = text.split('.').nth(1).unwrap_or_default();
    let ends_at = URL_SAFE_NO_PAD
        .decode(claims)
        .ok()
        .and_then(|claims| serde_json::from_slice::<serde_json::Value>(&claims).ok())
        .and_then(|claims| claims.get("exp")?.as_i64());
    let Some(ends_at) = ends_at else {
        return Ok(None);
    };
    let last_moment = ends_at.saturating_mul(1000).saturating_sub(1);
    let environment = &issuer.environment;
    let read = jwt::verify(
        &issuer.keys.load(),
        &environment.url,
        &environment.audience,
        text,
        last_moment,
    );
    let Ok(read) = read else {
        return Ok(None);
    };
    let store = books.store.in_environment(issuer.name());
    issuer.clients.by_uuid(store, &read.credential_uuid).await
}

/// The client ids that a token request names, in each place where clients put them.
fn claimed(taken: &Taken) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(basic) = after_scheme(&taken.request.headers, "basic")
        && let Ok(bytes) = STANDARD.decode(basic)
        && let Ok(pair) = String::from_utf8(bytes)
        && let Some((client_id, _)) = pair.split_once(':')
    {
        found.push(client_id.to_owned());
        found.push(
            percent_decode_str(client_id)
                .decode_utf8_lossy()
                .into_owned(),
        );
    }
    let member = |text: &[u8]| {
        form_urlencoded::parse(text)
            .find(|(name, _)| name == "client_id")
            .map(|(_, value)| value.into_owned())
    };
    let body = match &taken.request.body {
        Body::Pieces(pieces) => pieces.concat(),
        _ => Vec::new(),
    };
    let of_json = serde_json::from_slice::<serde_json::Value>(&body)
        .ok()
        .and_then(|value| Some(value.get("client_id")?.as_str()?.to_owned()));
    found.extend(of_json);
    found.extend(member(&body));
    found.extend(member(taken.uri.query().unwrap_or_default().as_bytes()));
    found.retain(|client_id| !client_id.is_empty() && !client_id.contains('\0'));
    found.dedup();
    found
}

/// What stands behind a scheme in the `Authorization` header.
pub fn after_scheme<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (named, rest) = value.split_once(' ')?;
    named.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}
