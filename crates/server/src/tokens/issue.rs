//! The mint: an [`Authorization`] becomes a token, durable before anyone sees it.

use oauth::dialect::AccessTokenFormat;
use store::{Actor, NewAccessToken, StoreError, TokenId};

use super::Authorization;
use super::authorization::Subject;
use super::jwt::{self, NewJwt};
use super::opaque;
use crate::context::Context;
use crate::keys::signing_key::KeyRejected;
use crate::random::{self, NoRandomness};

/// Why nothing was issued: always ours, never the client's fault.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The row could not be made durable.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No key signs in this environment at the moment.
    #[error("no signing key of {0} is active")]
    NoSigningKey(&'static str),
    /// The key would not sign.
    #[error(transparent)]
    Key(#[from] KeyRejected),
    /// The operating system.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// A token that exists: durable, and known to nobody yet.
pub struct Issued {
    /// Its text.
    pub access_token: String,
    /// Its id, for answers that show one.
    pub id: TokenId,
}

/// Issues one access token.
pub async fn issue(context: &Context, authorization: &Authorization) -> Result<Issued, IssueError> {
    let environment = &context.issuer.environment;
    let expires_at =
        context.now + i64::try_from(authorization.lifetime).unwrap_or(i64::MAX / 2000) * 1000;
    let scope = authorization.scope.to_string();
    let (access_token, id) = match environment.access_token_format {
        AccessTokenFormat::Jwt => issue_jwt(context, authorization, &scope, expires_at).await?,
        look => {
            let token = opaque::mint(look, context.now)?;
            let row = NewAccessToken {
                id: token.id,
                secret_hash: token.hash,
                credential_uuid: authorization.client.uuid().to_owned(),
                scope,
                issued_at: context.now,
                expires_at,
            };
            let audit = audit(context, authorization, &token.id);
            context
                .platform
                .store
                .in_environment(context.issuer.name())
                .issue_access_token(row, audit)
                .await?;
            (token.text, token.id)
        }
    };
    context.issuer.metrics.tokens_issued.inc();
    Ok(Issued { access_token, id })
}

/// A JWT needs no row to be judged by; its audit row is as durable as any other.
async fn issue_jwt(
    context: &Context,
    authorization: &Authorization,
    scope: &str,
    expires_at: store::Millis,
) -> Result<(String, TokenId), IssueError> {
    let environment = &context.issuer.environment;
    let ring = context.issuer.keys.load();
    let key = ring
        .signing(environment.signing_algorithm, context.now)
        .ok_or(IssueError::NoSigningKey(
            environment.signing_algorithm.as_str(),
        ))?;
    let id = random::token_id(context.now)?;
    let client_id = authorization.client.client_id();
    let subject = match authorization.subject {
        Subject::Client => client_id,
    };
    let token = jwt::sign(
        key,
        &NewJwt {
            issuer: &environment.url,
            audience: &environment.audience,
            subject,
            client_id,
            credential_uuid: authorization.client.uuid(),
            scope,
            id,
            issued_at: context.now,
            expires_at,
        },
    )?;
    context
        .platform
        .store
        .record(audit(context, authorization, &id))
        .await?;
    Ok((token, id))
}

fn audit(context: &Context, authorization: &Authorization, id: &TokenId) -> store::AuditEvent {
    let credential = &authorization.client.client.credential;
    store::AuditEvent {
        account_id: Some(credential.account_id.clone()),
        subject: Some(opaque::hex(&id.0)),
        ..context.audit("token.issued", Actor::Credential(credential.uuid.clone()))
    }
}
