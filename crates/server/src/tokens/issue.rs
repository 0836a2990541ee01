//! The mint: an [`Authorization`] becomes tokens, durable before anyone sees them.
//!
//! A client's own token is appended with those of others (group commit). A token for a person is
//! written in the one transaction that spends what it is given for, so that a code or a refresh
//! token is never gone with nothing to show for it, and never good for two answers.

use oauth::dialect::AccessTokenFormat;
use store::{
    Actor, AuditEvent, Change, FamilyId, Millis, NewAccessToken, NewFamily, NewRefreshToken,
    Redemption, Rotated, Rotation, StoreError, TokenId,
};

use super::Authorization;
use super::authorization::{Presented, Proof, Subject};
use super::jwt::{self, NewJwt};
use super::{opaque, refresh_token};
use crate::context::Context;
use crate::keys::signing_key::KeyRejected;
use crate::random::{self, NoRandomness};

/// Why nothing was issued.
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
    /// What it was to be given for was spent: the only one of these that is not ours.
    #[error(transparent)]
    Spent(#[from] Spent),
}

/// Someone else was faster, or the same was tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Spent {
    /// The code was redeemed in the meantime; what it gave is revoked.
    #[error("the authorization code was redeemed already")]
    Code,
    /// The refresh token was used before, and its family was ended for it.
    #[error("the refresh token was used before; its family is ended")]
    RefreshTokenReplayed,
    /// The refresh token was used before or died in the meantime.
    #[error("the refresh token is not good any more")]
    RefreshToken,
}

/// Tokens that exist: durable, and known to nobody yet.
pub struct Issued {
    /// The access token's text.
    pub access_token: String,
    /// Its id, for answers that show one.
    pub id: TokenId,
    /// The refresh token's text; never for a client's own token (RFC 6749 §4.4.3).
    pub refresh_token: Option<String>,
}

/// Issues an access token, and for a person a refresh token with it.
///
/// # Errors
/// See [`IssueError`].
pub async fn issue(context: &Context, authorization: &Authorization) -> Result<Issued, IssueError> {
    if context.rehearses {
        return rehearse(context, authorization);
    }
    let issued = match &authorization.subject {
        Subject::Client => issue_to_client(context, authorization).await?,
        Subject::Person { id, by } => issue_to_person(context, authorization, id, by).await?,
    };
    context.issuer.metrics.tokens_issued.inc();
    Ok(issued)
}

/// A token that looks as one that is issued and opens nothing: it is written nowhere, and where tokens are judged by
/// what they say themselves, its signature is broken.
fn rehearse(context: &Context, authorization: &Authorization) -> Result<Issued, IssueError> {
    let made = make(context, authorization, None)?;
    let access_token = match made.row {
        Some(_) => made.text,
        None => unsigned(&made.text),
    };
    Ok(Issued {
        access_token,
        id: made.id,
        refresh_token: None,
    })
}

/// The JWT with as many letters where its signature was: none signs all zeros.
fn unsigned(jwt: &str) -> String {
    let said = jwt.rfind('.').map_or(0, |dot| dot + 1);
    let signature = jwt.len() - said;
    format!(
        "{}{}",
        jwt.get(..said).unwrap_or_default(),
        "A".repeat(signature)
    )
}

async fn issue_to_client(
    context: &Context,
    authorization: &Authorization,
) -> Result<Issued, IssueError> {
    let made = make(context, authorization, None)?;
    let audit = audit(context, authorization, "token.issued", &made.id);
    match made.row {
        Some(row) => {
            let store = context.platform.store.in_environment(context.issuer.name());
            store.issue_access_token(row, audit).await?;
        }
        // A JWT needs no row to be judged by; its audit row is as durable as any other.
        None => context.platform.store.record(audit).await?,
    }
    Ok(Issued {
        access_token: made.text,
        id: made.id,
        refresh_token: None,
    })
}

async fn issue_to_person(
    context: &Context,
    authorization: &Authorization,
    person_id: &str,
    by: &Proof,
) -> Result<Issued, IssueError> {
    let (family, generation) = match by {
        Proof::RefreshToken(presented) => (presented.family, presented.newest_generation + 1),
        Proof::Password | Proof::AuthorizationCode(_) => {
            (FamilyId(random::ordered(context.now)?), 1)
        }
    };
    let made = make(context, authorization, Some((family, generation)))?;
    let minted = refresh_token::mint(family, generation)?;
    let refresh = NewRefreshToken {
        secret_hash: minted.hash,
        issued_at: context.now,
        expires_at: after(
            context.now,
            context.issuer.environment.refresh_token_lifetime,
        ),
    };
    let audit = |event| AuditEvent {
        details: serde_json::json!({ "person": person_id }).to_string(),
        ..audit(context, authorization, event, &made.id)
    };
    let store = context.platform.store.in_environment(context.issuer.name());
    match by {
        Proof::Password => {
            let family = new_family(context, authorization, person_id, family, refresh, made.row);
            store.begin_family(family, audit("token.issued")).await?;
        }
        Proof::AuthorizationCode(code) => {
            let family = new_family(context, authorization, person_id, family, refresh, made.row);
            let audit = audit("authorization_code.redeemed");
            match store
                .redeem_authorization_code(*code, family, context.now, audit)
                .await?
            {
                Redemption::Redeemed => {}
                Redemption::NotRedeemed => return Err(Spent::Code.into()),
            }
        }
        Proof::RefreshToken(presented) => {
            let rotation = rotation(presented, refresh, made.row);
            let audit = audit("refresh_token.rotated");
            match store
                .rotate_refresh_token(rotation, context.now, audit)
                .await?
            {
                // A retry: the answer that was lost is dead, and this node may remember its token as live.
                Rotated::Done if presented.generation < presented.newest_generation => {
                    context.issuer.forget(&Change::Family(presented.family));
                }
                Rotated::Done => {}
                Rotated::Replayed => {
                    context.issuer.forget(&Change::Family(presented.family));
                    return Err(Spent::RefreshTokenReplayed.into());
                }
                Rotated::Refused => return Err(Spent::RefreshToken.into()),
            }
        }
    }
    Ok(Issued {
        access_token: made.text,
        id: made.id,
        refresh_token: Some(minted.text),
    })
}

fn new_family(
    context: &Context,
    authorization: &Authorization,
    person_id: &str,
    id: FamilyId,
    refresh: NewRefreshToken,
    access: Option<NewAccessToken>,
) -> NewFamily {
    let environment = &context.issuer.environment;
    NewFamily {
        id,
        credential_uuid: authorization.client.uuid().to_owned(),
        person_id: person_id.to_owned(),
        scope: authorization.scope.to_string(),
        created_at: context.now,
        expires_at: after(context.now, environment.refresh_token_absolute_lifetime),
        refresh,
        access,
    }
}

fn rotation(
    presented: &Presented,
    refresh: NewRefreshToken,
    access: Option<NewAccessToken>,
) -> Rotation {
    Rotation {
        family: presented.family,
        presented_generation: presented.generation,
        presented_hash: presented.hash,
        newest_generation: presented.newest_generation,
        rule: presented.rule,
        refresh,
        access,
    }
}

/// An access token's text and, unless the text says it all itself, its row.
struct Made {
    text: String,
    id: TokenId,
    row: Option<NewAccessToken>,
}

fn make(
    context: &Context,
    authorization: &Authorization,
    family: Option<(FamilyId, i64)>,
) -> Result<Made, IssueError> {
    let environment = &context.issuer.environment;
    let scope = authorization.scope.to_string();
    let expires_at = after(context.now, authorization.lifetime);
    match environment.access_token_format {
        AccessTokenFormat::Jwt => {
            let id = random::token_id(context.now)?;
            let text = sign(context, authorization, id, &scope, family)?;
            Ok(Made {
                text,
                id,
                row: None,
            })
        }
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
            Ok(Made {
                text: token.text,
                id: token.id,
                row: Some(row),
            })
        }
    }
}

fn sign(
    context: &Context,
    authorization: &Authorization,
    id: TokenId,
    scope: &str,
    family: Option<(FamilyId, i64)>,
) -> Result<String, IssueError> {
    let environment = &context.issuer.environment;
    let ring = context.issuer.keys.load();
    let key = ring
        .signing(environment.signing_algorithm, context.now)
        .ok_or(IssueError::NoSigningKey(
            environment.signing_algorithm.as_str(),
        ))?;
    let client_id = authorization.client.client_id();
    let subject = match &authorization.subject {
        Subject::Client => client_id,
        Subject::Person { id, .. } => id,
    };
    let credential = &authorization.client.client.credential;
    Ok(jwt::sign(
        key,
        &NewJwt {
            issuer: &environment.issuer,
            audience: &environment.audience,
            subject,
            client_id,
            credential_uuid: authorization.client.uuid(),
            credential_version: credential.version.as_deref(),
            account: &credential.account_name,
            scope,
            id,
            family,
            issued_at: context.now,
            expires_at: after(context.now, authorization.lifetime),
        },
    )?)
}

/// So many seconds later.
fn after(now: Millis, seconds: u64) -> Millis {
    now.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX / 2000) * 1000)
}

fn audit(
    context: &Context,
    authorization: &Authorization,
    event: &'static str,
    id: &TokenId,
) -> AuditEvent {
    let credential = &authorization.client.client.credential;
    AuditEvent {
        account_id: Some(credential.account_id.clone()),
        subject: Some(opaque::hex(&id.0)),
        ..context.audit(event, Actor::Credential(credential.uuid.clone()))
    }
}
