//! Ending one token by name (RFC 7009), on behalf of the client it was issued to.
//!
//! A refresh token takes with it all that came out of the same authorization (§2.1).

use store::{Actor, Change, StoreError};
use subtle::ConstantTimeEq;

use super::jwt;
use super::opaque;
use super::refresh_token;
use super::verify::{self, LiveToken};
use crate::clients::KnownClient;
use crate::context::Context;

/// Ends the token if it is live and this client's; says whether it did.
///
/// Another client's token lives on and nobody learns that it exists (RFC 7009 §2.1).
pub async fn revoke(
    context: &Context,
    client: &KnownClient,
    text: &str,
) -> Result<bool, StoreError> {
    if let Some(presented) = refresh_token::find(context, text).await? {
        return end_family(context, client, presented).await;
    }
    let Ok(token) = verify::verify(&context.platform, &context.issuer, text, context.now).await?
    else {
        return Ok(false);
    };
    if token.client.uuid() != client.uuid() {
        return Ok(false);
    }
    let ended = end(context, client, text, &token).await?;
    context.issuer.forget(&Change::Token(token.id));
    Ok(ended)
}

async fn end_family(
    context: &Context,
    client: &KnownClient,
    refresh_token::Known {
        family,
        generation,
        hash,
    }: refresh_token::Known,
) -> Result<bool, StoreError> {
    let store = context.platform.store.in_environment(context.issuer.name());
    let Some(row) = store.find_refresh_token(family, generation).await? else {
        return Ok(false);
    };
    let proven = bool::from(row.secret_hash.ct_eq(&hash));
    if !proven || row.family.credential_uuid != client.uuid() {
        return Ok(false);
    }
    let credential = &client.client.credential;
    let audit = store::AuditEvent {
        account_id: Some(credential.account_id.clone()),
        subject: Some(opaque::hex(&family.0)),
        ..context.audit(
            "token_family.revoked",
            Actor::Credential(credential.uuid.clone()),
        )
    };
    let ended = store
        .end_family(family, "revoked_by_client", context.now, audit)
        .await?;
    context.issuer.forget(&Change::Family(family));
    Ok(ended)
}

async fn end(
    context: &Context,
    client: &KnownClient,
    text: &str,
    token: &LiveToken,
) -> Result<bool, StoreError> {
    let store = context.platform.store.in_environment(context.issuer.name());
    let credential = &client.client.credential;
    let audit = store::AuditEvent {
        account_id: Some(credential.account_id.clone()),
        subject: Some(opaque::hex(&token.id.0)),
        ..context.audit("token.revoked", Actor::Credential(credential.uuid.clone()))
    };
    if token.id.is_imported() {
        store
            .revoke_imported_token(token.id, client.uuid(), context.now, audit)
            .await
    } else if jwt::looks_like_one(text) {
        store
            .revoke_jwt(token.id, token.expires_at, context.now, audit)
            .await
    } else {
        store
            .revoke_access_token(token.id, client.uuid(), context.now, audit)
            .await
    }
}
